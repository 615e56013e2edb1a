"""What the account may spend, and how it goes down."""

from decimal import Decimal

import pytest
from api_client import get, post, send


def test_the_credits_of_the_start_are_the_documents(sandbox):
    """A new account has the credits of the document's example; the price of a mail follows from it."""
    answer = get(sandbox, "me")
    assert answer["user"] == {"username": "exemple@email.com"}
    assert answer["credits"] == {"creditMail": 269082, "currency": "EUR", "balance": "10225.119"}
    assert sandbox.credits()["price"] == "0.038"


def test_a_mail_is_charged_for_each_recipient(sandbox):
    """The balance and the number of mails go down by what the answer to the message says."""
    before = Decimal(get(sandbox, "me")["credits"]["balance"])
    sent = send(sandbox, "a@example.com", "b@example.com")
    after = get(sandbox, "me")["credits"]
    assert (sent["nbMail"], sent["cost"], sent["currency"]) == (2, 0.076, "EUR")
    assert before - Decimal(after["balance"]) == Decimal("0.076")
    assert after["creditMail"] == 269080


def test_what_cannot_be_paid_is_not_sent(sandbox):
    """A message that costs more than there is gets code 11; nothing is charged or kept."""
    sandbox.set_balance("0.05")
    assert send(sandbox, "a@example.com", "b@example.com")["code"] == 11
    assert (sandbox.credits()["balance"], sandbox.mails()) == ("0.05", [])
    assert send(sandbox, "a@example.com")["code"] == 200
    assert sandbox.credits()["balance"] == "0.012"


def test_a_message_of_a_test_costs_nothing(sandbox):
    """With sandbox 1 nothing is charged, and the mail is marked as a test."""
    sandbox.set_balance(0)
    assert send(sandbox, sandbox=1)["cost"] == 0
    assert [mail.test for mail in sandbox.mails()] == [True]
    assert send(sandbox, sandbox=0)["code"] == 11


@pytest.mark.parametrize("key", ["sandbox-wrong", "4f2a9c", "sandbox-sub-0123456789abcdef01234567"])
def test_the_credits_want_a_key(sandbox, key):
    """A wrong key, and one of a sub-account that there is not, are code 10; this operation has no code 1."""
    assert get(sandbox, "me", apiKey=key)["code"] == 10
    assert get(sandbox, "me", apiKey="")["code"] == 10


@pytest.mark.parametrize("balance", ["-1", "x", "", "1e3", "1000000000000", None])
def test_a_balance_that_cannot_be_is_refused(sandbox, balance):
    """A balance that is no amount is a ValueError that says what to send, and the account keeps what it has."""
    with pytest.raises(ValueError, match="balance must be an amount"):
        sandbox.set_balance(balance)
    assert sandbox.credits()["balance"] == "10225.119"


def test_the_state_file_keeps_credits_mails_and_subaccounts(sandbox_with, tmp_path):
    """What was sent, spent and created is there in the next run on the same file."""
    first = sandbox_with(state=tmp_path / "state.db")
    number = send(first)["messageId"]
    post(first, "subaccount/create", type="simple", parameters={"email": "b@example.com"})
    kept = first.mails(), first.credits(), first.subaccounts()
    first.close()
    second = sandbox_with(state=tmp_path / "state.db")
    assert (second.mails(), second.credits(), second.subaccounts()) == kept
    assert get(second, "bulk-status", messageId=number)["code"] == 200
    assert int(send(second)["messageId"]) > int(number)


def test_two_sandboxes_on_a_file_see_each_others_mails(sandbox_with, tmp_path):
    """A mail that one sandbox took can be read and cancelled through another on the same file."""
    one, other = (sandbox_with(state=tmp_path / "state.db") for _ in range(2))
    number = send(one, scheduledDeliveryDate="21/10/2096", time="12", minute="00")["messageId"]
    assert get(other, "message-cancel", messageId=number)["code"] == 200
    assert get(one, "message-cancel", messageId=number)["code"] == 5
