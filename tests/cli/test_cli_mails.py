"""`messages send`, `cancel` and `status`: what is sent, shown and asked for, and that no mail goes out twice."""

from __future__ import annotations

import json
import re
import zoneinfo
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from cli_runner import Cli, objects, record_of, recorded_requests, wait_until
from kit.responses import envelope, response
from kit.server import Exchange, Server, Step

from mailpartner.cli import run_journal
from mailpartner.cli.record import Record
from mailpartner.sandbox import Sandbox

SENT = response(json.dumps({"success": True, "code": 200, "messageId": "m-1", "nbMail": 1, "cost": 0.01,
                            "currency": "EUR"}))  # fmt: skip
HTML = '<p>Dear #NAME#, é</p><a href="#UNSUBSCRIBE_LINK#">stop</a>'
MAIL = ("messages", "send", "--subject", "Your order", "--html", "mail.html", "--var", "NAME=Ann", "--yes")
ANN, BOB = "ann@example.com", "bob@example.com"
PAGE = response("<html>502</html>", 502, "text/html")
LOST: dict[str, Step] = {
    "hung up": Exchange.hang_up,
    "reset": lambda exchange: (exchange.read_body(), exchange.reset())[1],
    "a page of a gateway": PAGE,
    "nothing to read": response(b""),
    "garbage": response(b"\x89PNG"),
    "success without a code's sense": response(json.dumps({"success": "maybe"})),
    "a fault of the server": response(envelope("json", False, 500)),
}


@pytest.fixture
def cli(scripted: Cli) -> Cli:
    """The command with a mail, an attachment and lists in its folder."""
    scripted.file("mail.html", HTML)
    scripted.file("other.html", HTML + " ")
    scripted.file("invoice.pdf", b"%PDF")
    scripted.file("terms.pdf", b"%PDF-2")
    scripted.file("list.csv", "name;email\nAnn;ann@example.com\nBob;bob@example.com\nAnn;ann@EXAMPLE.com\n")
    return scripted


def body_of(server: Server, number: int = -1) -> dict[str, Any]:
    """The body of a request, without the key."""
    found: dict[str, Any] = json.loads(server.requests[number].body)
    del found["apiKey"]
    return found


def test_what_the_options_say_is_sent(cli: Cli, server: Server) -> None:
    """Each option is in the request, and the result is an object with --json."""
    server.set_script(SENT)
    done = cli.inside(
        *MAIL, ANN, "--to", "Bob <bob@example.com>", "--reply-to", '"Shop, Paris" <shop@example.com>',
        "--tag", "orders", "--attach", "invoice.pdf", "--at", "2099-03-27 10:30", "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert body_of(server) == {
        "subject": "Your order",
        "htmlContent": HTML,
        "params": {"to": [{"email": ANN}, {"email": BOB, "name": "Bob"}]},
        "replyTo": {"email": "shop@example.com", "name": "Shop, Paris"},
        "variables": {"NAME": "Ann"},
        "attachments": [{"base64Content": "JVBERg==", "contentType": "application/pdf", "filename": "invoice"}],
        "tag": "orders",
        **{"scheduledDeliveryDate": "27/03/2099", "time": "10", "minute": "30"},
    }
    message, summary = objects(done.stdout)
    assert message == {
        "schema": 2, "type": "message", "message_id": "m-1", "recipients": 1, "outcome": "scheduled", "error": None,
        "cost": "0.01", "currency": "EUR", "scheduled_at": "2099-03-27T10:30:00+01:00", "scheduled_text": None,
    }  # fmt: skip
    assert summary == {"schema": 2, "type": "summary", "recipients": 2, "exit": 0}


def test_recipients_from_a_file_and_html_from_stdin(cli: Cli, server: Server) -> None:
    """The columns are found by their headings, and who stands there twice gets one mail."""
    server.set_script(SENT)
    done = cli(
        "messages", "send", "--subject", "S", "--html", "-", "--to-file", "list.csv", BOB, "--test", "--yes",
        input="<p>Hello</p>",
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "m-1  tested  1  0.01 EUR\n"), done.stderr
    assert body_of(server) == {
        "subject": "S", "htmlContent": "<p>Hello</p>", "sandbox": 1,
        "params": {"to": [{"email": BOB}, {"email": ANN, "name": "Ann"}]},
    }  # fmt: skip
    assert "2, and 2 duplicates left out" in done.stderr
    assert "2 recipients: it is not known whether they see each other's addresses." in done.stderr


def test_the_same_mail_is_sent_once(cli: Cli, server: Server) -> None:
    """A second time it is refused with the time and the id of the first, in another order of recipients too."""
    server.set_script(SENT)
    assert cli.inside(*MAIL, ANN, BOB).returncode == 0
    for again in ((ANN, BOB), (BOB, ANN), (BOB, "--to", ANN)):
        done = cli.inside(*MAIL, *again)
        assert (done.returncode, done.stdout) == (2, "")
        assert "message id m-1. Nothing was sent. To send it once more, give --again." in done.stderr
        assert f"at {datetime.now(UTC):%Y-%m-%d} " in done.stderr
    assert len(server.requests) == 1
    assert cli.inside(*MAIL, ANN, BOB, "--again").returncode == 0
    assert cli.inside(*MAIL, ANN, BOB, "--no-record").returncode == 0
    assert len(server.requests) == 3
    assert [request["outcome"] for request in recorded_requests(cli)] == ["sent", "sent"]


@pytest.mark.parametrize(
    "change",
    [
        ("--subject", "Another"),
        ("--html", "other.html"),
        ("--var", "MORE=1"),
        ("--to", BOB),
        ("--reply-to", BOB),
        ("--attach", "terms.pdf"),
        ("--tag", "orders"),
        ("--at", "2099-03-27 10:30"),
        ("--test",),
    ],
    ids=" ".join,
)
def test_another_mail_is_sent(cli: Cli, server: Server, change: tuple[str, ...]) -> None:
    """Whatever part of it differs: it is another mail."""
    server.set_script(SENT)
    assert cli.inside(*MAIL, "--to", ANN, "--attach", "invoice.pdf").returncode == 0
    assert cli.inside(*MAIL, "--to", ANN, "--attach", "invoice.pdf", *change).returncode == 0
    assert len(server.requests) == 2


def test_a_test_mails_nobody_and_may_be_repeated(cli: Cli, server: Server) -> None:
    """The same test goes through each time, after a lost answer too, and then the real mail."""
    server.set_script(Exchange.hang_up, SENT)
    attempts = (("--test",), ("--test",), ("--test",), (), ())
    assert [cli.inside(*MAIL, ANN, *rest).returncode for rest in attempts] == [69, 0, 0, 0, 2]
    assert [body_of(server, number).get("sandbox") for number in range(1, 4)] == [1, 1, None]


@pytest.mark.parametrize("lost", LOST.values(), ids=LOST)
def test_a_lost_answer_is_in_doubt(cli: Cli, server: Server, lost: Step) -> None:
    """One request is sent, nobody is told to try again, and a second try is refused without --again."""
    server.set_script(lost, SENT)
    done = cli.inside(*MAIL, ANN, "--json")
    assert (done.returncode, len(server.requests)) == (69, 1), done.stderr
    message, summary = objects(done.stdout)
    assert (message["outcome"], message["error"]["maybe_applied"], summary["exit"]) == ("in_doubt", True, 69)
    assert "try again" not in (done.stderr + done.stdout).lower()
    assert "Do not send it again before the account shows that it did not go out." in done.stderr
    assert [request["outcome"] for request in recorded_requests(cli)] == ["in_doubt"]
    second = cli.inside(*MAIL, ANN)
    assert (second.returncode, len(server.requests)) == (2, 1)
    assert "may have been done" in second.stderr
    assert "give --again" in second.stderr
    assert cli.inside(*MAIL, ANN, "--again").returncode == 0
    assert len(server.requests) == 2


@pytest.mark.parametrize("log", ["kept", "lost"])
def test_killed_while_it_is_sent(cli: Cli, server: Server, log: str) -> None:
    """After kill -9 before the answer the mail is in doubt, even if SQLite's log is lost: it is not sent once more."""
    server.set_script(Exchange.hold, SENT)
    process = cli.start(*MAIL, ANN)
    server.until_requests(1)
    process.kill()
    process.communicate()
    if log == "lost":
        record_of(cli).with_name(f"{record_of(cli).name}-wal").unlink()
    done = cli.inside(*MAIL, ANN)
    assert (done.returncode, len(server.requests)) == (2, 1)
    assert "may have been done" in done.stderr
    assert [request["outcome"] for request in recorded_requests(cli)] == ["in_doubt"]


def test_what_certainly_was_not_sent_is_sent_later(cli: Cli) -> None:
    """After a refusal and after a server that could not be reached the same command sends it."""
    with Server(response(envelope("json", False, 4)), SENT, listening=False) as server:
        options = ("--base-url", server.url, "--max-retries", 0)
        unreachable = cli.inside(*MAIL, ANN, *options)
        server.listen()
        refused, sent = cli.inside(*MAIL, ANN, *options), cli.inside(*MAIL, ANN, *options)
    assert [done.returncode for done in (unreachable, refused, sent)] == [69, 1, 0], refused.stderr
    assert ["Nothing was done." in done.stderr for done in (unreachable, refused)] == [True, True]
    assert [request["outcome"] for request in recorded_requests(cli)] == ["not_sent", "refused", "sent"]


def test_two_at_once_send_one(cli: Cli, server: Server) -> None:
    """Of two commands with the same mail at the same moment one sends it, and the other says that it was sent."""
    server.set_script(SENT)
    started = [cli.start(*MAIL, ANN) for _ in range(3)]
    said = [process.communicate(timeout=30)[1] for process in started]
    assert sorted(process.returncode for process in started) == [0, 2, 2], said
    assert len(server.requests) == 1


def test_while_another_command_sends(cli: Cli, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where another command has the record open for long, nobody is advised to do without a record."""
    monkeypatch.setattr(run_journal, "PATIENCE", 0.1)
    record_of(cli).parent.mkdir(parents=True)
    with closing(Record(record_of(cli))):
        done = cli.inside(*MAIL, ANN)
    assert (done.returncode, server.connections) == (75, 0)
    assert "another command is writing to the record. Wait for its end" in done.stderr
    assert "--no-record" not in done.stderr


def test_on_both_sides_of_new_year(cli: Cli, server: Server) -> None:
    """The record of last year counts, too."""
    server.set_script(SENT)
    assert cli.inside(*MAIL, ANN).returncode == 0
    record_of(cli).rename(record_of(cli).with_stem(str(datetime.now(UTC).year - 1)))
    assert cli.inside(*MAIL, ANN).returncode == 2
    assert len(server.requests) == 1


@pytest.mark.parametrize("year", [1970, 2011, 2098])
def test_a_clock_that_was_wrong(cli: Cli, server: Server, year: int) -> None:
    """What was sent while the clock was in another year counts, too."""
    server.set_script(SENT)
    assert cli.inside(*MAIL, ANN).returncode == 0
    record_of(cli).rename(record_of(cli).with_stem(str(year)))
    assert cli.inside(*MAIL, ANN).returncode == 2
    assert len(server.requests) == 1


def test_the_same_mail_in_other_words(cli: Cli, server: Server) -> None:
    """Capitals in an address, a name, and the line breaks of the HTML do not make another mail of it."""
    server.set_script(SENT)
    cli.file("mail.html", "<p>Dear #NAME#,</p>\n<p>é</p>\n")
    assert cli.inside(*MAIL, ANN, BOB).returncode == 0
    for again in (("Ann@Example.com", BOB), ("Ann <ann@example.com>", BOB), ("ANN@example.com", ANN, BOB)):
        assert cli.inside(*MAIL, *again).returncode == 2
    cli.file("mail.html", "<p>Dear #NAME#,</p>\r\n<p>é</p>")
    assert cli.inside(*MAIL, ANN, BOB).returncode == 2
    assert len(server.requests) == 1


def test_one_record_for_all_working_folders(cli: Cli, server: Server) -> None:
    """A relative XDG_STATE_HOME is ignored: the same mail is refused from another folder, too."""
    server.set_script(SENT)
    assert cli.inside(*MAIL, ANN, env={"XDG_STATE_HOME": "state"}).returncode == 0
    assert cli.inside(*MAIL, ANN).returncode == 2
    assert record_of(cli).exists()
    assert not (cli.folder / "state").exists()


def test_recipients_that_are_perhaps_one(cli: Cli, server: Server) -> None:
    """Addresses that differ only in capitals each get a mail, and the preview says so."""
    server.set_script(SENT)
    done = cli.inside(*MAIL, ANN, "Ann@example.com", BOB)
    assert len(body_of(server)["params"]["to"]) == 3
    assert "ATTENTION" in done.stderr
    assert "1 recipient differs from another only in capitals or spelling" in done.stderr
    assert "ATTENTION" not in cli.inside(*MAIL, ANN, BOB).stderr


def test_a_record_does_not_tell_who_got_mails(cli: Cli, server: Server) -> None:
    """Who looks for a person in it is told that mails and other requests are recorded without addresses."""
    server.set_script(SENT)
    assert cli.inside(*MAIL, ANN).returncode == 0
    found = cli.inside("report", record_of(cli), "--find", ANN)
    assert "without addresses: 1. This person may be among them." in found.stderr


def test_what_only_looks_like_a_placeholder(cli: Cli, server: Server) -> None:
    """A name between number signs in lower case, with an accent or in the subject is shown: it may stay as it is."""
    server.set_script(SENT)
    cli.file("mail.html", '#NAME# #order# #PRÉNOM# <a href="#top" style="color:#FFF;background:#000">#1#</a>')
    done = cli.inside(*MAIL, ANN, "--subject", "Dear #NAME#")
    assert re.findall("perhaps not filled in +(.*)", done.stderr) == ["#NAME#, #PRÉNOM#, #order#"]


def test_without_a_record_nothing_is_sent(cli: Cli, server: Server) -> None:
    """Where none can be written, one line says so and names the option that does without."""
    server.set_script(SENT)
    record_of(cli).parent.mkdir(parents=True)
    record_of(cli).mkdir()
    refused = cli.inside(*MAIL, ANN)
    assert (refused.returncode, server.requests) == (75, [])
    assert "Nothing was sent: no record can be kept." in refused.stderr
    assert "--no-record" in refused.stderr
    assert cli.inside(*MAIL, ANN, "--no-record").returncode == 0
    no_home = cli(*MAIL, BOB, env={"HOME": "/proc/nowhere"})
    assert (no_home.returncode, "Give --no-record." in no_home.stderr) == (2, True), no_home.stderr
    assert len(server.requests) == 1


def test_the_record_names_nobody(cli: Cli, server: Server) -> None:
    """It has who sent how many mails when, and neither addresses nor the text; `report` reads it in all formats."""
    server.set_script(SENT)
    cli.inside(*MAIL, ANN, BOB, "--reply-to", "shop@example.com", "--at", "2099-03-27 10:30")
    (request,) = recorded_requests(cli)
    assert all(request[name] for name in ("user", "host", "key_fingerprint", "digest"))
    assert {name: request[name] for name in ("type", "outcome", "recipients", "message_id", "send_at", "base_url")} == {
        "type": "message", "outcome": "scheduled", "recipients": 2, "message_id": "m-1",
        "send_at": "2099-03-27T10:30:00+01:00", "base_url": server.url,
    }  # fmt: skip
    for path in record_of(cli).parent.iterdir():
        assert not [word for word in (b"example.com", b"Your order", b"Dear") if word in path.read_bytes()]
    assert cli.inside("report", record_of(cli), "--html", "page.html", "--csv", "table.csv").returncode == 0
    cli.inside("unsubscribes", "delete", 300, "--yes", "--max-retries", 0)
    assert len(recorded_requests(cli)) == 1


TIMES = {
    "2099-03-27 10:30": ("27/03/2099", "10", "30"),
    "2099-03-27T10:30:00": ("27/03/2099", "10", "30"),
    "2099-03-27T10:30+00:00": ("27/03/2099", "11", "30"),
    "2099-03-27T10:30Z": ("27/03/2099", "11", "30"),
    "2099-07-01 10:30 +0200": ("01/07/2099", "10", "30"),
}
NO_TIMES = {
    "2099-03-27": "it must be a time such as",
    "tomorrow": "it must be a time such as",
    "0001-01-01 00:00+01:00": "--at must be between the years 1 and 9999",
    "2099-13-01 10:00": "it must be a time such as",
    "2099-03-27 10:31": "--at must be a multiple of five minutes",
    "2020-01-01 10:00": "--at must be in the future",
    "2099-03-29 02:30": "--at does not exist in its time zone, where clocks are put forward",
    "2099-10-25 02:30": "--at exists twice in Europe/Paris",
    "2099-10-25T02:30+01:00": "--at exists twice in Europe/Paris",
}


@pytest.mark.parametrize(("time", "fields"), TIMES.items(), ids=TIMES)
def test_when_it_is_sent(cli: Cli, server: Server, time: str, fields: tuple[str, str, str]) -> None:
    """A time is Paris time, unless it has an offset."""
    server.set_script(SENT)
    assert cli.inside(*MAIL, ANN, "--at", time).returncode == 0
    sent = body_of(server)
    assert (sent["scheduledDeliveryDate"], sent["time"], sent["minute"]) == fields


@pytest.mark.parametrize(("time", "why"), NO_TIMES.items(), ids=NO_TIMES)
def test_times_that_the_api_cannot_take(cli: Cli, server: Server, time: str, why: str) -> None:
    """They are refused with the reason before anything is sent, in French too."""
    done = cli.inside(*MAIL, ANN, "--at", time)
    assert (done.returncode, server.connections) == (2, 0)
    assert why in done.stderr
    assert "Nothing was sent." in done.stderr
    in_french = cli.inside(*MAIL, ANN, "--at", time, "--lang", "fr")
    assert "Rien n'a été envoyé." in in_french.stderr
    assert why not in in_french.stderr


def test_a_machine_without_time_zones(cli: Cli, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what to install."""
    monkeypatch.setattr(zoneinfo, "ZoneInfo", missing_zone)
    done = cli.inside(*MAIL, ANN, "--at", "2099-03-27 10:30")
    assert (done.returncode, server.connections) == (78, 0)
    assert "--at needs the time zone Europe/Paris" in done.stderr
    assert "install the package tzdata. Nothing was sent." in done.stderr


def missing_zone(name: str) -> None:
    raise zoneinfo.ZoneInfoNotFoundError(name)


WRONG: dict[str, tuple[tuple[str, ...], int, str]] = {
    "a file of a header": (("--to-file", "header.csv"), 65, "There are no recipients."),
    "an empty file": (("--to-file", "empty.html"), 65, "There are no recipients."),
    "nobody": ((), 2, "There are no recipients."),
    "no address": (("mail.html",), 2, "Recipient 1 is not an address"),
    "two in one": (("ann@example.com, bob@example.com",), 2, "Recipient 1 is not an address"),
    "too many": (("--to-file", "many.txt"), 2, "501 recipients are too many"),
    "a line that is no address": (("--to-file", "bad.csv"), 65, "line 3: it is neither an id nor an address"),
    "a decorated address": (("--to-file", "quoted.txt"), 65, "1 line of quoted.txt is not an address."),
    "ids": (("--to-file", "ids.csv"), 65, "It is not clear how to read ids.csv"),
    "no file": (("--to-file", "nix.csv"), 65, "nix.csv cannot be read"),
    "a column without a file": ((ANN, "--column", "email"), 2, "are for --to-file"),
    "all from stdin": (("--html", "-", "--to-file", "-"), 2, "can be stdin"),
    "a placeholder without a value": ((ANN, "--html", "more.html"), 65, "without a value: ORDER."),
    "HTML in another encoding": ((ANN, "--html", "latin.html"), 65, "latin.html is not text in UTF-8."),
    "no HTML": ((ANN, "--html", "empty.html"), 2, "--html is empty. Nothing was sent."),
    "a subject of two lines": ((ANN, "--subject", "a\nb"), 2, "--subject must be one line."),
    "a name of two lines": (("Ann\nBcc: <bob@example.com>",), 2, "The name of a recipient must be one line."),
    "a subject in another encoding": ((ANN, "--subject", "\udce9"), 2, "--subject is not text that UTF-8 can hold."),
    "a reply name in another encoding": (
        (ANN, "--reply-to", "\udce9 <bob@example.com>"),
        2,
        "--reply-to is not text that",
    ),
    "a variable without a value": ((ANN, "--var", "ORDER"), 2, "--var must be NAME=VALUE"),
    "a variable in lower case": ((ANN, "--var", "order=1"), 2, "--var must be NAME=VALUE"),
    "a variable twice": ((ANN, "--var", "NAME=Bob"), 2, "--var gives NAME twice."),
    "replies to nobody": ((ANN, "--reply-to", "Bob"), 2, "--reply-to is not an address"),
    "a tag in capitals": ((ANN, "--tag", "Orders"), 2, "--tag must have 3 to 20 characters"),
    "four attachments": (
        (ANN, *("--attach", "invoice.pdf") * 4),
        2,
        "--attach can be given 3 times at most",
    ),
    "an empty attachment": ((ANN, "--attach", "empty.pdf"), 2, "empty.pdf"),
    "an attachment of no type": ((ANN, "--attach", "file.{nix}"), 2, "extension of file.{nix} does not tell"),
    "no attachment": ((ANN, "--attach", "nix.pdf"), 2, "No such file or directory: nix.pdf."),
}


@pytest.mark.parametrize(("arguments", "code", "why"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_sent(cli: Cli, server: Server, arguments: tuple[str, ...], code: int, why: str) -> None:
    """It is refused with the option and the reason, and nothing is sent: not to the others of a list either."""
    cli.file("many.txt", "".join(f"user{number}@example.com\n" for number in range(501)))
    cli.file("bad.csv", "email;name\nann@example.com;Ann\nbob at example.com;Bob\n")
    cli.file("quoted.txt", "ann@example.com\n'bob@example.com'\n")
    cli.file("ids.csv", "id\n300\n")
    cli.file("header.csv", "email;name\n")
    cli.file("more.html", "#NAME# #ORDER#")
    cli.file("latin.html", "é".encode("latin-1"))
    for name in ("empty.html", "empty.pdf"):
        cli.file(name, "")
    cli.file("file.{nix}", "x")
    done = cli.inside(*MAIL, *arguments)
    assert (done.returncode, done.stdout, server.connections) == (code, "", 0), done.stderr
    assert why in done.stderr
    assert "Nothing was sent" in done.stderr
    assert not record_of(cli).exists()
    in_french = cli.inside(*MAIL, *arguments, "--lang", "fr").stderr
    assert "Rien n'a été envoyé" in in_french
    assert not re.search(r"\b(must|have|has|is|with|items|characters|without)\b", in_french)


def test_nobody_can_be_asked(cli: Cli, server: Server) -> None:
    """Without a terminal and without --yes nothing is sent."""
    done = cli.inside(*(word for word in MAIL if word != "--yes"), ANN)
    assert (done.returncode, server.connections) == (2, 0)
    assert "then give --yes" in done.stderr


@pytest.mark.parametrize(
    ("recipients", "lang", "question", "answer", "sent"),
    [
        (1, "en", "Send this mail? [y/N]", "y", True),
        (3, "en", "Send this mail to 3 recipients? [y/N]", "", False),
        (3, "fr", "Envoyer ce mail à 3 destinataires\u00a0? [o/N]", "o", True),
        (11, "en", "Type 11 to send it:", "11", True),
        (11, "fr", "Tapez 11 pour l'envoyer", "1", False),
    ],
)
def test_what_is_sent_is_shown_and_asked_for(
    cli: Cli, server: Server, recipients: int, lang: str, question: str, answer: str, sent: bool
) -> None:
    """The preview has the account, the recipients, what is filled in, the files and the time; many are counted."""
    server.set_script(SENT)
    people = [f"user{number}@example.com" for number in range(recipients)]
    terminal = cli.terminal(
        *(word for word in MAIL if word != "--yes"), *people, "--attach", "invoice.pdf", "--at", "2099-03-27 10:30",
        "--lang", lang,
    )  # fmt: skip
    screen = " ".join(terminal.until(question).split())
    terminal.type(f"{answer}\n")
    assert terminal.finish() == (0 if sent else 2)
    assert len(server.requests) == sent
    shown = (
        "Your order",
        "mail.html, ",
        "NAME=Ann",
        "UNSUBSCRIBE_LINK",
        "invoice.pdf, 4",
        "2099-03-27 10:30, Europe/Paris (UTC+01:00)",
    )
    assert not [text for text in (server.url, people[0], people[-1], *shown) if text not in screen]
    assert ("see each other" in screen or "les uns des autres" in screen) is (recipients > 1)
    cost = {"en": "cost not known before sending", "fr": "coût inconnu avant l'envoi"}[lang]
    assert cost in screen
    assert max(len(line) for line in terminal.text.splitlines()) <= 80


def test_a_dry_run_sends_nothing(cli: Cli, server: Server) -> None:
    """It shows all, with --json as an object, and the command that sends it."""
    server.set_script(SENT)
    options = ("--to-file", "list.csv", "--attach", "invoice.pdf", "--dry-run")
    words = [word for word in MAIL if word != "--yes"]
    shown = cli.inside(*words, *options)
    assert (shown.returncode, server.connections) == (0, 0), shown.stderr
    command = shown.stdout.splitlines()[-1]
    assert command == (
        "mailpartner messages send --to-file list.csv --subject 'Your order' --html mail.html --var NAME=Ann"
        " --attach invoice.pdf"
    )
    (summary,) = objects(cli.inside(*words, *options, "--json").stdout)
    assert {name: summary[name] for name in ("dry_run", "recipients", "duplicates", "unfilled", "attachments")} == {
        "dry_run": True, "recipients": 2, "duplicates": 1, "unfilled": [],
        "attachments": [{"file": "invoice.pdf", "content_type": "application/pdf", "bytes": 4}],
    }  # fmt: skip
    dashes = cli.inside(*words, "--dry-run", "--", "-ann@example.com").stdout.splitlines()[-1]
    assert dashes == (
        "mailpartner messages send --subject 'Your order' --html mail.html --var NAME=Ann -- -ann@example.com"
    )
    cli.file("more.html", "#NAME# #ORDER#")
    lacking = cli.inside(*words, *options, "--html", "more.html", "--json")
    assert (lacking.returncode, objects(lacking.stdout)[0]["unfilled"]) == (65, ["ORDER"])
    assert not record_of(cli).exists()


def test_ctrl_c_while_it_is_sent(cli: Cli, server: Server) -> None:
    """It says where that is recorded, and the mail is in doubt."""
    server.set_script(Exchange.hold)
    terminal = cli.terminal(*MAIL, ANN)
    server.until_requests(1)
    wait_until(terminal.process, lambda: record_of(cli).exists())
    terminal.type("\x03")
    assert terminal.finish() == 130
    assert "What was sent is recorded in" in terminal.text
    assert [request["outcome"] for request in recorded_requests(cli)] == ["in_doubt"]


DELIVERIES = [
    {"email": ANN, "status": "Delivered", "cost": 0.01, "stopMail": False, "date": "1790000000", "token": "planted-1"},
    {"email": BOB, "status": "\x1b[31mOdd", "token": "planted-2"},
]


def test_what_became_of_a_mail(cli: Cli, server: Server) -> None:
    """Each recipient is a row and an object; tokens are in neither, and nothing steers the terminal."""
    server.set_script(response(json.dumps({"success": True, "code": 200, "StatutResponseList": DELIVERIES})))
    piped = cli.inside("messages", "status", "m-1")
    assert piped.stdout.splitlines()[0] == "ann@example.com  Delivered  0.01  no  2026-09-21 14:13"
    told = cli("messages", "status", "m-1", "--json", "-v")
    ann, bob, summary = objects(told.stdout)
    assert (ann["type"], ann["email"], ann["status"], ann["cost"]) == ("delivery", ANN, "Delivered", "0.01")
    assert (bob["date"], summary["deliveries"], server.requests[0].query["messageId"]) == (None, 2, "m-1")
    assert "planted" not in piped.stdout + piped.stderr + told.stdout + told.stderr
    assert "\x1b" not in piped.stdout
    server.set_script(response(json.dumps({"success": True, "code": 200, "StatutResponseList": []})))
    assert "There is no report yet" in cli.inside("messages", "status", "m-1").stderr


@pytest.mark.parametrize(
    ("answer", "code", "outcome", "said"),
    [
        (response(envelope("json", True, 200)), 0, "cancelled", ""),
        (response(envelope("json", False, 5)), 0, "already_cancelled", ""),
        (response(envelope("json", False, 7)), 1, "refused", "`mailpartner messages status` tells what became of it."),
        (Exchange.hang_up, 69, "in_doubt", "It may have been done all the same. Cancel it once more"),
    ],
)
def test_cancelling(cli: Cli, server: Server, answer: Step, code: int, outcome: str, said: str) -> None:
    """A mail that is cancelled already is no failure; one that went out is."""
    server.set_script(answer)
    done = cli.inside("messages", "cancel", "m-1", "--max-retries", 0, "--json", "--yes")
    assert (done.returncode, objects(done.stdout)[0]["outcome"]) == (code, outcome)
    assert said in done.stderr
    assert server.requests[0].query["messageId"] == "m-1"


def test_a_cancellation_is_asked_for(cli: Cli, server: Server) -> None:
    """What the record has of the id is shown before the question; without a terminal nothing is done without --yes."""
    server.set_script(SENT, response(envelope("json", True, 200)))
    assert cli.inside(*MAIL, ANN, BOB, "--at", "2099-03-27 10:30").returncode == 0
    piped = cli.inside("messages", "cancel", "m-1")
    assert (piped.returncode, "Nothing was sent. Give --yes." in piped.stderr) == (2, True), piped.stderr
    wrong = cli.terminal("messages", "cancel", "m-2", columns=120)
    wrong.until("Cancel this mail? [y/N]")
    wrong.type("n\n")
    assert wrong.finish() == 2
    assert "the record has no mail with this id" in wrong.text
    assert "Nothing was cancelled." in wrong.text
    assert len(server.requests) == 1
    right = cli.terminal("messages", "cancel", "m-1", columns=120)
    asked = right.until("Cancel this mail? [y/N]")
    for label, text in (
        ("account", f"the sandbox account .* at {server.url}"), ("message id", "m-1"), ("recipients", "2"),
        ("handed over", f"{datetime.now(UTC):%Y-%m-%d} .* UTC"), ("when", "2099-03-27 10:30, Europe/Paris .*"),
    ):  # fmt: skip
        assert re.search(f"{label} +{text}\n", asked), label
    right.type("y\n")
    assert right.finish() == 0
    assert [each["outcome"] for each in recorded_requests(cli)] == ["scheduled", "cancelled"]


def test_a_mail_that_was_cancelled_is_told_as_such(cli: Cli, server: Server) -> None:
    """The same mail, and the same cancellation, say when it was cancelled; the report on the record has it."""
    server.set_script(SENT, response(envelope("json", True, 200)), response(envelope("json", False, 5)))
    later = (*MAIL, ANN, "--at", "2099-03-27 10:30")
    assert cli.inside(*later).returncode == 0
    assert "and cancelled at" not in cli.inside(*later).stderr
    assert cli.inside("messages", "cancel", "m-1", "--yes").returncode == 0
    refused = cli.inside(*later)
    assert (refused.returncode, "and cancelled at 2" in refused.stderr) == (2, True), refused.stderr
    again = cli.terminal("messages", "cancel", "m-1", columns=120)
    again.until("[y/N]")
    again.type("y\n")
    assert (again.finish(), "cancelled already, at 2" in again.text) == (0, True), again.text
    assert [each["outcome"] for each in recorded_requests(cli)] == ["scheduled", "cancelled", "already_cancelled"]
    assert cli.inside("report", record_of(cli), "--html", "page.html", "--csv", "table.csv").returncode == 0
    assert "Cancellation of a mail" in (cli.folder / "page.html").read_text()


def test_a_scheduled_mail_has_its_schedule_in_its_status(cli: Cli, sandbox: Sandbox) -> None:
    """The record's schedule and cancellation are told next to the server's state, with its meaning in French."""
    cli.environment["MAILPARTNER_BASE_URL"] = sandbox.url
    assert cli.inside(*MAIL, ANN, "--at", "2099-03-27 10:30").returncode == 0
    number = recorded_requests(cli)[0]["message_id"]
    terminal = cli.terminal("messages", "status", number, "--lang", "fr", columns=120)
    assert terminal.finish() == 0
    assert "Scheduled (programmé)" in terminal.text
    assert "Programmé pour le 2099-03-27 10:30, Europe/Paris (UTC+01:00)" in terminal.text
    assert cli.inside("messages", "cancel", number, "--yes").returncode == 0
    cancelled = cli.terminal("messages", "status", number, "--lang", "fr", columns=120)
    assert cancelled.finish() == 0
    assert "Cancelled (annulé)" in cancelled.text
    assert "Annulé le 2" in cancelled.text
    states = [each["status"] for each in objects(cli.inside("messages", "status", number, "--json").stdout)[:-1]]
    assert states == ["Cancelled"]
    assert "Cancelled (" not in cli.inside("messages", "status", number).stdout
