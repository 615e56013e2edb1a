"""The options of every command: --lang, and --api-key VALUE, which is refused in words that do not repeat it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

import click

from mailpartner.cli.language import LANGUAGES, OPTION, _

Function = TypeVar("Function", bound=Callable[..., Any])


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
