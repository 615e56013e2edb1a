"""What errors of the SDK say, in French: every kind of them, found in its source and made by it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_runner import Cli
from kit.responses import envelope, response
from kit.server import Exchange, Server, Step

import mailpartner
from mailpartner.cli.language import _ as translate
from mailpartner.cli.language import _State, choose
from mailpartner.cli.sdk_texts import sdk_text
from mailpartner.sandbox import Sandbox

SDK = Path(mailpartner.__file__).parent
RAISED = ("DecodeError", "ConfigurationError", "JournalError", "_refusal", "_stopped")
NOT_FROM_THE_COMMAND = (
    "http_client", "forked", "must be a str", "The journal was begun with", "tzdata", "with the same journal if",
    "7 7, and",
)  # fmt: skip
"""What a program causes, and not this command: a client of its own, a fork, an item that differs from the journal's."""


def texts(path: Path) -> Iterator[str]:
    """The texts of errors in a file, with "7" for their fields."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISED and node.args
        ):
            continue
        parts = node.args[0].values if isinstance(node.args[0], ast.JoinedStr) else [node.args[0]]
        if all(isinstance(part, (ast.Constant, ast.FormattedValue)) for part in parts):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in parts)


FOUND = {
    text
    for path in SDK.rglob("*.py")
    if path.relative_to(SDK).parts[0] in ("_core", "_transport", "_bulk", "resources")
    for text in texts(path)
    if not any(words in text for words in NOT_FROM_THE_COMMAND)
}


@pytest.fixture
def in_french(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LANGUAGE", "")
    choose(["--lang", "fr"])
    yield
    choose(["--lang", "en"])
    assert _State.language == "en"


@pytest.mark.usefixtures("in_french")
@pytest.mark.parametrize("text", sorted(FOUND))
def test_every_text_of_the_sdk_is_in_french(text: str) -> None:
    """A new error in the SDK needs its sentence in `sdk_texts`; its names and numbers stay as they are."""
    text = text.replace("Cannot 7", "Cannot open")
    told = sdk_text(text, translate)
    assert told != text
    assert told.count("7") == text.count("7")


def test_the_texts_are_found() -> None:
    """The search of the source is no empty one."""
    assert len(FOUND) > 45
    assert {"an empty body", "its host or port is not valid"} < FOUND


ANSWERS: dict[str, tuple[Step, tuple[str, ...], str]] = {
    "refused": (response(envelope("json", False, 4)), (), 'Mail Partner a refusé\xa0: code 4 UNKNOWN_ID'),
    "no code": (response('{"success": false, "message": "No."}'), (), 'Mail Partner a refusé\xa0: sans code, "No."'),
    "429": (response("", 429), (), "Mail Partner a refusé\xa0: HTTP 429"),
    "no answer": (Exchange.hang_up, ("--max-retries", "2"), "Pas de réponse de {url} (RemoteProtocolError: "),
    "tries": (Exchange.hang_up, ("--max-retries", "2"), ") après 3 essais. Cela a pu être fait"),
    "too slow": (Exchange.read_body, ("--timeout", "0.2"), "Pas de réponse à temps de {url} ("),
    "no time": (response("", 503), ("--deadline", "0.2", "--max-retries", "2"),
                "(une réponse vide), et le délai ne laisse pas le temps d'un autre essai."),
    "a page": (response("<html>", 502, "text/html"), (), "HTTP 502 de {url}, avec une réponse illisible (une page"),
}  # fmt: skip


@pytest.mark.parametrize(("answer", "options", "said"), ANSWERS.values(), ids=ANSWERS)
def test_what_a_server_leads_to(
    scripted: Cli, server: Server, answer: Step, options: tuple[str, ...], said: str
) -> None:
    """The whole line is French, but for what the server and the system say."""
    server.set_script(answer)
    options = options if "--max-retries" in options else (*options, "--max-retries", "0")
    done = scripted.inside("unsubscribes", "delete", 300, "--yes", *options, "--lang", "fr")
    out = done.stdout + done.stderr
    assert said.format(url=server.url) in out, out
    for words in ("No answer", "refused", "attempts", "cannot be read", "deadline leaves"):
        assert words not in out


def test_a_run_that_stopped(cli: Cli, sandbox: Sandbox) -> None:
    """Why it stopped and the last failure are French, both."""
    path = cli.file("ids.txt", "".join(f"{number}\n" for number in range(1, 31)))
    sandbox.fault("close-before", times=None)
    done = cli.inside("unsubscribes", "delete", "--from-file", path, "--reason", "x", "--yes", "--max-retries", 0,
                      "--rate", "none", "--lang", "fr")  # fmt: skip
    assert "Le traitement s'est arrêté\xa0: 20 requêtes de suite ont échoué. Ce qui est fait est fait" in done.stderr
    assert "Dernier échec\xa0: Pas de réponse de " in done.stderr
    assert "Last failure" not in done.stderr
