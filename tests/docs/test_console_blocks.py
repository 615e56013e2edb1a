"""The console blocks of README and of the guides, typed into a terminal from the top of each page to its end."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import shlex
import shutil
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = "http://127.0.0.1:8025"
PATIENCE = 60.0

# The pages with console blocks, and what was typed before the first of them.
ON_A_SANDBOX = ("mailpartner sandbox", f"export MAILPARTNER_BASE_URL={ADDRESS} MAILPARTNER_API_KEY=sandbox-me")
PAGES: dict[str, tuple[str, ...]] = {
    "README.md": (),
    "docs/list-keepers.md": (),
    "docs/list-keepers.fr.md": (),
    "docs/operators.md": ON_A_SANDBOX,
    "docs/other-languages.md": (),
    "docs/sandbox.md": (),
    "docs/python/tutorial.md": (),
    "conformance/README.md": (f"cd {shlex.quote(str(ROOT))}",),
}
# What is not run, as a pattern of whole commands, and why.
NOT_RUN = {
    r"(python3 -m venv .* && )?pip install .*": "needs the package index, and `make check-wheel` installs the wheel",
    r"unset MAILPARTNER_BASE_URL && .*": "needs a real account",
    r"make client .*": "needs PHP and takes a minute; `make test-languages` does it for each language",
    r"make conformance RUN='(your runner|ruby my_runner.rb)'.*": "needs a runner of the reader's own",
    r"make conformance RUN='conformance/runners/mine/run (.|\n)*": "needs the client that is not made",
    r"SPEC=(.|\n)*conformance/runners/mine/run .*": "needs the client that is not made",
    r"make test-languages .*": "needs five languages and takes minutes",
    r"npm install .*": "needs the registry of npm",
    r"npx openapi-typescript (.|\n)*": "needs Node, and tests/portability holds the guide to what is proven",
    r"openapi-generator-cli (.|\n)*": "needs Java, and tests/portability holds the guide to what is proven",
}

# What is typed otherwise than it is shown: a date that passes, and what a reader puts in.
TYPED = {
    r"--at '\d{4}-\d\d-\d\d ": f"--at '{datetime.now() + timedelta(days=2):%Y-%m-%d} ",
    r"URL-OF-THIS-REPOSITORY": shlex.quote(str(ROOT)),
    r"\.venv/bin/(?=mailpartner)": "",
    r"cat (?=> \S+\.token)": "mailpartner subaccounts list --reveal --json | grep -o 'sandbox-token-[0-9a-f]*' ",
}

SERVER = re.compile(r"(mailpartner sandbox|python -m mailpartner\.sandbox)( [^&|>]*)?( &)?")
ANSWERS = {
    r"\[(y|o)/N\] $": r"\1\n",
    r"(?:Type|Tapez) (\d+) [^\n]*: $": r"\1\n",
    r"^>>> $": "\x04",  # the tutorial's Python blocks are run by tests/test_readme.py
}


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page: str) -> list[str]:
    """The console blocks of a page."""
    return re.findall(r"^```console\n(.*?)^```", text_of(page), re.MULTILINE | re.DOTALL)


def steps(block: str) -> list[tuple[str, list[str]]]:
    """The commands of a block, over more lines with a backslash or in quotes, each with what is shown of its output."""
    found: list[tuple[str, list[str]]] = []
    for line in block.rstrip().splitlines():
        if line.startswith("$ "):
            found.append((line.removeprefix("$ "), []))
        elif (found[-1][0].endswith("\\") or found[-1][0].count("'") % 2) and not found[-1][1]:
            found[-1] = f"{found[-1][0]}\n{line}", []
        elif line or found[-1][1]:
            found[-1][1].append(line)
    return [(command, shown[:-1] if shown[-1:] == [""] else shown) for command, shown in found]


def shown_files() -> dict[str, str]:
    """The files that the pages show: a block of CSV or HTML below a line that ends with the name and a colon."""
    block = re.compile(r"`([\w.-]+)`\s?:\n\n```(?:csv|html)\n(.*?)^```", re.MULTILINE | re.DOTALL)
    return {name: text for page in PAGES for name, text in block.findall(text_of(page))}


def not_run(command: str) -> str | None:
    """The entry of the list because of which a command is not run."""
    without_comment = re.sub(r"\s+# .*$", "", command)
    return next((pattern for pattern in NOT_RUN if re.fullmatch(pattern, without_comment)), None)


def looks_like(shown: list[str], printed: str) -> bool:
    """Whether this was printed; `...` stands for anything in a line, alone in its line for any number of lines."""
    lines = ["(?:.*\n)*" if line == "..." else re.escape(line).replace(r"\.\.\.", ".*") + "\n" for line in shown]
    text = re.sub(r"[ \t]+$", "", printed.replace("\xa0", " "), flags=re.MULTILINE).strip("\n")
    return re.fullmatch("".join(lines), f"{text}\n" if text else "") is not None


def without_progress(raw: str) -> str:
    """What stays on the screen, without colours, bars that are overwritten, and lines that a slow machine adds."""
    text = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", raw)
    text = re.sub(r"[^\n]*\r", "", re.sub(r"\r+\n", "\n", text))
    return re.sub(r"^mailpartner: .* \.\.\. \d+ s\n", "", text, flags=re.MULTILINE)


class Reader:
    """Somebody who types what a page shows, in a folder with the files that the pages show, and with an empty home."""

    def __init__(self, folder: Path, language: str) -> None:
        self._folder = folder
        self._state = folder / ".state"
        (folder / "home").mkdir()
        self._environment = {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "HOME": str(folder / "home"),
            "LANG": language,
            "TERM": "dumb",
            "HTTPS_PROXY": "http://127.0.0.1:9",  # a page that forgets the sandbox reaches nobody
        }
        self._state.write_text(f"cd {shlex.quote(str(folder))}\n", encoding="utf-8")
        self._servers: list[subprocess.Popen[str]] = []
        self._address = ADDRESS
        for name, text in shown_files().items():
            (folder / name).write_text(text, encoding="utf-8")

    def type(self, command: str) -> tuple[int, str]:
        """Run a command in a terminal, and confirm what it asks. Return its status and output."""
        for pattern, text in TYPED.items():
            command = re.sub(pattern, text.replace("\\", r"\\"), command)
        if SERVER.fullmatch(command):
            return 0, self._start(command)
        keep = f'status=$?; {{ export -p; printf "cd %q\\n" "$PWD"; }} >{shlex.quote(str(self._state))}; exit $status'
        status, printed = self._in_terminal(f"{command.replace(ADDRESS, self._address)}\n{keep}")
        return status, printed.replace(self._address, ADDRESS)

    def close(self) -> None:
        """End the servers."""
        for server in self._servers:
            server.terminate()
            server.communicate(timeout=PATIENCE)

    def _start(self, command: str) -> str:
        """Start a sandbox on a free port. Return what it prints, with the port of the page."""
        command = re.sub(r" --port \d+| &$", "", command) + " --port 0"
        server = subprocess.Popen(
            ["bash", "-c", f"{self._before()}exec {command}"],
            env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        self._servers.append(server)
        assert server.stdout is not None
        line = server.stdout.readline()
        found = re.search(r"http://([\d.]+):(\d+)", line)
        assert found, f"$ {command}\n{line}"
        self._address = f"http://127.0.0.1:{found[2]}"
        return line.replace(f":{found[2]}", ":8025")

    def _before(self) -> str:
        return f". {shlex.quote(str(self._state))}\n"

    def _in_terminal(self, script: str) -> tuple[int, str]:
        end, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 80, 0, 0))
        process = subprocess.Popen(
            ["bash", "-c", self._before() + script],
            env=self._environment, stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True,
        )  # fmt: skip
        os.close(terminal)
        raw, limit = b"", time.monotonic() + PATIENCE
        while select.select([end], [], [], max(0.0, limit - time.monotonic()))[0]:
            try:
                raw += os.read(end, 65536)
            except OSError:  # Linux: the other end is closed
                break
            for prompt, answer in ANSWERS.items():
                if asked := re.search(prompt, raw.rpartition(b"\n")[2].decode("utf-8", "replace")):
                    os.write(end, asked.expand(answer).encode())
        else:
            process.kill()
        os.close(end)
        return process.wait(), without_progress(raw.decode("utf-8", "replace"))


@pytest.fixture
def reader(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Reader]:
    reader = Reader(tmp_path, "fr_FR.UTF-8" if ".fr." in request.node.name else "C.UTF-8")
    yield reader
    reader.close()


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("bash")), reason="needs curl and bash")
@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_page_do_what_it_shows(page: str, reader: Reader) -> None:
    """Each command of a page, run after those before it, prints what is shown, or ends well where nothing is."""
    wrong = []
    for command in PAGES[page]:
        reader.type(command)
    for command, shown in (step for block in blocks(page) for step in steps(block) if not not_run(step[0])):
        status, printed = reader.type(command)
        right = looks_like(shown, printed) if shown else status == 0
        if not right or "Traceback" in printed:
            wrong.append(f"$ {command}\n{printed}-> {status}")
    assert wrong == [], "\n".join(wrong)


def test_all_pages_with_console_blocks_are_typed() -> None:
    """A guide that gains a console block is noticed."""
    guides = {str(path.relative_to(ROOT)) for path in [*ROOT.glob("docs/*.md"), *ROOT.glob("docs/python/*.md")]}
    assert {page for page in guides | PAGES.keys() if blocks(page)} == PAGES.keys()


def test_what_is_not_run_is_on_a_page() -> None:
    """Each entry of the list is still needed."""
    commands = [command for page in PAGES for block in blocks(page) for command, _ in steps(block)]
    assert {not_run(command) for command in commands} - {None} == NOT_RUN.keys()


def test_what_the_guide_shows_of_other_languages_was_measured() -> None:
    """The summary of PHP's client, which is not made here, and the generators' versions are those of RESULTS.md."""
    guide, results = text_of("docs/other-languages.md"), text_of("conformance/RESULTS.md")
    measured = re.search(r"- PHP: (\d+ agree, \d+ differ), (\d+ not supported)", results)
    assert measured
    assert f"cases: {measured[1]} with a known cause, {measured[2]}, 0 failed" in guide
    versions = re.findall(r"openapi-\w+ [\d.]+\d", results)
    assert len(versions) > 4
    assert [version for version in versions if version not in guide] == []
