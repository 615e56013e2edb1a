"""messages.send: the request, its result, and arguments that are refused before anything is sent."""

from __future__ import annotations

import base64
import json
import sys
import zoneinfo
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from email.headerregistry import Address
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from contract_examples import examples
from kit.callers import Caller
from kit.responses import envelope, response
from kit.server import Server

from mailpartner import Attachment, ConfigurationError, InsufficientCreditError, InvalidRequestError, Recipient
from mailpartner.resources._schedules import fields_of, in_vendors_zone
from mailpartner.testing import ScriptedMailPartner, refused, sent

ANN = "ann@example.com"
PEOPLE = [f"{number}@example.com" for number in range(500)]
MAIL: dict[str, Any] = {"subject": "Hello", "html": "<p>Hello</p>", "to": ANN}
DONE = response('{"success": true, "code": 200, "messageId": "7"}')
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 1, tzinfo=UTC)
EMPTY, NO_TYPE = Attachment("a", "text/plain", ""), Attachment("a", "text", "eA==")
PDF = Attachment.from_bytes(b"%PDF", filename="invoice.2027.pdf")

SENT: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "only what must be": ({}, {}),
    "one recipient with a name": ({"to": Recipient(ANN, "Ann")}, {"params": {"to": [{"email": ANN, "name": "Ann"}]}}),
    "an Address": ({"to": Address("Ann", "ann", "example.com")}, {"params": {"to": [{"email": ANN, "name": "Ann"}]}}),
    "an Address without a name": ({"to": [Address(addr_spec=ANN)]}, {"params": {"to": [{"email": ANN}]}}),
    "several recipients": (
        {"to": iter([ANN, Recipient("bob@example.com")])},
        {"params": {"to": [{"email": ANN}, {"email": "bob@example.com"}]}},
    ),
    "500 recipients": ({"to": PEOPLE}, {"params": {"to": [{"email": each} for each in PEOPLE]}}),
    "replies": ({"reply_to": "Bob@example.com"}, {"replyTo": {"email": "Bob@example.com"}}),
    "variables": (
        {"html": "#NAME#, #ORDER_2#, #NAME#", "variables": {"NAME": "é", "ORDER_2": ""}},
        {"htmlContent": "#NAME#, #ORDER_2#, #NAME#", "variables": {"NAME": "é", "ORDER_2": ""}},
    ),
    "no variables": ({"variables": {}}, {}),
    "the vendor's own names": (
        {"html": '<a href="#UNSUBSCRIBE_LINK#">#READ_ONLINE#</a>'},
        {"htmlContent": '<a href="#UNSUBSCRIBE_LINK#">#READ_ONLINE#</a>'},
    ),
    "colours and fragments": (
        {"html": '<a href="#top" style="color:#FFF;background:#A1B2C3">'},
        {"htmlContent": '<a href="#top" style="color:#FFF;background:#A1B2C3">'},
    ),
    "an attachment": (
        {"attachments": [PDF]},
        {"attachments": [{"base64Content": "JVBERg==", "contentType": "application/pdf", "filename": "invoice.2027"}]},
    ),
    "a tag": ({"tag": "orders-2027"}, {"tag": "orders-2027"}),
    "a test": ({"test": True}, {"sandbox": 1}),
}

WRONG: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "no subject": ({"subject": ""}, ValueError, "subject"),
    "two lines of subject": ({"subject": "a\r\nBcc: b@example.com"}, ValueError, "subject"),
    "a line break after the subject": ({"subject": "a\n"}, ValueError, "subject"),
    "a subject that is no text": ({"subject": "\udce9"}, ValueError, "subject"),
    "a subject as bytes": ({"subject": b"a"}, TypeError, "subject"),
    "no html": ({"html": ""}, ValueError, "html"),
    "html that is None": ({"html": None}, TypeError, "html"),
    "no recipient": ({"to": []}, ValueError, "to"),
    "501 recipients": ({"to": [*PEOPLE, ANN]}, ValueError, "to"),
    "an address that is none": ({"to": [ANN, "Ann <ann@example.com>"]}, ValueError, "to[1]"),
    "two at signs": ({"to": "ann@home@example.com"}, ValueError, "to[0]"),
    "a recipient twice": ({"to": [ANN, "bob@example.com", "ann@EXAMPLE.com"]}, ValueError, "to[2] is the same"),
    "a domain in two spellings": ({"to": ["a@été.example", "a@xn--t-9fab.example"]}, ValueError, "to[1] is the same"),
    "two addresses in one": ({"to": "ann@example.com, bob@example.com"}, ValueError, "to[0]"),
    "a dict as recipient": ({"to": [{"email": ANN}]}, TypeError, "to[0]"),
    "a dict of recipients": ({"to": {"email": ANN}}, TypeError, "to"),
    "bytes as recipient": ({"to": b"ann@example.com"}, TypeError, "to"),
    "nobody": ({"to": None}, TypeError, "to"),
    "a recipient without a name": ({"to": Recipient(ANN, "")}, ValueError, "to[0].name"),
    "two lines of name": ({"to": Recipient(ANN, "a\nBcc: b@example.com")}, ValueError, "to[0].name"),
    "a line break after a name": ({"reply_to": Recipient(ANN, "a\r")}, ValueError, "reply_to.name"),
    "a name as a number": ({"to": Recipient(ANN, 5)}, TypeError, "to[0].name"),  # type: ignore[arg-type]
    "replies to several": ({"reply_to": [ANN]}, TypeError, "reply_to"),
    "replies to nowhere": ({"reply_to": "nowhere"}, ValueError, "reply_to"),
    "nine variables": ({"variables": dict.fromkeys("ABCDEFGHI", "x")}, ValueError, "variables"),
    "a variable in lower case": ({"variables": {"name": "x"}}, ValueError, "variables"),
    "a variable with its signs": ({"variables": {"#NAME#": "x"}}, ValueError, "variables"),
    "a variable as a number": ({"variables": {"NAME": 5}}, TypeError, "variables['NAME']"),
    "a variable that is no text": ({"variables": {"NAME": "\udce9"}}, ValueError, "variables['NAME']"),
    "variables as a list": ({"variables": ["NAME"]}, TypeError, "variables"),
    "a placeholder without a variable": ({"html": "#A# #B#", "variables": {"A": "x"}}, ValueError, "variables lacks B"),
    "a placeholder in lower case": ({"html": "#Name#", "variables": {"NAME": "x"}}, ValueError, "html has #Name#"),
    "one that shares a sign": ({"html": "#top#name#", "variables": {"NAME": "x"}}, ValueError, "html has #name#"),
    "one of the vendor in lower case": ({"html": "#unsubscribe_link#"}, ValueError, "html has #unsubscribe_link#"),
    "four attachments": ({"attachments": [PDF] * 4}, ValueError, "attachments"),
    "an attachment as a path": ({"attachments": ["a.pdf"]}, TypeError, "attachments[0]"),
    "attachments as a path": ({"attachments": "a.pdf"}, TypeError, "attachments"),
    "an attachment that is empty": ({"attachments": [EMPTY]}, ValueError, "attachments[0].base64_content"),
    "a media type that is none": ({"attachments": [NO_TYPE]}, ValueError, "attachments[0].content_type"),
    "a short tag": ({"tag": "ab"}, ValueError, "tag"),
    "a long tag": ({"tag": "a" * 21}, ValueError, "tag"),
    "a tag in upper case": ({"tag": "Orders"}, ValueError, "tag"),
    "a tag with a space": ({"tag": "new orders"}, ValueError, "tag"),
    "a test that is 1": ({"test": 1}, TypeError, "test"),
    "a time without a zone": ({"send_at": datetime(2100, 1, 1)}, ValueError, "send_at"),
    "a time as text": ({"send_at": "2100-01-01"}, TypeError, "send_at"),
    "a day": ({"send_at": date(2100, 1, 1)}, TypeError, "send_at"),
    "a time that is past": ({"send_at": datetime(2020, 1, 1, tzinfo=UTC)}, ValueError, "send_at"),
    "a time before all others": (
        {"send_at": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1)))}, ValueError, "send_at",
    ),
    "a time after all others": (
        {"send_at": datetime(9999, 12, 31, 23, 55, tzinfo=timezone(timedelta(hours=-5)))}, ValueError, "send_at",
    ),
    "a text form": ({"text": "Hello"}, TypeError, "text is not in the API"),
    "a copy": ({"cc": ANN}, TypeError, "cc is not in the API"),
    "a sender": ({"from_": ANN}, TypeError, "from_ is not in the API"),
    "a typing mistake": ({"sujbect": "a"}, TypeError, "Unknown option 'sujbect'"),
}  # fmt: skip

SCHEDULED: dict[str, tuple[datetime, str]] = {
    "in Paris in winter": (datetime(2027, 3, 27, 2, 30, tzinfo=PARIS), "27/03/2027 2 30"),
    "in Paris in summer": (datetime(2027, 10, 30, 2, 30, tzinfo=PARIS), "30/10/2027 2 30"),
    "in UTC in winter": (datetime(2027, 3, 27, 1, 30, tzinfo=UTC), "27/03/2027 2 30"),
    "in UTC in summer": (datetime(2027, 10, 30, 0, 30, tzinfo=UTC), "30/10/2027 2 30"),
    "in New York": (datetime(2027, 10, 29, 20, 30, tzinfo=ZoneInfo("America/New_York")), "30/10/2027 2 30"),
    "with an offset": (datetime(2027, 3, 27, 7, 0, tzinfo=timezone(timedelta(hours=5, minutes=30))), "27/03/2027 2 30"),
    "after the gap": (datetime(2027, 3, 28, 3, 0, tzinfo=PARIS), "28/03/2027 3 00"),
    "after the gap, in UTC": (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "28/03/2027 3 00"),
    "before the hour that comes twice": (datetime(2027, 10, 31, 1, 55, tzinfo=PARIS), "31/10/2027 1 55"),
    "after the hour that came twice": (datetime(2027, 10, 31, 2, 0, tzinfo=UTC), "31/10/2027 3 00"),
    "at midnight": (datetime(2027, 1, 1, tzinfo=PARIS), "01/01/2027 0 00"),
}
UNSCHEDULED: dict[str, tuple[datetime, str]] = {
    "in the gap": (datetime(2027, 3, 28, 2, 30, tzinfo=PARIS), "does not exist"),
    "in the gap of another zone": (datetime(2027, 3, 28, 2, 30, tzinfo=ZoneInfo("Europe/Berlin")), "does not exist"),
    "in the hour that comes twice": (datetime(2027, 10, 31, 2, 30, tzinfo=PARIS), "exists twice"),
    "the second time": (datetime(2027, 10, 31, 2, 30, tzinfo=PARIS, fold=1), "exists twice"),
    "in that hour, in UTC": (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "exists twice"),
    "the second time, in UTC": (datetime(2027, 10, 31, 1, 30, tzinfo=UTC), "exists twice"),
    "between two steps": (datetime(2027, 3, 27, 2, 31, tzinfo=PARIS), "multiple of five minutes"),
    "with seconds": (datetime(2027, 3, 27, 2, 30, 1, tzinfo=PARIS), "multiple of five minutes"),
    "with less than a second": (datetime(2027, 3, 27, 2, 30, 0, 1, tzinfo=PARIS), "multiple of five minutes"),
    "off the steps by its offset": (datetime(2027, 3, 27, 2, 30, tzinfo=timezone(timedelta(minutes=7))), "multiple"),
    "now": (NOW, "in the future"),
    "past": (NOW - timedelta(minutes=5), "in the future"),
}


@pytest.mark.parametrize("form", ["json", "xml"])
def test_the_documented_answer(server: Server, caller: Caller, form: str) -> None:
    """The example of openapi.yaml comes back as a SentMessage, in either format."""
    example = examples("sendMessage")["Sent"]
    server.then(response(json.dumps(example.value) if form == "json" else example.xml))
    done = caller.messages.send(**MAIL, format=form)
    assert (done.message_id, done.recipient_count, done.cost, done.currency) == ("xxx", 1, Decimal(1), "EUR")
    assert (done.scheduled_at, done.scheduled_text) == (None, "2020-09-25 12:00:00")
    assert (done.code, done.attempts) == (200, 1)


@pytest.mark.parametrize("name", SENT)
def test_what_is_sent(server: Server, caller: Caller, name: str) -> None:
    """Each argument stands where the samples have it, and nothing else is sent."""
    arguments, expected = SENT[name]
    server.then(DONE)
    if not isinstance(arguments.get("to", ""), (str, list, Recipient, Address)):  # an iterator, which is used up
        arguments = {**arguments, "to": iter([ANN, Recipient("bob@example.com")])}
    caller.messages.send(**{**MAIL, **arguments})
    (request,) = server.requests
    body = json.loads(request.body)
    del body["apiKey"]
    plain = {"subject": "Hello", "htmlContent": "<p>Hello</p>", "params": {"to": [{"email": ANN}]}}
    assert (request.method, request.path) == ("POST", "/v1/send")
    assert body == {**plain, **expected}


@pytest.mark.parametrize("name", WRONG)
def test_an_argument_that_is_wrong(server: Server, caller: Caller, name: str) -> None:
    """The error names the argument, and nothing is sent."""
    arguments, cls, start = WRONG[name]
    error = caller.outcome(lambda mp: mp.messages.send(**{**MAIL, **arguments}))
    assert type(error) is cls
    assert str(error).startswith(start)
    assert str(error).endswith("Nothing was sent.") or "Unknown option" in start
    assert server.connections == 0


@pytest.mark.parametrize("name", SCHEDULED)
def test_a_time(name: str) -> None:
    """A time from any zone is sent in that of Paris."""
    moment, expected = SCHEDULED[name]
    local = in_vendors_zone(moment, NOW)
    assert " ".join(fields_of(local).values()) == expected
    assert local == moment


@pytest.mark.parametrize("name", UNSCHEDULED)
def test_a_time_that_is_none(name: str) -> None:
    """The error says why: the time does not exist, exists twice, is between two steps, or past."""
    moment, why = UNSCHEDULED[name]
    with pytest.raises(ValueError, match=why) as caught:
        in_vendors_zone(moment, NOW)
    assert str(caught.value).startswith("send_at ")


def test_a_machine_without_time_zones(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what is to be installed: slim containers and Windows have none."""
    monkeypatch.setitem(sys.modules, "tzdata", None)
    zoneinfo.reset_tzpath(to=())
    ZoneInfo.clear_cache()
    try:
        with pytest.raises(ConfigurationError, match="install the package tzdata"):
            in_vendors_zone(NOW + timedelta(days=1), NOW)
    finally:
        zoneinfo.reset_tzpath()


def test_a_scheduled_message(server: Server, caller: Caller) -> None:
    """The three fields are sent, and the result has the time that was asked for and the text of the server."""
    send_at = (datetime.now(UTC) + timedelta(days=2)).replace(minute=35, second=0, microsecond=0, hour=12)
    server.then(response('{"success": true, "code": 200, "scheduledDeliveryDate": "25/09/2020 12:35"}'))
    done = caller.messages.send(**MAIL, send_at=send_at)
    assert (done.scheduled_at, done.scheduled_text) == (send_at, "25/09/2020 12:35")
    assert done.to_dict()["scheduled_at"] == send_at.astimezone(PARIS).isoformat()
    body = json.loads(server.requests[0].body)
    assert {"scheduledDeliveryDate", "time", "minute"} <= body.keys()
    assert body["minute"] == "35"


@pytest.mark.parametrize(
    "data",
    [{}, {"messageId": "Votre mail est parti", "nbMail": [], "cost": "much", "currency": "euro", "new": 1}],
    ids=["nothing", "values of other types"],
)
def test_a_success_that_tells_little(server: Server, caller: Caller, data: dict[str, Any]) -> None:
    """It was sent: what does not fit is None, and never a reason to doubt."""
    server.then(response(json.dumps({"success": True, "code": 200, **data})))
    done = caller.messages.send(**MAIL)
    assert (done.message_id, done.recipient_count, done.cost, done.currency) == (None, None, None, None)


def test_xml_with_a_text_in_place_of_the_id(server: Server, caller: Caller) -> None:
    """A value at the wrong place is not taken for another's."""
    server.then(response("<result><entry>true</entry><entry>200</entry><entry>Votre mail est parti</entry></result>"))
    assert caller.messages.send(**MAIL, format="xml").message_id is None


@pytest.mark.parametrize(("code", "cls"), [(11, InsufficientCreditError), (19, InvalidRequestError)])
def test_a_refusal(server: Server, caller: Caller, code: int, cls: type[Exception]) -> None:
    """A code is of its class, and nothing was sent."""
    server.then(response(envelope("json", False, code)))
    error = caller.outcome(lambda mp: mp.messages.send(**MAIL))
    assert (type(error), error.code, error.maybe_applied, error.attempts) == (cls, code, False, 1)


def test_an_attachment_from_a_file(tmp_path: Path) -> None:
    """The name is split from its extension, which gives the media type; the content is not shown."""
    path = tmp_path / "facture.2027.PDF"
    path.write_bytes(b"%PDF" * 1000)
    file = Attachment.from_path(path)
    assert (file.filename, file.content_type) == ("facture.2027", "application/pdf")
    assert base64.b64decode(file.base64_content) == b"%PDF" * 1000
    assert "JVBER" not in repr(file)
    named = Attachment.from_path(str(path), filename="a.bin", content_type="application/x-own")
    assert (named.filename, named.content_type) == ("a", "application/x-own")


@pytest.mark.parametrize(
    ("filename", "content_type"),
    [
        ("report.pdf.gz", "application/gzip"),
        ("logs.tar.gz", "application/gzip"),
        ("logs.tgz", "application/gzip"),
        ("data:a,b.pdf", "application/pdf"),
        ('it\'s "é".pdf', "application/pdf"),
    ],
)
def test_the_media_type_is_that_of_the_content(filename: str, content_type: str) -> None:
    """A compressed file is not taken for what is in it, and no name is taken for a URL."""
    assert Attachment.from_bytes(b"a", filename=filename).content_type == content_type


@pytest.mark.parametrize(
    ("content", "arguments", "cls", "told"),
    [
        (b"", {"filename": "a.txt"}, ValueError, "'a.txt' has 0 bytes"),
        (bytes(5 * 2**20 + 1), {"filename": "a.txt"}, ValueError, "from 1 to 5,242,880"),
        ("text", {"filename": "a.txt"}, TypeError, "content must be bytes"),
        (b"a", {"filename": "a"}, ValueError, "content_type is required"),
        (b"a", {"filename": ""}, ValueError, "filename must be"),
        (b"a", {"filename": "../a.txt"}, ValueError, "filename must be"),
        (b"a", {"filename": "a\nb.txt"}, ValueError, "filename must be"),
        (b"a", {"filename": 5}, TypeError, "filename must be"),
    ],
)
def test_an_attachment_that_cannot_be_one(
    content: Any, arguments: dict[str, Any], cls: type[Exception], told: str, tmp_path: Path
) -> None:
    """It is refused when it is made, from a file as from memory."""
    with pytest.raises(cls, match=told):
        Attachment.from_bytes(content, **arguments)
    if isinstance(content, bytes):
        (tmp_path / "file").write_bytes(content)
        with pytest.raises(cls, match=told):
            Attachment.from_path(tmp_path / "file", **arguments)


def test_the_largest_attachment() -> None:
    """5 MiB are taken."""
    assert len(Attachment.from_bytes(bytes(5 * 2**20), filename="a.txt").base64_content) == 6_990_508


@pytest.mark.parametrize("form", ["json", "xml"])
def test_scripted_answers(form: str) -> None:
    """`testing.sent` is read as the server's own answer, and the hint of a refusal is the operation's."""
    script = (sent("7", count=2, cost=Decimal("0.09"), currency="EUR"), refused("INSUFFICIENT_CREDIT"))
    with ScriptedMailPartner(*script, format=form) as mp:
        done = mp.messages.send(**MAIL)
        assert (done.message_id, done.recipient_count, done.cost) == ("7", 2, Decimal("0.09"))
        with pytest.raises(InsufficientCreditError, match="Buy credit"):
            mp.messages.send(**MAIL)
