"""The audit file, line by line: what it says of an id is what is certain of it."""

from __future__ import annotations

import signal
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from cli_runner import ONE_BY_ONE, WHY, Cli, objects

from mailpartner.sandbox import Sandbox


def remove(cli: Cli, count: int, *options: object) -> Any:
    """Begin the removal of the ids from 1 to `count`, one after the other."""
    path = cli.file("ids.csv", "id\n" + "".join(f"{number}\n" for number in range(1, count + 1)))
    return cli.inside("unsubscribes", "delete", "--from-file", path, *WHY, *ONE_BY_ONE, *options)


def resume(cli: Cli, *options: object) -> Any:
    return cli.inside("resume", cli.folder / "ids.csv.journal", *ONE_BY_ONE, *options)


def audited(cli: Cli, count: int) -> dict[int, dict[str, Any]]:
    """The line of each id; each of them has one, the total says how many of which, and no line contradicts itself."""
    _, *lines, total = objects((cli.folder / "ids.csv.audit.jsonl").read_text(encoding="ascii"))
    assert Counter(line["id"] for line in lines) == Counter(range(1, count + 1))
    outcomes = Counter(line["outcome"] for line in lines)
    assert {name: total[name] for name in ("deleted", "already_gone", "failed", "in_doubt", "not_sent")} == {
        name: outcomes[name] for name in ("deleted", "already_gone", "failed", "in_doubt", "not_sent")
    }
    assert total["complete"] is not bool(outcomes["in_doubt"] or outcomes["not_sent"])
    for line in lines:
        expected = {"failed": False, "not_sent": False, "in_doubt": True}.get(line["outcome"])
        assert line.get("maybe_applied") is expected
    return {line.pop("id"): line for line in lines}


def said(line: dict[str, Any]) -> tuple[object, ...]:
    return line["outcome"], line.get("maybe_applied"), line.get("error"), line.get("code")


def test_each_failure_says_whether_it_may_have_been_done(cli: Cli, sandbox: Sandbox) -> None:
    """A lost or unreadable answer leaves a doubt, a clean refusal and a rate limit do not."""
    for fault, parameters in (
        ("reset-after", {}),
        ("garbage", {}),
        ("code", {"code": "ID_REQUIRED"}),
        ("code", {"code": "TOO_MANY_REQUESTS"}),
        ("code", {"code": "SERVER_ERROR"}),
        ("code", {"code": "UNKNOWN_ID"}),
    ):
        sandbox.fault(fault, **parameters)
    assert remove(cli, 7).returncode == 1
    assert {number: said(line) for number, line in audited(cli, 7).items()} == {
        1: ("in_doubt", True, "APIConnectionError", None),
        2: ("in_doubt", True, "UnexpectedResponseError", None),
        3: ("failed", False, "InvalidRequestError", 3),
        4: ("failed", False, "RateLimitError", None),
        5: ("in_doubt", True, "ServerError", None),
        6: ("already_gone", None, None, None),
        7: ("deleted", None, None, None),
    }


def test_a_refusal_after_a_lost_answer_leaves_the_doubt(cli: Cli, sandbox: Sandbox) -> None:
    """The refusal is told, and so is that the attempt before it may have done it; resuming changes neither."""
    sandbox.fault("reset-after")
    sandbox.fault("code", code="ID_REQUIRED")
    remove(cli, 1, "--max-retries", 1)
    first = audited(cli, 1)
    assert said(first[1]) == ("in_doubt", True, "InvalidRequestError", 3)
    resume(cli)
    assert audited(cli, 1) == first


def test_what_an_earlier_session_saw_refused_has_failed(cli: Cli, sandbox: Sandbox) -> None:
    """A resumed run counts an id that is refused for good among the failed: it ends with 1, and does not ask to be
    resumed for it without end."""
    sandbox.fault("code", code="ID_REQUIRED")
    assert remove(cli, 3).returncode == 1
    again = resume(cli, "--json")
    summary = objects(again.stdout)[-1]
    assert (again.returncode, summary["exit"], summary["failed"], summary["left"]) == (1, 1, 1, 0)
    assert "To go on" not in again.stderr


def test_an_audit_file_that_became_something_else_is_left_as_it_is(cli: Cli, sandbox: Sandbox) -> None:
    """Whatever stands in the place of the audit file, it is said in a line and not written over. (Nothing at all does
    not stand there: that is begun anew.)"""
    remove(cli, 1)
    place = cli.folder / "ids.csv.audit.jsonl"
    for text in ("[" * 100_000, "\n", "{}", "\x00"):
        place.write_text(text, encoding="ascii")
        again = resume(cli)
        assert "is not the audit file of this run" in again.stderr
        assert (again.returncode, place.read_text(encoding="ascii")) == (2, text)


def test_what_was_never_sent_says_so(cli: Cli) -> None:
    """Without a connection nothing is in doubt: what was tried has failed, the rest was not sent."""
    assert remove(cli, 30, "--base-url", "http://127.0.0.1:9").returncode == 75
    lines = audited(cli, 30)
    assert Counter(map(said, lines.values())) == {
        ("failed", False, "APIConnectionError", None): 20,
        ("not_sent", False, None, None): 10,
    }


@pytest.mark.parametrize(
    ("later", "outcome", "error"),
    [
        (("code", {"code": "TOO_MANY_REQUESTS"}), "in_doubt", "RateLimitError"),
        (("code", {"code": "ID_REQUIRED"}), "in_doubt", "InvalidRequestError"),
        (("code", {"code": "UNKNOWN_ID"}), "already_gone", None),
        (None, "already_gone", None),
    ],
)
@pytest.mark.parametrize("between", [0, 2])
def test_a_doubt_is_kept_until_something_settles_it(
    cli: Cli, sandbox: Sandbox, later: Any, outcome: str, error: str | None, between: int
) -> None:
    """However many sessions fail cleanly after an answer was lost, the id stays in doubt, until it is found gone."""
    sandbox.fault("reset-after")
    remove(cli, 2)
    for _ in range(between):
        sandbox.fault("code", code="TOO_MANY_REQUESTS")
        resume(cli)
        assert said(audited(cli, 2)[1]) == ("in_doubt", True, "RateLimitError", None)
    if later is not None:
        sandbox.fault(later[0], **later[1])
    resume(cli)
    assert said(audited(cli, 2)[1])[::2] == (outcome, error)


def test_a_clean_failure_leaves_no_doubt_in_a_later_session(cli: Cli, sandbox: Sandbox) -> None:
    """Two clean failures are as certain as one."""
    sandbox.fault("code", code="TOO_MANY_REQUESTS", times=3)
    remove(cli, 1)
    for _ in range(2):
        resume(cli)
        assert said(audited(cli, 1)[1]) == ("failed", False, "RateLimitError", None)
    resume(cli)
    assert said(audited(cli, 1)[1]) == ("deleted", None, None, None)


def test_what_a_crash_left_is_in_doubt(cli: Cli, sandbox: Sandbox) -> None:
    """An id that was under way when the process was killed may have been done, also when the next session fails
    before it is sent again, and when it fails cleanly."""
    path = cli.file("ids.csv", "id\n1\n2\n")
    sandbox.fault("silence-after")
    process = cli.start("unsubscribes", "delete", "--from-file", path, *WHY, *map(str, ONE_BY_ONE))
    while sandbox.count() == 2000:
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.communicate()
    sandbox.fault("code", code="INVALID_API_KEY")
    assert resume(cli).returncode == 77
    lines = audited(cli, 2)
    assert said(lines[1]) == ("in_doubt", True, "AuthenticationError", None)
    assert said(lines[2]) == ("not_sent", False, None, None)
    assert resume(cli).returncode == 0
    assert {number: line["outcome"] for number, line in audited(cli, 2).items()} == {1: "already_gone", 2: "deleted"}


def test_a_first_signal_leaves_a_line_for_each_id(cli: Cli, sandbox: Sandbox) -> None:
    """What was answered is told, what was not begun was not sent, and at most what was under way is in doubt."""
    path: Path = cli.file("ids.csv", "id\n" + "".join(f"{number}\n" for number in range(1, 201)))
    process = cli.start("unsubscribes", "delete", "--from-file", path, *WHY, "--rate", "6000")
    while sandbox.count() > 1980:
        assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    process.communicate()
    lines = audited(cli, 200)
    counted = Counter(line["outcome"] for line in lines.values())
    assert counted.keys() <= {"deleted", "in_doubt", "not_sent"}
    assert counted["deleted"] == 2000 - sandbox.count()
    assert counted["in_doubt"] <= 8
    assert counted["not_sent"] > 100
