"""What the tests of the command line share: a sandbox, and the command in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_runner import Cli
from kit.server import Server

from mailpartner.sandbox import Sandbox


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    with Sandbox(entries=2000, rate_limit=None) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.reset()
    return running


@pytest.fixture
def cli(tmp_path: Path, sandbox: Sandbox) -> Cli:
    return Cli(tmp_path, sandbox.url)


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that hangs up, until it is given other steps."""
    with Server() as server:
        yield server


@pytest.fixture
def scripted(tmp_path: Path, server: Server) -> Cli:
    """The command, which calls `server`."""
    return Cli(tmp_path, server.url)
