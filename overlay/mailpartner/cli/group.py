"""The tree of commands, and the options that each one has.

A command's file is imported when the command is used: `--help` shows what stands here.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from mailpartner._version import __version__
from mailpartner.cli.commands import COMMANDS, GROUPS, SYNONYMS, Table
from mailpartner.cli.exit_codes import HELP
from mailpartner.cli.language import LANGUAGES, N_, OPTION, _
from mailpartner.cli.say import width_of

Function = TypeVar("Function", bound=Callable[..., Any])

WIDEST = 80


def _refuse(context: click.Context, _parameter: click.Parameter, value: str | None) -> None:
    if value is not None and not context.resilient_parsing:
        raise click.UsageError(
            _(
                "A key is not taken from an argument: others on this machine can read it there."
                " Set MAILPARTNER_API_KEY, or give --api-key-file FILE."
            ),
            context,
        )


def global_options(function: Function) -> Function:
    """Give a command the options that each one has."""
    key = click.option(
        "--api-key", "--apikey", "--key", hidden=True, is_eager=True, expose_value=False, callback=_refuse,
        is_flag=False, flag_value="",
    )  # fmt: skip
    # Its value was read before anything was imported: language.choose().
    language = click.option(
        OPTION, type=click.Choice(LANGUAGES), is_eager=True, expose_value=False,
        help="The language of help and messages. [default: by the locale]",
    )  # fmt: skip
    return language(key(function))


def translate(command: click.Command) -> None:
    """Translate the texts of a command, which are in English where it is declared."""
    command.help = _(inspect.cleandoc(command.help or ""))
    command.options_metavar = _("[OPTIONS]")
    if isinstance(command, click.Group):
        command.subcommand_metavar = _("COMMAND [ARGS]...")
    for parameter in command.params:
        parameter.metavar = _(parameter.metavar) if parameter.metavar else None
        if isinstance(parameter, click.Option):
            parameter.help = _(parameter.help or "")


class LazyGroup(click.Group):
    """A group whose commands are imported when they are used."""

    def __init__(self, *arguments: Any, table: Table, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.table = table

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of this name. For another name, fail with what was probably meant."""
        if cmd_name not in self.table:
            meant = _meant(cmd_name, {each: f"{ctx.command_path} {each}" for each in self.table})
            if meant and not ctx.resilient_parsing:
                # What was given is not repeated: it may be a key.
                ctx.fail(_("No such command. Did you mean: {command}").format(command=meant))
            return None
        from importlib import import_module

        file, name, _about = self.table[cmd_name]
        command: click.Command = getattr(import_module(f"mailpartner.cli.{file}"), name)
        translate(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands in the help, without importing one."""
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _(about)) for name, (*_file, about) in self.table.items()])


def _meant(name: str, near: dict[str, str]) -> str | None:
    """Return the command that someone who typed `name` probably meant, first of those in `near`, the same group."""
    from difflib import get_close_matches

    typed = name.lower()
    commands = {each: f"mailpartner {group} {each}" for group, table in GROUPS.items() for each in table}
    commands |= {each: f"mailpartner {each}" for each in COMMANDS}
    commands |= {word: commands[each] for word, each in SYNONYMS.items()}
    near |= {word: near[each] for word, each in SYNONYMS.items() if each in near}
    near |= {each.partition("-")[0]: path for each, path in near.items() if "-" in each}
    for likeness in (1.0, 0.6):
        for known in (near, commands):
            for each in get_close_matches(typed, known, 1, likeness):
                return known[each]
    return None


SETTINGS: dict[str, Any] = {
    "help_option_names": ["-h", "--help"],
    "terminal_width": min(width_of(sys.stdout), WIDEST) - 2,
}


@click.group(cls=LazyGroup, table=COMMANDS, context_settings=SETTINGS, epilog=_(HELP))
@click.version_option(__version__, message="mailpartner %(version)s", help=N_("Show the version."))
@global_options
def cli() -> None:
    """Manage a Mail Partner account (NDA Media): its mails, unsubscribes, sub-accounts and credit.

    The key is taken from MAILPARTNER_API_KEY in the environment, or from a file that an option names: never from an
    argument, which every user of this machine could read. Results go to stdout, all else to stderr.
    """


translate(cli)
