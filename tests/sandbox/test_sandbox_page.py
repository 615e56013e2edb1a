"""docs/sandbox.md, for people who know no Python, is held to the code; tests/docs runs its commands."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest
from kit.raw_client import ask

from mailpartner.sandbox import LoggedRequest, Sandbox
from mailpartner.sandbox.command_line import parser
from mailpartner.sandbox.fault_kinds import KINDS
from mailpartner.sandbox.settings import Settings

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("| `")]
FAULTS = [cells for cells in ROWS if cells[0].startswith("`fault=")]


def row(*cells: str, columns: int) -> list[str]:
    """The one row, of the page's tables with so many columns, that begins with these cells."""
    (found,) = [known for known in ROWS if len(known) == columns and known[: len(cells)] == list(cells)]
    return found


def test_every_option_is_on_the_page():
    """Each option of the command line has a row, with its default where it has one to show."""
    settings = {"--" + item.name.replace("_", "-") for item in fields(Settings)}
    options = {text for action in parser()._actions for text in action.option_strings if text.startswith("--")}
    named = {re.match(r"`(--[a-z-]+)", cells[0])[1] for cells in ROWS if cells[0].startswith("`--")}
    assert named == options - {"--help"}
    for name, default in (("--port N", 8025), ("--entries N", 1000)):
        assert row(f"`{name}`", columns=3)[2] == str(default) == str(parser().get_default(name.split()[0][2:]))
    assert settings <= named


@pytest.mark.parametrize("item", fields(Settings), ids=lambda item: item.name)
def test_every_setting_is_on_the_page(item):
    """Each setting has a row with its option, its setting, all of its words, and its default first."""
    with Sandbox(entries=0) as sandbox:
        default = sandbox.settings()[item.name]
    shown = {None: "none", False: "false"}.get(default, str(default).removesuffix(".0"))
    _, _, values, about = row(f"`--{item.name.replace('_', '-')}`", f"`{item.name}`", columns=4)
    words = re.findall(r"`([^`]+)`", values)
    wanted = {word for word in item.metadata["form"].strip("{}").split(",") if word and not word.isupper()}
    assert words[0] == shown
    assert wanted <= set(words)
    assert about
    for word in words:
        item.metadata["check"](word)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_fault_is_on_the_page(sandbox, kind):
    """Each fault has a row with all of its parameters and their defaults, and a body that the sandbox takes."""
    ((body, about, parameters),) = [cells for cells in FAULTS if re.match(rf"`fault={kind.name}[&`]", cells[0])]
    wanted = {f"{name}={json.dumps(value)}" for name, value in kind.defaults.items()}
    assert set(re.findall(r"`([^`]+)`", parameters)) == wanted
    assert about
    answer = ask(sandbox, "/sandbox/faults", body=body.strip("`").encode())
    assert (answer.status, json.loads(answer.body)["fault"]) == (200, kind.name)


def test_the_faults_of_the_start_are_taken(sandbox_with):
    """The --fault texts on the page are read."""
    from mailpartner.sandbox.faults import read_fault

    texts = re.findall(r"`--fault ([a-z][^`]*)`", PAGE)
    assert len(texts) == 2
    sandbox_with(faults=[read_fault(text) for text in texts])


def test_every_request_of_the_control_is_on_the_page(sandbox):
    """The table of the control is what GET /sandbox/ lists, and the bodies in it are taken."""
    index = json.loads(ask(sandbox, "/sandbox/", "GET").body)
    control = [cells for cells in ROWS if "/sandbox/" in cells[0]]
    assert [cells[0].strip("`") for cells in control] == list(index["endpoints"])
    for cells in control:
        method, target = cells[0].strip("`").split()
        bodies = [body for body in re.findall(r"`([^`]+)`", cells[2]) if "..." not in body and body != "email"]
        for body in bodies or [""]:
            assert ask(sandbox, target, method, body=body.encode()).status == 200, (method, target, body)


def test_every_field_of_a_request_is_on_the_page():
    """Each field of a request in the list has its place in the table."""
    (heading,) = [PAGE.index("### What is shown of a request")]
    table = PAGE[heading : PAGE.index("## Settings")]
    named = [
        name
        for line in table.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`(\w+)`", line.split("|")[1])
    ]
    assert named == list(LoggedRequest.__annotations__)


def test_no_row_is_of_something_that_is_not_there():
    """A fault or a setting that the sandbox no longer has does not stay on the page."""
    assert [re.findall(r"[a-z-]+", cells[0])[1] for cells in FAULTS] == list(KINDS)
    settings = PAGE[PAGE.index("| option | setting |") :].split("\n\n")[0]
    assert re.findall(r"^\| `--[a-z-]+` \| `(\w+)`", settings, re.MULTILINE) == [item.name for item in fields(Settings)]
