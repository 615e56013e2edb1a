"""docs/sandbox.md, for people who know no Python: held to the code, and its commands run as they stand."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest
from kit.raw_client import ask

from mailpartner.sandbox import LoggedRequest, Sandbox
from mailpartner.sandbox.command_line import parser
from mailpartner.sandbox.fault_kinds import KINDS
from mailpartner.sandbox.settings import Settings

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")
BLOCKS = [block.splitlines() for block in re.findall(r"^```console\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)]
CURL = [block for block in BLOCKS if block[0].startswith("$ curl ")]
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("| `")]
FAULTS = [cells for cells in ROWS if cells[0].startswith("`fault=")]
ADDRESS = "http://127.0.0.1:8025"


def row(*cells: str, columns: int) -> list[str]:
    """The one row, of the page's tables with so many columns, that begins with these cells."""
    (found,) = [known for known in ROWS if len(known) == columns and known[: len(cells)] == list(cells)]
    return found


def steps(block: list[str]) -> list[tuple[str, list[str]]]:
    """The commands of a block, over more lines with a backslash or in quotes, each with what is shown of its output."""
    found: list[tuple[str, list[str]]] = []
    for line in block:
        if line.startswith("$ "):
            found.append((line.removeprefix("$ "), []))
        elif (found[-1][0].endswith("\\") or found[-1][0].count("'") % 2) and not found[-1][1]:
            found[-1] = f"{found[-1][0]}\n{line}", []
        else:
            found[-1][1].append(line)
    return found


def looks_like(shown: list[str], printed: str) -> bool:
    """Whether this was printed; `...` stands for anything in a line, alone in its line for any number of lines."""
    lines = ["(?:.*\n)*" if line == "..." else re.escape(line).replace(r"\.\.\.", ".*") + "\n" for line in shown]
    return re.fullmatch("".join(lines), printed.rstrip("\n") + "\n" * bool(printed)) is not None


def run(command: str, sandbox: Sandbox) -> str:
    """What a person sees who types this, curl's own errors too."""
    script = f'curl() {{ command curl --silent --show-error --max-time 10 "$@"; }}\n{command}'
    done = subprocess.run(
        ["bash", "-c", script.replace(ADDRESS, sandbox.url)], capture_output=True, timeout=30, check=False
    )
    return (done.stdout + done.stderr).decode().replace("\r\n", "\n")


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("bash")), reason="needs curl and bash")
@pytest.mark.parametrize("block", CURL, ids=[block[0][2:60] for block in CURL])
def test_the_commands_of_the_page_do_what_it_shows(sandbox_with, block):
    """Each block of curl commands, run in its order on a sandbox as it starts, prints what the page shows."""
    sandbox = sandbox_with(entries=1000)
    for command, shown in steps(block):
        printed = run(command, sandbox)
        assert looks_like(shown, printed), f"$ {command}\n{printed}"


def test_only_the_start_is_not_run():
    """Every command on the page but those that install and start the sandbox is run by the test above."""
    rest = [command for block in BLOCKS if block not in CURL for command, _ in steps(block)]
    start = "python -m mailpartner.sandbox"
    assert rest == ["pip install 'mailpartner[sandbox]'", start, f"{start} --host 0.0.0.0 --allow-host mail-sandbox"]
    assert len(CURL) >= 6
    assert all(command.startswith("curl ") for block in CURL for command, _ in steps(block))


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
