"""Messages: what is taken and refused, scheduling and cancelling, and what becomes of them with the clock."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from api_client import KEY, get, post, send
from kit.raw_client import ask

from mailpartner import MailPartner
from mailpartner.sandbox import StoredAttachment

NOON = datetime(2027, 1, 31, 12, 0, tzinfo=UTC)
SCHEDULE = {"scheduledDeliveryDate": "31/01/2027", "time": "14", "minute": "05"}  # 13:05 UTC
DUE = NOON + timedelta(minutes=65)


def statuses(sandbox, message_id):
    answer = get(sandbox, "bulk-status", messageId=message_id)
    return [row.get("status") for row in answer["StatutResponseList"]]


def test_a_mail_is_kept_as_it_was_sent(sandbox):
    """All that a message carries is in `mails()`, newest first."""
    sandbox.set_clock(NOON)
    send(sandbox)
    to = [{"email": "ann@example.com", "name": "Ann"}, {"email": "bob@example.com"}]
    attachment = {"base64Content": "SGVsbG8=", "contentType": "text/plain", "filename": "hello"}
    more = {"variables": {"NAME": "Ann"}, "attachments": [attachment], "tag": "orders"}
    sent = send(sandbox, params={"to": to}, replyTo={"email": "r@example.com", "name": "R"}, **more, **SCHEDULE)
    mail = sandbox.mails()[0]
    assert (mail.message_id, mail.account, mail.subject) == (sent["messageId"], "exemple@email.com", "s")
    assert (mail.html, mail.reply_to, mail.tag) == ("<p>h</p>", "R <r@example.com>", "orders")
    assert (mail.variables, mail.attachments) == ({"NAME": "Ann"}, (StoredAttachment("hello", "text/plain", b"Hello"),))
    assert (mail.accepted_at, mail.send_at, mail.cancelled_at) == (NOON, DUE, None)
    assert [(item.email, item.name, item.cost) for item in mail.deliveries] == [
        ("ann@example.com", "Ann", Decimal("0.038")),
        ("bob@example.com", None, Decimal("0.038")),
    ]
    sandbox.clear_mails()
    assert sandbox.mails() == []
    assert send(sandbox, subject="\ud800")["messageId"] == str(int(sent["messageId"]) + 1)
    assert sandbox.mails()[0].subject == "\ud800"
    sandbox.reset()
    assert send(sandbox)["messageId"] == "300"


PERSON = {"email": "a@example.com"}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"apiKey": ""}, 1),
        ({"apiKey": "sandbox-wrong"}, 10),
        ({"subject": ""}, 2),
        ({"htmlContent": None}, 2),
        ({"params": None}, 22),
        ({"params": {"to": []}}, 22),
        ({"params": {"to": "a@example.com"}}, 22),
        ({"params": None, "to": [PERSON]}, 22),
        ({"params": {"to": [{"email": f"{n}@example.com"} for n in range(501)]}}, 17),
        ({"params": {"to": [{"name": "A"}]}}, 18),
        ({"params": {"to": ["a@example.com"]}}, 18),
        ({"params": {"to": [{"email": "a"}]}}, 19),
        ({"params": {"to": [{**PERSON, "name": ""}]}}, 21),
        ({"params": {"to": [PERSON, PERSON]}}, 15),
        ({"params": {"to": [PERSON, {"email": "user7@example.com"}]}}, 14),
        ({"replyTo": {}}, 23),
        ({"replyTo": {"email": "r"}}, 24),
        ({"replyTo": {"email": "r@example.com", "name": ""}}, 25),
        ({"attachments": [{"base64Content": "SGk=", "contentType": "text/plain", "filename": ""}]}, 16),
        ({"attachments": [{"base64Content": "SGk=", "contentType": "text", "filename": "a"}]}, 9),
        ({"attachments": [{"base64Content": "?", "contentType": "text/plain", "filename": "a"}]}, 90),
        ({"attachments": [{}] * 4}, 90),
        ({"variables": {"A": 1}}, 90),
        ({"variables": {str(n): "" for n in range(9)}}, 90),
        ({"tag": "Orders"}, 90),
        ({"time": "12", "minute": "00"}, 45),
        ({"scheduledDeliveryDate": "31/01/2096", "minute": "00"}, 46),
        ({"scheduledDeliveryDate": "31/01/2096", "time": "25", "minute": "00"}, 46),
        ({"scheduledDeliveryDate": "31/01/2096", "time": "12"}, 47),
        ({"scheduledDeliveryDate": "31/01/2096", "time": "12", "minute": "x"}, 47),
        ({"scheduledDeliveryDate": "31/01/2096", "time": "12", "minute": "07"}, 48),
        ({"scheduledDeliveryDate": "31/02/2096", "time": "12", "minute": "00"}, 49),
        ({"scheduledDeliveryDate": "2096-01-31", "time": "12", "minute": "00"}, 49),
        ({"scheduledDeliveryDate": "31/01/2020", "time": "12", "minute": "00"}, 49),
    ],
)
def test_a_message_that_cannot_be_sent_is_refused(sandbox, wrong, code):
    """Each thing that is missing or wrong has its code, and nothing is charged or kept."""
    answer = send(sandbox, **wrong)
    assert (answer["success"], answer["code"]) == (False, code)
    assert (sandbox.mails(), sandbox.credits()["balance"]) == ([], "10225.119")


@pytest.mark.parametrize(("hour", "minute", "answered"), [("24", "00", "2027-02-01 00:00:00"), (9, 5, "2027-02-01")])
def test_a_schedule_is_answered_as_one_time(sandbox, hour, minute, answered):
    """Day, hour, to 24, and minute, as texts or numbers, are answered as one time in the API's zone."""
    sandbox.set_clock(NOON)
    day = "31/01/2027" if hour == "24" else "01/02/2027"
    assert send(sandbox, scheduledDeliveryDate=day, time=hour, minute=minute)["scheduledDeliveryDate"].startswith(
        answered
    )
    assert "scheduledDeliveryDate" not in send(sandbox)


@pytest.mark.parametrize(("before", "code"), [(600, 200), (300, 200), (299.5, 6), (1, 6), (0, 7), (-600, 7)], ids=str)
def test_a_mail_can_be_cancelled_up_to_five_minutes_before(sandbox, before, code):
    """A cancellation is a success at the latest five minutes before the mail is due, then code 6, then code 7."""
    sandbox.set_clock(NOON)
    number = send(sandbox, **SCHEDULE)["messageId"]
    sandbox.set_clock(DUE - timedelta(seconds=before))
    assert get(sandbox, "message-cancel", messageId=number)["code"] == code
    assert (sandbox.mails()[0].cancelled_at is not None) is (code == 200)
    assert sandbox.credits()["balance"] == ("10225.119" if code == 200 else "10225.081")


def test_what_is_cancelled_stays_so(sandbox):
    """A second cancellation is code 5, nothing is paid back twice, and the mail is never delivered."""
    sandbox.set_clock(NOON)
    number = send(sandbox, **SCHEDULE)["messageId"]
    assert [get(sandbox, "message-cancel", messageId=number)["code"] for _ in range(2)] == [200, 5]
    sandbox.advance(48 * 3600)
    assert statuses(sandbox, number) == ["Cancelled"]
    assert sandbox.credits()["balance"] == "10225.119"


@pytest.mark.parametrize("operation", ["message-cancel", "bulk-status"])
@pytest.mark.parametrize(("number", "code"), [("", 3), ("299", 4), ("x", 4), ("0300", 4)])
def test_a_message_that_there_is_not(sandbox, operation, number, code):
    """A missing id is code 3, one that no message has code 4."""
    send(sandbox)
    assert get(sandbox, operation, messageId=number)["code"] == code


def test_a_mail_that_was_not_scheduled_cannot_be_cancelled(sandbox):
    """A mail that was sent at once has been sent: code 7."""
    assert get(sandbox, "message-cancel", messageId=send(sandbox)["messageId"])["code"] == 7


def test_a_delivery_moves_on_with_the_clock(sandbox):
    """Scheduled, under way, delivered: each state begins when the clock says so, and goes back when it does."""
    sandbox.set_clock(NOON)
    number = send(sandbox, **SCHEDULE)["messageId"]
    assert statuses(sandbox, number) == ["Scheduled"]
    sandbox.set_clock(DUE)
    assert statuses(sandbox, number) == ["Pending"]
    sandbox.advance(5)
    row = get(sandbox, "bulk-status", messageId=number)["StatutResponseList"][0]
    assert (row["status"], row["date"]) == ("Delivered", str(int(DUE.timestamp()) + 5))
    sandbox.set_clock(NOON)
    assert statuses(sandbox, number) == ["Scheduled"]
    sandbox.settings(delivery_seconds=0)
    sandbox.set_clock(DUE)
    assert statuses(sandbox, number) == ["Delivered"]


@pytest.mark.parametrize(
    ("address", "after_a_minute", "after_two_days"),
    [
        ("bounce@simulator.example", "Bounced", "Bounced"),
        ("Bounce+17@Simulator.Example", "Bounced", "Bounced"),
        ("unknown-status@simulator.example", "Teleported", "Teleported"),
        ("slow@simulator.example", "Pending", "Delivered"),
        ("pending@simulator.example", "Pending", "Pending"),
        ("bounce@example.com", "Delivered", "Delivered"),
    ],
)
def test_an_address_may_ask_for_a_status(sandbox, address, after_a_minute, after_two_days):
    """Addresses of simulator.example bounce, get a status that no client knows, or come late; others do not."""
    sandbox.set_clock(NOON)
    number = send(sandbox, address, "ann@example.com")["messageId"]
    sandbox.advance(60)
    assert statuses(sandbox, number) == [after_a_minute, "Delivered"]
    sandbox.advance(48 * 3600)
    assert statuses(sandbox, number) == [after_two_days, "Delivered"]


@pytest.mark.parametrize("code", [9, 11, 14, 20, 50, 55, 429, 500])
def test_an_address_may_ask_for_a_refusal(sandbox, code):
    """A message to code-N@simulator.example is refused with code N, and is not charged."""
    assert send(sandbox, "ann@example.com", f"code-{code}@simulator.example")["code"] == code
    assert (sandbox.mails(), sandbox.credits()["balance"]) == ([], "10225.119")
    assert send(sandbox, "code-200@simulator.example", "code-7@simulator.example")["code"] == 200


def test_a_recipient_who_unsubscribed_later_is_told(sandbox):
    """The status says stopMail for an address that is on the list by then."""
    number = send(sandbox)["messageId"]
    assert get(sandbox, "bulk-status", messageId=number)["StatutResponseList"][0]["stopMail"] is False
    post(sandbox, "unsubscribe/add", email="ann@example.com")
    assert get(sandbox, "bulk-status", messageId=number)["StatutResponseList"][0]["stopMail"] is True
    sandbox.settings(letters="lowered")
    number = send(sandbox, "Bob@Example.com")["messageId"]
    post(sandbox, "unsubscribe/add", email="BOB@example.com")
    assert get(sandbox, "bulk-status", messageId=number)["StatutResponseList"][0]["stopMail"] is True
    assert send(sandbox, "bob@EXAMPLE.com")["code"] == 14


@pytest.mark.parametrize(("setting", "nested", "top"), [("params", 200, 22), ("top", 22, 200), ("either", 200, 200)])
def test_where_the_recipients_are(sandbox_with, setting, nested, top):
    """With `recipients` they are in params, at the top level, or in either place."""
    sandbox = sandbox_with(recipients=setting)
    assert send(sandbox)["code"] == nested
    assert send(sandbox, params=None, to=[PERSON])["code"] == top


def test_unsubscribed_recipients_may_be_skipped(sandbox_with):
    """With unsubscribed=skip all others get the mail; a message to nobody else is refused."""
    sandbox = sandbox_with(unsubscribed="skip")
    assert send(sandbox, "user7@example.com", "ann@example.com")["nbMail"] == 1
    assert [item.email for item in sandbox.mails()[0].deliveries] == ["ann@example.com"]
    assert send(sandbox, "user7@example.com")["code"] == 14


def test_a_date_may_always_be_answered(sandbox_with):
    """With scheduled_date=always a message that is sent at once has one too."""
    sandbox = sandbox_with(scheduled_date="always")
    sandbox.set_clock(NOON)
    assert send(sandbox)["scheduledDeliveryDate"] == "2027-01-31 13:00:00"


def test_the_status_may_know_the_format(sandbox_with):
    """With formats=all the status comes in XML too; with ignored nothing does; rows and objects may have names."""
    sandbox = sandbox_with(formats="all", xml_rows="named", xml_objects="named")
    number = send(sandbox)["messageId"]
    target = f"/v1/bulk-status?apiKey={KEY}&messageId={number}&_format=xml"
    root = ElementTree.fromstring(ask(sandbox, target, "GET").body)
    assert [value.tag for value in root[3][0]] == ["email", "token", "status", "cost", "stopMail", "date"]
    root = ElementTree.fromstring(ask(sandbox, f"/v1/me?apiKey={KEY}&_format=xml", "GET").body)
    assert [value.tag for value in root[2]] == ["username"]
    sandbox.settings(formats="ignored")
    assert ask(sandbox, f"/v1/me?apiKey={KEY}&_format=xml", "GET").body.startswith(b"{")


def test_a_success_may_have_another_code(sandbox_with):
    """With success_code every success has it, in both formats and with its message; a refusal keeps its own."""
    sandbox = sandbox_with(success_code=2)
    sandbox.set_clock(NOON)
    number = send(sandbox, **SCHEDULE)["messageId"]
    answer = get(sandbox, "message-cancel", messageId=number)
    assert answer == {"success": True, "code": 2, "message": "L'envoi du mail a été annulé."}
    assert b"<entry>2</entry>" in ask(sandbox, f"/v1/unsubscribe/delete?apiKey={KEY}&id=7&_format=xml").body
    assert get(sandbox, "message-cancel", messageId=number)["code"] == 5


@pytest.mark.parametrize("form", ["json", "xml"])
def test_the_sdk_reads_every_answer(sandbox, form):
    """The SDK sends, reads the status of, and cancels a mail, in both formats."""
    sandbox.set_clock(NOON)
    with MailPartner(KEY, base_url=sandbox.url, format=form) as mp:
        sent = mp.messages.send(subject="s", html="h", to=["ann@example.com", "bounce@simulator.example"])
        assert (sent.recipient_count, sent.cost, sent.currency) == (2, Decimal("0.076"), "EUR")
        sandbox.advance(10)
        status = mp.messages.status(sent.message_id)
        assert [item.status for item in status.deliveries] == ["Delivered", "Bounced"]
        assert status.deliveries[0].date == NOON + timedelta(seconds=5)
        later = mp.messages.send(subject="s", html="h", to="ann@example.com", send_at=DUE + timedelta(days=36500))
        assert [mp.messages.cancel(later.message_id).outcome.name for _ in range(2)] == [
            "CANCELLED",
            "ALREADY_CANCELLED",
        ]


@pytest.mark.parametrize(
    ("now", "day", "minute", "due"),
    [
        ("2026-10-25T00:30:00+00:00", "25/10/2026", "45", "2026-10-25T00:45:00+00:00"),
        ("2026-10-25T01:30:00+00:00", "25/10/2026", "45", "2026-10-25T01:45:00+00:00"),
        ("2026-10-25T01:30:00+00:00", "25/10/2026", "30", "2026-10-25T01:30:00+00:00"),
        ("2026-10-25T01:30:00+00:00", "25/10/2026", "15", None),
        ("2027-03-28T00:30:00+00:00", "28/03/2027", "30", "2027-03-28T01:30:00+00:00"),
    ],
)
def test_an_hour_that_comes_twice_is_the_next_one(sandbox, now, day, minute, due):
    """02:45 on the day when the clocks go back is the first one that is still to come; past is what both are."""
    sandbox.set_clock(datetime.fromisoformat(now))
    answer = send(sandbox, scheduledDeliveryDate=day, time=2, minute=minute)
    assert answer["code"] == (49 if due is None else 200)
    assert [mail.send_at.isoformat() for mail in sandbox.mails()] == ([] if due is None else [due])
