"""The command itself, what groups of commands have in common, and the options that each command has.

A file is imported when a command in it is used, or listed by the help of its group: `mailpartner --help` imports none.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any, Final, TypeVar

import click

from mailpartner._version import __version__
from mailpartner.cli.exit_codes import HELP
from mailpartner.cli.language import LANGUAGES, N_, OPTION, _
from mailpartner.cli.say import width_of

Function = TypeVar("Function", bound=Callable[..., Any])

WIDEST = 80

COMMANDS: Final = {
    "account": ("account", "account", N_("Show how many mails may be sent, and the balance.")),
    "messages": ("messages", "messages", N_("Send mails, cancel them, see what became of them.")),
    "subaccounts": ("subaccounts", "subaccounts", N_("List and create sub-accounts, move credit.")),
    "unsubscribes": ("unsubscribes", "unsubscribes", N_("List, find, add and delete unsubscribes.")),
    "resume": ("changes", "resume", N_("Go on with a bulk run that was stopped.")),
    "report": ("report", "report", N_("Write a report on a bulk run, or find a person in it.")),
    "doctor": ("doctor", "doctor", N_("Check the key, the base URL, TLS and the versions.")),
    "sandbox": ("local", "sandbox", N_("Run a local Mail Partner for trying things out.")),
    "completion": ("local", "completion", N_("Print what makes a shell complete this command.")),
}
"""Of each command its file, its name there, and its help in one line. The commands of a group are in its file."""

_SYNONYMS: Final = {
    "unsubscribe": "unsubscribes",
    "message": "messages",
    "mail": "messages",
    "mails": "messages",
    "subaccount": "subaccounts",
    "sub-accounts": "subaccounts",
    "credit": "credits",
    "balance": "credits",
    "remove": "delete",
    "rm": "delete",
    "del": "delete",
    "search": "find",
    "get": "find",
    "ls": "list",
    "create": "add",
    "continue": "resume",
    "check": "doctor",
}


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
    command.short_help = _(command.short_help or "")
    command.options_metavar = _("[OPTIONS]")
    if isinstance(command, click.Group):
        command.subcommand_metavar = _("COMMAND [ARGS]...")
    for parameter in command.params:
        parameter.metavar = _(parameter.metavar) if parameter.metavar else None
        if isinstance(parameter, click.Option):
            parameter.help = _(parameter.help or "")


SETTINGS: dict[str, Any] = {
    "help_option_names": ["-h", "--help"],
    "terminal_width": min(width_of(sys.stdout), WIDEST) - 2,
}


class Group(click.Group):
    """A group whose commands are translated, and that offers the likely one for a mistyped name."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of this name. For another name, fail with what was probably meant."""
        command = self._load(cmd_name)
        if command is not None:
            translate(command)
        elif not ctx.resilient_parsing:
            meant = _meant(cmd_name, {each: f"{ctx.command_path} {each}" for each in self.list_commands(ctx)})
            if meant:  # what was given is not repeated: it may be a key
                ctx.fail(_("No such command. Did you mean: {command}").format(command=meant))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands in the help."""
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _(self._about(name))) for name in self.list_commands(ctx)])

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def _load(self, name: str) -> click.Command | None:
        return self.commands.get(name)

    def _about(self, name: str) -> str:
        return self.commands[name].short_help or ""


class _Root(Group):
    """The command itself, whose commands and groups are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def _load(self, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        from importlib import import_module

        file, attribute, _about = COMMANDS[name]
        command: click.Command = getattr(import_module(f"mailpartner.cli.{file}"), attribute)
        return command

    def _about(self, name: str) -> str:
        return COMMANDS[name][-1]


def _meant(name: str, near: dict[str, str]) -> str | None:
    """Return the command that someone who typed `name` probably meant, first of those in `near`, the same group."""
    from difflib import get_close_matches

    typed = name.lower()
    # Of one name the last is offered: to list, find and add is most often done with unsubscribes.
    commands: dict[str, str] = {}
    for first in COMMANDS:
        loaded = cli._load(first)
        below = loaded.commands if isinstance(loaded, Group) else ()
        commands |= {each: f"mailpartner {first} {each}" for each in below}
    commands |= {each: f"mailpartner {each}" for each in COMMANDS}
    commands |= {word: commands[each] for word, each in _SYNONYMS.items()}
    near |= {word: near[each] for word, each in _SYNONYMS.items() if each in near}
    near |= {each.partition("-")[0]: path for each, path in near.items() if "-" in each}
    for likeness in (1.0, 0.6):
        for known in (near, commands):
            for each in get_close_matches(typed, known, 1, likeness):
                return known[each]
    return None


@click.group(cls=_Root, context_settings=SETTINGS, epilog=_(HELP))
@click.version_option(__version__, message="mailpartner %(version)s", help=N_("Show the version."))
@global_options
def cli() -> None:
    """Manage a Mail Partner account (NDA Media): its mails, unsubscribes, sub-accounts and credit.

    The key is taken from MAILPARTNER_API_KEY in the environment, or from a file that an option names: never from an
    argument, which every user of this machine could read. Results go to stdout, all else to stderr.
    """


translate(cli)
