"""Sub-accounts: pages, creation, credit, and their keys."""

import json
import logging
from decimal import Decimal

import pytest
from api_client import get, post, send
from kit.raw_client import ask

from mailpartner import MailPartner


def create(sandbox, type="simple", **parameters):
    return post(sandbox, "subaccount/create", type=type, parameters=parameters)


def move(sandbox, how, credit, token):
    return post(sandbox, f"subaccount/credit/{how}", credit=credit, tokenSubaccount=token)


def rows(sandbox, **arguments):
    return get(sandbox, "subaccount/list", **arguments)["data"]


def test_pages_of_twenty(sandbox_with):
    """The list comes in pages of 20 with the count of all; what is not a page is the first."""
    sandbox = sandbox_with(subaccounts=25)
    answers = [get(sandbox, "subaccount/list", page=page) for page in (1, 2, 3, 0, "x", "")]
    assert [len(answer["data"]) for answer in answers] == [20, 5, 0, 20, 20, 20]
    assert [answer["page"] for answer in answers] == [1, 2, 3, 1, 1, 1]
    assert {(answer["total"], answer["nb_per_page"]) for answer in answers} == {(25, 20)}
    assert [row["id"] for answer in answers[:2] for row in answer["data"]] == list(range(1, 26))
    sandbox.settings(pages="ignored")
    assert get(sandbox, "subaccount/list", page=2)["page"] == 1


def test_a_created_subaccount_is_in_the_list(sandbox):
    """A creation answers address and token, and the list has them with a key and the credit it began with."""
    sandbox.set_balance(100)
    answer = create(sandbox, "advanced", email="b@example.com", isBuyer=1, creditToAttribute="12.50")
    assert (answer["sendConfirmMailTo"], answer["parent_email"]) == ("b@example.com", "exemple@email.com")
    (row,) = rows(sandbox)
    assert answer["subaccount"] == {"email": "b@example.com", "token": row["token"]}
    assert (row["type"], row["credits"]) == ("advanced", {"balance": "12.50", "currency": "EUR"})
    assert sandbox.credits()["balance"] == "87.50"
    assert create(sandbox)["subaccount"]["email"] == "simple2@example.com"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"apiKey": ""}, 1),
        ({"apiKey": "sandbox-wrong"}, 10),
        ({"type": ""}, 4),
        ({"type": "other"}, 5),
        ({"type": ["simple"]}, 5),
        ({"type": "advanced", "parameters": {"isBuyer": 1}}, 6),
        ({"type": "advanced", "parameters": {"email": "b@example.com"}}, 3),
        ({"parameters": {"email": "exemple@email.com"}}, 7),
        ({"parameters": {"email": ["b@example.com"]}}, 6),
        ({"parameters": {"email": "\ud800"}}, 6),
        ({"parameters": {"creditToAttribute": "0"}}, 8),
        ({"parameters": {"creditToAttribute": "x"}}, 8),
        ({"parameters": {"creditToAttribute": "101"}}, 11),
    ],
)
def test_a_creation_that_cannot_be_is_refused(sandbox, arguments, code):
    """Each thing that is missing or wrong has its code; nothing is created, and no credit moves."""
    sandbox.set_balance(100)
    assert post(sandbox, "subaccount/create", **{"type": "simple", "parameters": {}, **arguments})["code"] == code
    assert (sandbox.subaccounts(), sandbox.credits()["balance"]) == ([], "100")


def test_an_empty_account_gives_nothing(sandbox_with):
    """An account without a balance can neither give credit to a new sub-account nor to one that there is."""
    sandbox = sandbox_with(subaccounts=1)
    sandbox.set_balance(0)
    assert create(sandbox, creditToAttribute="1")["code"] == 9
    assert move(sandbox, "add", "1", rows(sandbox)[0]["token"])["code"] == 6


def test_credit_moves_and_none_is_lost(sandbox_with):
    """Credit that a sub-account gets is taken from the account, and the other way; both answers say what is left."""
    sandbox = sandbox_with(subaccounts=2)
    sandbox.set_balance("100")
    token = rows(sandbox)[1]["token"]
    answer = move(sandbox, "add", "20.5", token)
    assert (answer["credit"], answer["subaccountCredit"], answer["currency"]) == (79.5, 30.5, "EUR")
    answer = move(sandbox, "remove", 30, token)
    assert (answer["credit"], answer["subaccountCredit"]) == (109.5, 0.5)
    assert [item["balance"] for item in sandbox.subaccounts()] == ["10", "0.5"]
    least = "0." + "0" * 38 + "1"
    move(sandbox, "add", least, token)
    assert Decimal(sandbox.credits()["balance"]) + Decimal(sandbox.subaccounts()[1]["balance"]) == 110
    assert sandbox.subaccounts()[1]["balance"].endswith("1")


@pytest.mark.parametrize("how", ["add", "remove"])
@pytest.mark.parametrize(
    ("credit", "token", "code"),
    [
        (None, "right", 2),
        ("", "right", 2),
        ("1", None, 3),
        ("0", "right", 5),
        ("-1", "right", 5),
        ("1e3", "right", 5),
        (True, "right", 5),
        ("1", "other", 7),
        ("1", "\ud800", 7),
        ("1000", "right", 8),
    ],
)
def test_a_move_that_cannot_be_is_refused(sandbox_with, how, credit, token, code):
    """Each thing that is missing or wrong has its code, and no credit moves."""
    sandbox = sandbox_with(subaccounts=1)
    sandbox.set_balance("100")
    answer = move(sandbox, how, credit, rows(sandbox)[0]["token"] if token == "right" else token)
    assert answer["code"] == code
    assert (sandbox.credits()["balance"], sandbox.subaccounts()[0]["balance"]) == ("100", "10")


def test_the_key_of_a_subaccount_is_a_key(sandbox_with):
    """It acts for the sub-account: with its own credits, mails and unsubscribes, and none of the account's rights."""
    sandbox = sandbox_with(subaccounts=2)
    first, second = (row["apiKey"] for row in rows(sandbox))
    assert get(sandbox, "me", apiKey=first)["credits"]["balance"] == "10"
    number = send(sandbox, "user7@example.com", apiKey=first)["messageId"]  # who is on the account's list only
    assert (get(sandbox, "me", apiKey=first)["credits"]["balance"], sandbox.credits()["balance"]) == (
        "9.962",
        "10225.119",
    )
    assert sandbox.mails()[0].account == "subaccount1@example.com"
    assert [get(sandbox, "bulk-status", messageId=number, apiKey=key)["code"] for key in (first, second)] == [200, 4]
    assert get(sandbox, "unsubscribe/list", apiKey=first)["data"] == []
    entry = post(sandbox, "unsubscribe/add", email="user7@example.com", apiKey=first)["stopId"]
    assert get(sandbox, "unsubscribe/delete", id=entry)["code"] == 4
    assert [get(sandbox, "unsubscribe/delete", id=entry, apiKey=first)["code"] for _ in range(2)] == [200, 4]
    assert rows(sandbox, apiKey=first) == []
    assert post(sandbox, "subaccount/create", type="simple", parameters={}, apiKey=first)["code"] == 2
    assert post(sandbox, "subaccount/credit/add", credit="1", tokenSubaccount="t", apiKey=first)["code"] == 4
    sandbox.reset()
    assert get(sandbox, "me", apiKey=first)["code"] == 10


def test_no_secret_of_a_subaccount_is_in_a_page_or_a_log(sandbox_with, caplog):
    """Its key and token are in the API's answers only, whichever way requests carry them."""
    caplog.set_level(logging.DEBUG, "mailpartner.sandbox")
    sandbox = sandbox_with(subaccounts=1)
    (row,) = rows(sandbox)
    key, token = row["apiKey"], row["token"]
    move(sandbox, "add", "1", token)
    get(sandbox, "me", apiKey=key)
    send(sandbox, apiKey=key)
    post(sandbox, "unsubscribe/add", email=token)
    send(sandbox, subject=f"about {key}", to=[{"email": token}])
    for target in (
        f"me?apiKey=sandbox-key&x={token}",
        f"{key}/{token}?{token}",
        f"me?apiKey=sandbox-key&_format={key}",
    ):
        ask(sandbox, f"/v1/{target}", "GET", f"User-Agent: {token}", f"X-Request-Id: {key}")
    sandbox.clear_mails()
    pages = ["/", *(f"/sandbox/{name}" for name in ("", "requests", "account", "subaccounts", "mails", "settings"))]
    shown = [ask(sandbox, page, "GET").data.decode() for page in pages] + [caplog.text]
    assert len(sandbox.requests()) == 9
    assert [text for text in shown if key in text or token in text] == []


def test_a_nested_key_is_not_shown(sandbox):
    """A real key that stands deeper in a body, under the name of the key, is not in the request log."""
    send(sandbox, params={"apiKey": "4f2a9c1e7b3d5806", "to": [{"email": "ann@example.com"}]})
    assert "4f2a9c1e7b3d5806" not in json.dumps(sandbox.requests())


@pytest.mark.parametrize("form", ["json", "xml"])
def test_the_sdk_reads_every_answer(sandbox_with, form):
    """The SDK lists all pages, creates, and moves credit, in both formats."""
    sandbox = sandbox_with(subaccounts=21)
    with MailPartner("sandbox-key", base_url=sandbox.url, format=form) as mp:
        listed = list(mp.subaccounts.list())
        assert len(listed) == 21
        created = mp.subaccounts.create(type="simple")
        assert mp.subaccounts.add_credit(created.token, amount="12.5").subaccount_credit == Decimal("12.5")
        assert mp.subaccounts.remove_credit(listed[0].token, amount=4).credit == Decimal("10216.619")
        assert mp.account.credits().balance == Decimal("10216.619")


def test_new_subaccounts_have_no_list_of_others(sandbox):
    """A made-up sub-account that takes the place of another does not get its unsubscribes."""
    for _ in range(2):
        sandbox.load_subaccounts(1)
        key = get(sandbox, "subaccount/list")["data"][0]["apiKey"]
        assert get(sandbox, "unsubscribe/list", apiKey=key)["data"] == []
        assert post(sandbox, "unsubscribe/add", apiKey=key, email="new@example.com")["success"]
    assert sandbox.count() == 20


def test_new_subaccounts_have_no_mails_of_others(sandbox):
    """A sub-account with the address of an earlier one that was replaced does not get its mails; the account does."""
    mine = send(sandbox)["messageId"]
    for _ in range(2):
        create(sandbox, email="shop@example.com")
        key = rows(sandbox)[0]["apiKey"]
        post(sandbox, "subaccount/credit/add", credit="5", tokenSubaccount=rows(sandbox)[0]["token"])
        number = int(mine) + 1
        assert get(sandbox, "bulk-status", apiKey=key, messageId=number)["code"] == 4
        sent = send(sandbox, apiKey=key)["messageId"]
        assert get(sandbox, "bulk-status", apiKey=key, messageId=sent)["code"] == 200
        version = ask(sandbox, "/sandbox/inbox/version", "GET").body
        sandbox.load_subaccounts(0)
        assert ask(sandbox, "/sandbox/inbox/version", "GET").body != version
        assert get(sandbox, "bulk-status", messageId=mine)["code"] == 200
        assert [mail.message_id for mail in sandbox.mails()] == [mine]


SPELLINGS = {
    "escaped": lambda key: "".join(f"%{ord(character):02X}" for character in key),
    "partly escaped": lambda key: key.replace("s", "%73").replace("-", "%2d"),
    "escaped twice": lambda key: key.replace("-", "%252D"),
    "escaped in parts": lambda key: key.replace("-", "%25%32%44"),
    "escaped often": lambda key: key.replace("-", "%" + "25" * 40 + "2D"),
    "in JSON": lambda key: key.replace("s", r"\u0073"),
    "in JSON in a URL": lambda key: key.replace("s", "%5Cu0073"),
    "in capitals": lambda key: key.upper(),
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_no_spelling_of_a_key_is_shown(sandbox_with, caplog, name):
    """However the key of a sub-account is escaped, and wherever it stands, no line of a log shows it so."""
    sandbox = sandbox_with(subaccounts=1)
    key = rows(sandbox)[0]["apiKey"]
    spelled, start = SPELLINGS[name](key), len(sandbox.requests())
    with caplog.at_level(logging.INFO, "mailpartner.sandbox"):
        for own in ("sandbox-me", key, ""):
            targets = [f"/v1/me?apiKey={own}&{spelled}=1", f"/v1/me?{spelled}={spelled}&apiKey={own}", f"/v1/{spelled}"]
            for target in [*targets, f"/v1/me?_format=a{spelled}&apiKey={own}"]:
                ask(sandbox, target, "GET", f"User-Agent: {spelled}", f"X-Request-Id: a{spelled}b")
            body = f'{{"apiKey": "{own}", "{spelled}": 1, "email": "{spelled}", "to": ["{spelled}"]}}'
            ask(sandbox, "/v1/unsubscribe/add", "POST", body=body.encode())
    shown = json.dumps(sandbox.requests()[start:]) + caplog.text
    for each in (key, spelled, json.dumps(spelled)[1:-1], key.removeprefix("sandbox-")):
        assert each.lower() not in shown.lower()


def test_a_real_key_as_a_name_is_not_shown(sandbox):
    """Of a request without a sandbox key only the names of the document are shown, in query and body."""
    ask(sandbox, "/v1/unsubscribe/add?4f2a9c1e7b3d5806=1&%34f2a9c1e7b3d5806=&apiKey=", "POST", body=b'{"4f2a9c1e": 1}')
    (record,) = sandbox.requests()
    assert (record["query"], record["body"]) == ("***=***&***=***&apiKey=***", {"***": "***"})
