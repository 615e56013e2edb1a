"""The harness itself: it finds every kind of difference, and says in one line what a runner did wrong."""

from __future__ import annotations

import copy
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conformance.harness.__main__ import main
from conformance.harness.cases import FOLDER, Case, document
from conformance.harness.compare import AGREES, DIFFERS, SILENT, UNSUPPORTED, compare
from conformance.harness.report import Report
from conformance.harness.run import RunnerError, run
from conformance.harness.server import CaseServer, seen_request

CASES = {case["id"]: case for case in document()["cases"]}
ADDING = CASES["add-ok"]
ADDED = {"result": "done", "code": 200, "data": {"stopId": 300}}
DELETED = {"result": "done", "code": 200}
BODY = json.dumps({"email": "someone@example.com", "apiKey": "sandbox-add-ok"}).encode()
TYPE = {"content-type": "application/json; charset=utf-8"}
DELETING = CASES["delete-ok"]


def sent(
    method: str = "POST", target: str = "/v1/unsubscribe/add", headers: dict[str, str] = TYPE, body: bytes = BODY
) -> Case:
    return seen_request(method, target, headers, body)[0]


@pytest.mark.parametrize(
    ("request_sent", "why"),
    [
        (sent("GET"), 'method is "GET", not "POST"'),
        (sent(target="/v1/unsubscribe/add/"), "path is"),
        (sent(target="/v1/unsubscribe/add?email=a"), "query is"),
        (sent(target="/v1/unsubscribe/add?apiKey=sandbox-add-ok"), "query is"),
        (sent(headers={}), "Content-Type is null"),
        (sent(headers={"Content-Type": "text/plain"}), 'Content-Type is "text/plain"'),
        (sent(body=b""), "body is null"),
        (sent(body=b"email=a"), 'body is "email=a"'),
        (sent(body=BODY.replace(b"someone", b"somebody")), "body is"),
    ],
)
def test_each_fault_of_a_request_is_found(request_sent: Case, why: str) -> None:
    """A request that differs in one part is named with that part."""
    comparison = compare(ADDING, ADDED, [request_sent])
    assert comparison.verdict == DIFFERS
    assert why in comparison.why


@pytest.mark.parametrize(
    "said",
    [
        {**ADDED, "result": "already_done"},
        {**ADDED, "code": 201},
        {**ADDED, "code": "200"},
        {**ADDED, "message": "Oui"},
        {**ADDED, "maybe_applied": True},
        {**ADDED, "error": "server"},
        {**ADDED, "data": {"stopId": 301}},
        {**ADDED, "data": {"stopId": "300"}},
        {**ADDED, "data": {}},
        {**ADDED, "data": [300]},
        DELETED,
        {**ADDED, "name": "WELL"},
        {},
    ],
)
def test_each_fault_of_an_outcome_is_found(said: dict[str, Any]) -> None:
    """An outcome that differs in one part, demanded or said beyond, is found."""
    assert compare(ADDING, said, [sent()]).verdict == DIFFERS


def test_what_is_right_agrees() -> None:
    """The right request and outcome agree, whatever the order of names and the parameters of the media type."""
    assert compare(ADDING, {**ADDED, "message": None, "maybe_applied": False}, [sent()]).verdict == AGREES


def test_one_is_not_true() -> None:
    """What a case wants to be true is not 1, though Python takes them for equal."""
    doubtful = {**ADDING, "outcome": {**ADDING["outcome"], "maybe_applied": True}}
    assert compare(doubtful, {**ADDED, "maybe_applied": True}, [sent()]).verdict == AGREES
    assert "maybe_applied is 1, not true" in compare(doubtful, {**ADDED, "maybe_applied": 1}, [sent()]).why


def test_requests_are_counted() -> None:
    """One request too few, or too many, is a difference: a deletion that is sent twice is not the same as one."""
    request = seen_request("POST", "/v1/unsubscribe/delete?id=300&apiKey=sandbox-delete-ok", {}, b"")[0]
    assert compare(DELETING, DELETED, [request]).verdict == AGREES
    assert "0 requests, not 1" in compare(DELETING, DELETED, []).why
    assert "2 requests, not 1" in compare(DELETING, DELETED, [request, request]).why


def test_an_argument_that_stands_twice_is_a_difference() -> None:
    """An id that is sent twice is not taken for one."""
    request = seen_request("POST", "/v1/unsubscribe/delete?id=300&id=300&apiKey=sandbox-delete-ok", {}, b"")[0]
    assert compare(DELETING, DELETED, [request]).verdict == DIFFERS


def test_what_is_not_said_fails_and_what_is_not_supported_does_not() -> None:
    """A case that the runner leaves out fails the run; one that it does not support is counted, with its reason."""
    silent, unsupported = compare(ADDING, None, []), compare(DELETING, {"unsupported": "no XML"}, [])
    agreeing = compare(ADDING, ADDED, [sent()])
    assert (silent.verdict, unsupported.verdict, unsupported.why) == (SILENT, UNSUPPORTED, "no XML")
    assert not Report([silent, unsupported], {}).good
    assert Report([unsupported, agreeing], {}).good
    assert any("no XML" in line for line in Report([unsupported], {}).lines())


def test_known_differences_pass_until_they_are_none() -> None:
    """A difference with a known cause does not fail the run; one that has gone does, so that the list stays true."""
    differing = compare(ADDING, {"result": "refused"}, [sent()])
    assert Report([differing, compare(CASES["delete-zero"], {"result": "not_sent"}, [])], {"add-ok": "a cause"}).good
    outdated = Report([compare(ADDING, ADDED, [sent()])], {"add-ok": "a known cause"})
    assert not outdated.good
    assert any("add-ok" in line for line in outdated.lines())


def test_a_request_without_a_case_fails() -> None:
    """A client that leaves out the key is told so, and does not pass, whatever else it did."""
    with CaseServer([ADDING]) as server:
        call = f"import urllib.request as u; u.urlopen('{server.url}/v1/unsubscribe/list')"
        subprocess.run([sys.executable, "-c", call], stderr=subprocess.DEVNULL, check=False, timeout=30)
        report = Report([compare(ADDING, ADDED, [sent()])], {}, server.unmatched)
    assert not report.good
    assert report.lines()[0].startswith("1 request had no case's key, the first: GET /v1/unsubscribe/list. Send")
    assert report.lines()[-1] == "1 case: 1 agree, 0 differ with a known cause, 0 not supported, 1 failed"


COUNTED = "1 case: {} agree, 0 differ with a known cause, {} not supported"


def runner(text: str) -> list[str]:
    return [sys.executable, "-c", text]


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (["no-such-command-anywhere"], "cannot run no-such-command-anywhere"),
        (runner("print('hello')"), "this line of the runner is no report: hello"),
        (runner("print([1])"), "no report"),
        (runner("print('{\"case\": [1]}')"), "no report"),
        (runner("print('[' * 100_000)"), "no report"),
        (runner("import sys; sys.stdout.buffer.write(b'\\xff\\n')"), "no report"),
        (runner("raise SystemExit(3)"), "ended with status 3"),
    ],
)
def test_a_runner_that_does_not_work_is_said_in_one_line(command: list[str], message: str) -> None:
    """A runner that cannot be run, speaks no JSON, or fails, is not judged, and the reason is one line."""
    with pytest.raises(RunnerError, match=message) as raised:
        run([copy.deepcopy(ADDING)], command, {})
    assert "\n" not in str(raised.value)


def test_the_command_says_what_came_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    """The command ends with 0 for agreement, 1 for a difference, 2 for what cannot be judged."""
    good = runner("import json; print(json.dumps({'case': 'delete-zero', 'result': 'not_sent'}))")
    assert main(["--only", "delete-zero", "--", *good]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"{COUNTED.format(1, 0)}, 0 failed"
    assert main(["--only", "delete-negative", "--", *runner("")]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == f"{COUNTED.format(0, 0)}, 1 failed"
    assert main(["--only", "delete-zero", "--", "no-such-command-anywhere"]) == 2
    assert main(["--only", "nothing-*", "--", *good]) == 2


def test_a_runner_that_supports_no_case_has_shown_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """A run in which no case agrees is not a green one."""
    unable = runner("import json; print(json.dumps({'case': 'delete-zero', 'unsupported': 'not today'}))")
    assert main(["--only", "delete-zero", "--", *unable]) == 1
    said = capsys.readouterr().out.splitlines()
    assert "No case agrees, so nothing was shown." in said
    assert said[-1] == f"{COUNTED.format(0, 1)}, 1 failed"


def test_a_case_that_there_is_not_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A misspelt case, in what a runner says or in the list of differences, is not passed over."""
    astray = runner("import json; print(json.dumps({'case': 'delete-nil', 'result': 'not_sent'}))")
    assert main(["--only", "delete-zero", "--", *astray]) == 2
    assert "no such case: delete-nil" in capsys.readouterr().err
    known = tmp_path / "known.json"
    known.write_text('{"delete-nil": "misspelt"}', encoding="utf-8")
    assert main(["--differences", str(known), "--", *astray]) == 2
    assert "no such case: delete-nil" in capsys.readouterr().err


def test_a_runner_that_hangs_is_ended(capsys: pytest.CaptureFixture[str]) -> None:
    """After its time a runner is ended with what it has started, which holds its output open, and that is said in one
    line."""
    assert main(["--only", "delete-zero", "--timeout", "0.5", "--", "sh", "-c", "sleep 600 | cat"]) == 2
    said = capsys.readouterr().err
    assert "did not end within 0.5 seconds" in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "soon"])
def test_a_time_that_is_none_is_refused(seconds: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A run that could not begin, or would never be ended, is refused with the option's name."""
    with pytest.raises(SystemExit) as ending:
        main(["--only", "delete-zero", "--timeout", seconds, "--", *runner("")])
    assert ending.value.code == 2
    assert "--timeout" in capsys.readouterr().err.splitlines()[-1]


def test_a_silent_runner_is_told_what_to_print(capsys: pytest.CaptureFixture[str]) -> None:
    """A runner that says nothing learns what is asked of it."""
    assert main(["--only", "delete-zero", "--", *runner("")]) == 1
    assert "Print one JSON line for each call." in capsys.readouterr().out


def test_values_are_written_as_in_json() -> None:
    """What differs is shown as the cases write it, not as Python does."""
    why = compare(ADDING, {"result": "done", "maybe_applied": True}, [sent()]).why
    assert "maybe_applied is true, not false" in why
    assert "stopId is null, not 300" in why


def test_a_body_in_chunks_is_read() -> None:
    """A client that sends its body in chunks, with an extension and a trailer, is judged by all of it, and its
    connection serves the next request."""
    head = "POST /v1/unsubscribe/add HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    parts = [b"%x;a=b\r\n%s\r\n" % (len(part), part) for part in (BODY[:20], BODY[20:])]
    after = b"GET /v1/none HTTP/1.1\r\nConnection: close\r\n\r\n"
    with CaseServer([copy.deepcopy(ADDING)]) as server:
        address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
        with socket.create_connection(address, timeout=10) as connection:
            connection.sendall(head.encode() + b"".join(parts) + b"0\r\nTrailer: t\r\n\r\n" + after)
            answers = b"".join(iter(lambda: connection.recv(1 << 16), b""))
        assert compare(ADDING, ADDED, server.requests["add-ok"]).verdict == AGREES
        assert server.unmatched == ["GET /v1/none"]
    assert answers.count(b"HTTP/1.1 ") == 2


def test_a_file_that_cannot_be_used_is_said_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A list of differences that is missing, no JSON or no list of causes ends the command with 2 and a line, before
    the runner is run."""
    broken, listed = tmp_path / "broken.json", tmp_path / "listed.json"
    broken.write_text("{", encoding="utf-8")
    listed.write_text('["add-ok"]', encoding="utf-8")
    beside = str(tmp_path / "no folder" / "file")
    for options in (["--differences", beside], ["--differences", str(broken)], ["--differences", str(listed)]):
        assert main(["--only", "delete-zero", *options, "--", *runner("raise SystemExit(3)")]) == 2
        said = capsys.readouterr()
        assert (said.out, len(said.err.splitlines())) == ("", 1)
        assert options[1] in said.err


def test_words_that_no_terminal_can_write() -> None:
    """A lone surrogate in what a runner says is shown as an escape, and does not end the report."""
    text = "import json; print(json.dumps({'case': 'delete-zero', 'unsupported': '\\ud800'}))"
    command = [sys.executable, "-m", "conformance.harness", "--only", "delete-zero", "--"]
    done = subprocess.run([*command, *runner(text)], cwd=FOLDER.parent, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert "\\ud800" in done.stdout


@pytest.mark.parametrize(
    "request_sent",
    [
        b"POST /v1/x?apiKey=a&apiKey=b HTTP/1.1\r\n\r\n",
        b'POST /v1/x HTTP/1.1\r\nContent-Length: 15\r\n\r\n{"apiKey": [1]}',
        b"POST /v1/x HTTP/1.1\r\nContent-Length: abc\r\n\r\n",
    ],
)
def test_a_request_of_no_case_is_not_a_traceback(request_sent: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    """What a client sends wrong, or breaks off, leaves nothing on the terminal but the report."""
    with CaseServer([copy.deepcopy(ADDING)]) as server:
        address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
        with socket.create_connection(address, timeout=10) as connection:
            connection.sendall(request_sent)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(1 << 16):
                pass
    assert capsys.readouterr().err == ""


def test_a_runner_whose_name_needs_quotes(tmp_path: Path) -> None:
    """`make conformance` takes a RUN with quotes, and says how to call it where there is none."""
    name = tmp_path / "my runner.py"
    name.write_text("raise SystemExit(3)", encoding="utf-8")
    # make hands what it was called with down to every make below it.
    environment = {key: value for key, value in os.environ.items() if key not in ("ARGS", "MAKEFLAGS", "MFLAGS")}
    for run_text, said in ((f'{sys.executable} "{name}"', "ended with status 3"), ("", "make conformance RUN=")):
        done = subprocess.run(
            ["make", "conformance", f"RUN={run_text}"],
            cwd=FOLDER.parent,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert said in done.stderr
        assert done.returncode == 2
