"""What was read, against the list: mismatches, near misses, the preview, the confirmation, and the rejects file."""

from __future__ import annotations

import csv
import io
import re
import resource
import subprocess
import sys
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from cli_runner import WHY, Cli, objects
from kit.responses import response
from kit.server import Server

from mailpartner import MailPartner
from mailpartner.sandbox import Entry, Sandbox

DATE = "2020-01-01 00:00:00"


def load(sandbox: Sandbox, *emails: str) -> None:
    """Load these addresses, ids from 1, and forget the requests so far."""
    sandbox.load([Entry(number, email, DATE) for number, email in enumerate(emails, 1)])
    sandbox.clear_requests()


def operations(sandbox: Sandbox) -> Counter[str]:
    return Counter(seen["operation"] for seen in sandbox.requests())


def export(cli: Cli, *ids: int, wrong: int = 0) -> Path:
    """A file of ids with their addresses, the first `wrong` of them with the address of somebody who is not listed."""
    names = ["eve"] * wrong + ["user"] * (len(ids) - wrong)
    rows = (f"{number};{name}{number}@example.com\n" for number, name in zip(ids, names, strict=True))
    return cli.file("stops.csv", "id;email\n" + "".join(rows))


def delete(cli: Cli, path: Path, *options: object) -> Any:
    return cli.inside("unsubscribes", "delete", "--from-file", path, *WHY, "--rate", "none", *options)


def rejects(cli: Cli, delimiter: str = ";") -> list[list[str]]:
    """The rows of the rejects file, without its header."""
    text = (cli.folder / "stops.csv.rejects.csv").read_text(encoding="utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=delimiter))[1:]


def test_the_vendors_export_is_compared_with_one_call(cli: Cli, sandbox: Sandbox) -> None:
    """The list is read once, and then every id of the file is deleted."""
    path = export(cli, *range(1, 31))
    sandbox.clear_requests()
    done = delete(cli, path)
    assert (done.returncode, sandbox.count()) == (0, 1970), done.stderr
    assert operations(sandbox) == {"listUnsubscribes": 1, "deleteUnsubscribe": 30}
    assert sandbox.requests()[0]["operation"] == "listUnsubscribes"


def test_another_systems_ids_are_refused(cli: Cli, sandbox: Sandbox) -> None:
    """Nothing is sent and nothing is left behind. By the addresses alone the right person is deleted."""
    path = cli.file("stops.csv", '"ts";"mail";"custID";"id"\n"x";"user700@example.com";"C1";"12"\n')
    done = delete(cli, path)
    assert (done.returncode, sandbox.count(), list(cli.folder.iterdir())) == (65, 2000, [path])
    for words in ("not Mail Partner's", "12 for user12@example.com", "700 for user700@example.com", "--column mail"):
        assert words in done.stderr
    assert delete(cli, path, "--column", "mail").returncode == 0
    assert {700} == set(range(1, 2001)) - sandbox.entries().keys()


@pytest.mark.parametrize(("rows", "wrong", "refused"), [(20, 1, False), (19, 1, True), (40, 2, False), (2000, 3, True)])
def test_how_many_mismatches_are_too_many(cli: Cli, sandbox: Sandbox, rows: int, wrong: int, refused: bool) -> None:
    """Three, or more than one row in twenty, refuse the file; fewer are rejects. --skip-mismatches goes on."""
    path = export(cli, *range(1, rows + 1), wrong=wrong)
    command = ["unsubscribes", "delete", "--from-file", path, "--dry-run", "--json"]
    *lines, summary = objects(cli.inside(*command).stdout)
    assert (summary["mismatches"], summary["targets"], summary["exit"]) == (wrong, rows - wrong, 65 if refused else 1)
    assert lines[0]["reason"].endswith("of one entry of the list: the list has 1 for user1@example.com")
    assert objects(cli.inside(*command, "--skip-mismatches").stdout)[-1]["exit"] == 1


def test_known_mismatches_are_rejects(cli: Cli, sandbox: Sandbox) -> None:
    """With --skip-mismatches the others are deleted, and the rejects file has both values."""
    load(sandbox, *(f"user{number}@example.com" for number in range(1, 9)))
    path = cli.file("stops.csv", "id;email\n1;user1@example.com\n2;user3@example.com\n99;user4@example.com\n"
                    "98;gone@example.com\n6;gone@example.com\n")  # fmt: skip
    done = delete(cli, path, "--skip-mismatches")
    assert (done.returncode, sorted(sandbox.entries())) == (1, [2, 3, 4, 5, 6, 7, 8]), done.stderr
    assert [(line, text, reason.partition(": ")[2]) for line, text, reason in rejects(cli)] == [
        ("3", "2 user3@example.com", "the list has 2 for user2@example.com, 3 for user3@example.com"),
        ("4", "99 user4@example.com", "the list has 4 for user4@example.com"),
        ("5", "98 gone@example.com", ""),
        ("6", "6 gone@example.com", "the list has 6 for user6@example.com"),
    ]
    assert "not on the list" in rejects(cli)[2][2]


def test_bare_ids_that_are_not_listed_are_handed_on(cli: Cli, sandbox: Sandbox) -> None:
    """They end as already gone; the preview shows the addresses of the others, and says which are not listed."""
    path = cli.file("stops.csv", "id\n5\n9999\n")
    shown = cli.inside("unsubscribes", "delete", "--from-file", path, "--dry-run")
    assert [line.split(maxsplit=1) for line in shown.stdout.splitlines() if line[:1].isdigit()] == [
        ["5", "user5@example.com"], ["9999", "not on the list"],
    ]  # fmt: skip
    assert sorted(delete(cli, path).stdout.splitlines()) == ["5 deleted", "9999 already_gone"]


NEAR = [
    ("ann@example.com", "Ann@Example.com"),
    ("USER@EXAMPLE.COM", "user@example.com"),
    ("zo\u00e9@caf\u00e9.example", "Zo\u00c9@xn--caf-dma.example"),
    ("ann@xn--strae-oqa.example", "ann@stra\u00dfe.example"),
    ("zoe\u0301@example.com", "zo\u00e9@example.com"),
]


@pytest.mark.parametrize(("given", "listed"), NEAR)
@pytest.mark.parametrize("pattern", ["email\n{}\n", "id;email\n1;{}\n"])
def test_a_near_miss_is_told_and_taken_on_request(
    cli: Cli, sandbox: Sandbox, given: str, listed: str, pattern: str
) -> None:
    """The listed spelling is named; the address is not deleted unless --ignore-case says so."""
    load(sandbox, listed, "bob@strasse.example")
    path = cli.file("stops.csv", pattern.format(given))
    done = delete(cli, path)
    assert (done.returncode, sandbox.count()) == (1, 2), done.stderr
    [[line, text, reason]] = rejects(cli)
    assert (line, given.partition("@")[0] in text, f"the list has 1 for {listed}" in reason) == ("2", True, True)
    assert "--ignore-case" in reason
    assert (delete(cli, path, "--ignore-case").returncode, list(sandbox.entries())) == (0, [2])


def test_an_address_that_is_listed_exactly_leaves_its_near_ones_alone(cli: Cli, sandbox: Sandbox) -> None:
    """Two people may differ in capitals only: with an id of the one and the address of the other it is a mismatch."""
    load(sandbox, "Ann@example.com", "ann@example.com")
    path = cli.file("stops.csv", "id;email\n1;ann@example.com\n")
    for options in ((), ("--ignore-case",)):
        assert (delete(cli, path, *options).returncode, sandbox.count()) == (65, 2)
    assert delete(cli, cli.file("stops.csv", "email\nann@example.com\n")).returncode == 0
    assert list(sandbox.entries()) == [1]


ADDRESSES = [
    '"ann smith"@example.com',
    "x@[192.0.2.1]",
    "o'brien+tag@example.com",
    "zo\u00e9@caf\u00e9.example",
]
NO_ADDRESSES = ["ann smith@example.com", "Ann <ann@example.com>", "ann@", "ann@example.com,bob@example.com", "ann"]


@pytest.mark.parametrize("email", ADDRESSES)
def test_one_notion_of_an_address(cli: Cli, sandbox: Sandbox, email: str) -> None:
    """What one way takes, all take: find, add, delete, a file, and the SDK."""
    load(sandbox, email)
    with MailPartner("sandbox-x", base_url=sandbox.url) as mp:
        assert [entry.id for entry in mp.unsubscribes.find(email)] == [1]
    assert cli.inside("unsubscribes", "find", email).returncode == 0
    cli.inside("unsubscribes", "add", email)
    assert operations(sandbox)["addUnsubscribe"] == 1  # whatever the server says
    assert delete(cli, cli.file("stops.csv", email + "\n"), "--dry-run").returncode == 0
    assert cli.inside("unsubscribes", "delete", "--email", email, "--yes").returncode == 0
    assert sandbox.count() == 0


def test_a_second_at(cli: Cli, sandbox: Sandbox) -> None:
    """An address with a second @ is found and deleted where the list has it; no mail can go there, so none is added."""
    load(sandbox, "a@b@c.fr")
    assert cli.inside("unsubscribes", "find", "a@b@c.fr").returncode == 0
    sandbox.clear_requests()
    mail = ("messages", "send", "--subject", "S", "--html", cli.file("mail.html", "x"), "--yes")
    for refused in (
        ("unsubscribes", "add", "a@b@c.fr"), (*mail, "a@b@c.fr"), (*mail, "ann@b.fr", "--reply-to", "a@b@c.fr"),
        ("subaccounts", "create", "--type", "advanced", "--email", "a@b@c.fr", "--yes"),
    ):  # fmt: skip
        done = cli.inside(*refused)
        assert (done.returncode, "Nothing was sent." in done.stderr) == (2, True), done.stderr
    assert sandbox.requests() == []
    assert cli.inside("unsubscribes", "delete", "--email", "a@b@c.fr", "--yes").returncode == 0
    assert sandbox.count() == 0


@pytest.mark.parametrize("email", NO_ADDRESSES)
def test_one_notion_of_what_is_not_an_address(cli: Cli, sandbox: Sandbox, email: str) -> None:
    """What one way refuses, all refuse, before anything is sent."""
    sandbox.clear_requests()
    with MailPartner("sandbox-x", base_url=sandbox.url) as mp, pytest.raises(ValueError, match="must be an address"):
        mp.unsubscribes.find(email)
    for arguments in (["find", email], ["add", email], ["delete", "--email", email, "--yes"]):
        assert cli.inside("unsubscribes", *arguments).returncode == 2
    assert delete(cli, cli.file("stops.csv", email + "\n"), "--delimiter", "none").returncode == 65
    assert sandbox.requests() == []


def test_each_address_that_is_not_listed_is_named(cli: Cli, sandbox: Sandbox) -> None:
    """Of several, it is said which; of a near miss, what the list has. `find` says it too."""
    load(sandbox, "Ann@example.com", "bob@example.com")
    emails = [word for name in ("ann", "bob", "eve") for word in ("--email", f"{name}@example.com")]
    done = cli.inside("unsubscribes", "delete", *emails, "--yes")
    assert (done.returncode, list(sandbox.entries())) == (1, [1])
    assert "eve@example.com is not on the list" in done.stderr
    assert "ann@example.com is not on the list" in done.stderr
    assert "the list has 1 for Ann@example.com. --ignore-case takes it" in done.stderr
    assert "bob@example.com is not" not in done.stderr
    found = cli.inside("unsubscribes", "find", "ann@example.com")
    assert (found.returncode, "Ann@example.com (id 1)" in found.stderr) == (1, True)
    assert cli.inside("unsubscribes", "find", "ann@example.com", "--ignore-case").stdout.startswith("1  Ann@")


def test_a_dry_run_shows_what_would_be_done(cli: Cli, sandbox: Sandbox) -> None:
    """Encoding, delimiter, columns, counts, rejects by reason, people, and nothing is deleted."""
    rows = "".join(f"{number};user{number}@example.com\n" for number in range(1, 41))
    text = f"id;Adresse \u00e9-mail\n{rows}1;user1@example.com\n;gone@example.com\n;User9@example.com\n1e5;\n1e6;\n"
    path = cli.file("stops.csv", text.encode("cp1252"))
    sandbox.clear_requests()
    done = cli.inside("unsubscribes", "delete", "--from-file", path, "--dry-run")
    assert (done.returncode, operations(sandbox)) == (1, {"listUnsubscribes": 1})
    words = " ".join(done.stdout.split())
    for each in (
        "ids to delete 40", "not on the list 1", "duplicates 1", "spelling 1", "rejected lines 3",
        "2 lines: a spreadsheet", "line 45: 1e5;", "line 44: User9@example.com (the list has 9 for user9@example.com)",
        "line 43: gone@example.com", "1 user1@example.com", "5 user5@example.com ... 32 more 38 user38@example.com",
    ):  # fmt: skip
        assert each in words, each
    assert 'cp1252, cells separated by ";", ids in column 1, "id" and addresses in column 2' in done.stderr
    summary = objects(cli.inside("unsubscribes", "delete", "--from-file", path, "--dry-run", "--json").stdout)[-1]
    assert (summary["encoding"], summary["delimiter"], summary["schema"]) == ("cp1252", ";", 2)
    assert (summary["first"][0], len(summary["first"]), len(summary["last"])) == (
        {"id": 1, "email": "user1@example.com"}, 5, 3,
    )  # fmt: skip
    assert list(cli.folder.iterdir()) == [path]


def test_the_command_of_a_dry_run_does_it(cli: Cli, sandbox: Sandbox) -> None:
    """It stands on a line of its own, with all options that were given, and a shell takes it as it is."""
    name = "l'\u00e9t\u00e9 \x1b[31m.csv"
    path = cli.file(name, "n;x\n5;a\n")
    options = ("--column", "n", "--no-header", "--rate", "none", "--delimiter", ";", "--ignore-case", "--yes")
    options = tuple(word for word in options if word != "--no-header")
    done = cli.inside("unsubscribes", "delete", "--from-file", path.name, "--dry-run", *options)
    command = done.stdout.splitlines()[-1]
    assert command.startswith("mailpartner unsubscribes delete --from-file ")
    assert command.endswith("--delimiter ';' --column n --ignore-case --rate none --reason 'write the reason here'")
    assert "\x1b" not in done.stdout + done.stderr
    line = command.replace("mailpartner", f"{sys.executable} -m mailpartner", 1) + " --yes"
    ran = subprocess.run(["bash", "-c", line], cwd=cli.folder, env=cli.env(None), capture_output=True, text=True)
    assert (ran.returncode, ran.stdout) == (0, "5 deleted\n"), ran.stderr


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_rejects_file_opens_in_a_spreadsheet_program(cli: Cli, sandbox: Sandbox, delimiter: str) -> None:
    """It has the delimiter of the input, a mark, CR LF, and no live formula."""
    cells = ["=A1+A2", "+33 6", "-5", "@SUM(1)", "Zo\u00e9", "gone@example.com", '"=HYPERLINK(""http://x"")"']
    rows = "".join(f"{cell}{delimiter}x\n" for cell in cells)
    path = cli.file("stops.csv", f"email{delimiter}nom\nuser5@example.com{delimiter}x\n{rows}\t{delimiter}x\n")
    assert delete(cli, path, "--column", "email").returncode == 1
    data = (cli.folder / "stops.csv.rejects.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfline" + delimiter.encode())
    assert data.count(b"\r\n") == data.count(b"\n")
    texts = [text for _, text, _ in rejects(cli, delimiter)]
    assert len(texts) == 8
    assert not [text for text in texts if text[0] in "=+-@\t\r"]


def test_people_are_shown_before_the_count_is_asked(cli: Cli, sandbox: Sandbox) -> None:
    """The first and the last, with id and address; without a yes nothing is sent."""
    path = cli.file("ids.csv", "id\n" + "".join(f"{number}\n" for number in range(1, 31)))
    terminal = cli.terminal("unsubscribes", "delete", "--from-file", path, "--reason", "x")
    screen = terminal.until("Type 30 to remove them: ")
    for line in ("  1  user1@example.com", "  5  user5@example.com", "...  22 more", " 30  user30@example.com"):
        assert f"mailpartner:   {line}" in screen
    terminal.type("no\n")
    assert (terminal.finish(), sandbox.count()) == (2, 2000)


@pytest.mark.parametrize(("typed", "left"), [("y", 1998), ("YES", 1998), ("", 2000), ("n", 2000), ("2", 2000)])
def test_a_few_by_hand_are_shown_and_asked_for(cli: Cli, sandbox: Sandbox, typed: str, left: int) -> None:
    """Id and address of each; only a yes deletes."""
    terminal = cli.terminal("unsubscribes", "delete", 5, 6)
    screen = terminal.until("Remove these 2 entries? [y/N] ")
    assert "5  user5@example.com" in screen
    assert "6  user6@example.com" in screen
    terminal.type(typed + "\n")
    assert (terminal.finish(), sandbox.count()) == (0 if left < 2000 else 2, left)


def test_without_a_terminal_and_without_yes_nothing_is_sent(cli: Cli, sandbox: Sandbox) -> None:
    """Also for one id, and for an address."""
    sandbox.clear_requests()
    for arguments in (["5"], ["--email", "user5@example.com"]):
        done = cli.inside("unsubscribes", "delete", *arguments)
        assert (done.returncode, "--yes" in done.stderr, "Nothing was sent" in done.stderr) == (2, True, True)
    assert sandbox.requests() == []


def test_an_answer_that_broke_off_leaves_nothing_of_it(cli: Cli) -> None:
    """Entries of an answer that could not be read to its end do not count; those of the next one do."""
    path = cli.file("stops.csv", "id;email\n9;gone@example.com\n5;ann@example.com\n")
    rows = '{"id":5,"email":"ann@example.com"}'
    cut = response('{"success":true,"code":200,"data":[{"id":9,"email":"gone@example.com"},oops')
    whole = response(f'{{"success":true,"code":200,"data":[{rows}]}}')
    with Server(cut, whole, whole) as server:
        command = ("unsubscribes", "delete", "--from-file", path, "--dry-run", "--json", "--base-url", server.url)
        summary = objects(cli.inside(*command).stdout)[-1]
    assert (summary["listed"], summary["not_listed"], summary["targets"]) == (1, 1, 1)


def test_it_is_never_silent_for_long(cli: Cli, sandbox: Sandbox) -> None:
    """While the list is waited for, it says so in less than two seconds, and again."""
    sandbox.fault("latency", seconds=5)
    process = cli.start("unsubscribes", "delete", "--from-file", export(cli, 1), "--dry-run")
    seen = [time.monotonic()]
    with process:
        while process.stderr.readline():
            seen.append(time.monotonic())
    assert process.returncode == 0
    assert len(seen) > 5  # with the two lines at the end
    assert max(after - before for before, after in pairwise(seen[1:])) < 2


def test_a_full_temporary_folder_is_one_line(cli: Cli, sandbox: Sandbox) -> None:
    """Nothing is sent, and it says what to do."""
    path = cli.file("ids.csv", "id\n" + "".join(f"{number}\n" for number in range(400_000)))

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    sandbox.clear_requests()
    done = cli("unsubscribes", "delete", "--from-file", path, *WHY, preexec_fn=small)
    assert (done.returncode, sandbox.requests()) == (2, []), done.stderr
    assert "The temporary folder cannot be used" in done.stderr
    assert "TMPDIR" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="the resident memory is read from /proc")
def test_a_long_list_is_never_held_as_a_whole(cli: Cli, sandbox: Sandbox) -> None:
    """With each entry, memory grows by little more than the bytes of the answer: a million take below 150 MiB."""
    script = (
        "import sys; from mailpartner.cli import main; main(sys.argv[1:])\n"
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    peaks = []
    for count in (20_000, 220_000):
        load(sandbox, *(f"user{number}@example.com" for number in range(1, count + 1)))
        path = cli.file(
            "stops.csv", "email\n" + "".join(f"user{number}@example.com\n" for number in range(1, count, 5))
        )
        command = [sys.executable, "-c", script, "unsubscribes", "delete", "--from-file", str(path), "--dry-run"]
        done = subprocess.run(command, cwd=cli.folder, env=cli.env(None), capture_output=True, text=True, timeout=60)
        assert re.search(rf"rows on the list +{count // 5}\n", done.stdout), done.stderr
        peaks.append(int(done.stdout.split()[-1]) * 1024)
    assert (peaks[1] - peaks[0]) / 200_000 < 150


def test_what_is_gone_is_not_asked_about(cli: Cli, sandbox: Sandbox) -> None:
    """Ids that are all absent from the list: no warning, no question and no request but that for the list."""
    cli.file("gone.csv", "id\n999998\n999999\n")
    by_hand = ("unsubscribes", "delete", 999998, 999999)
    in_bulk = ("unsubscribes", "delete", "--from-file", "gone.csv", "--reason", "x")
    for command, code, said in (
        (by_hand, 1, "The id 999999 is not on the list of unsubscribes. Nothing was done for it."),
        ((*by_hand, "--missing-ok"), 0, "The id 999998 is not on the list"),
        (in_bulk, 0, "There is nothing to remove"),
        ((*in_bulk, "--dry-run"), 0, "There is nothing to do."),
    ):
        terminal = cli.terminal(*command, columns=120)
        assert terminal.finish() == code, terminal.text
        assert said in terminal.text
        for words in ("Mail will go again", "[y/N]", "Type ", "To do it"):
            assert words not in terminal.text
    assert {request["operation"] for request in sandbox.requests()} == {"listUnsubscribes"}


def test_a_part_that_is_gone_is_not_counted(cli: Cli, sandbox: Sandbox) -> None:
    """The question is about the entries that there are."""
    terminal = cli.terminal("unsubscribes", "delete", 300, 999999, columns=120)
    assert "Remove this entry? [y/N]" in terminal.until("[y/N]")
    terminal.type("n\n")
    assert terminal.finish() == 2
