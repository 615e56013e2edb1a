"""The commands that README and the guides show can be given as they stand."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from mailpartner.cli.group import cli

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = ("README.md", "docs/list-keepers.md", "docs/list-keepers.fr.md", "docs/operators.md", "docs/sandbox.md")
COMMANDS = [
    pytest.param(shlex.split(line, comments=True), id=f"{page}: {line[:60]}")
    for page in PAGES
    for line in re.findall(
        r"^\$ (?:[A-Z_]+=\S* )*mailpartner (.*?)(?: [>|&].*)?$",
        (ROOT / page).read_text(encoding="utf-8").replace("\\\n", " "),
        re.MULTILINE,
    )
]


def test_the_guides_show_commands() -> None:
    """They are found at all."""
    assert len(COMMANDS) > 40


@pytest.mark.parametrize("words", COMMANDS)
def test_each_documented_command_is_one(words: list[str]) -> None:
    """Its name, options and arguments are taken."""
    command: click.Command = cli
    context = click.Context(cli, info_name="mailpartner")
    while isinstance(command, click.Group):
        found = command.get_command(context, words.pop(0))
        assert found is not None
        command = found
    with command.make_context(command.name, words, parent=context):
        pass
