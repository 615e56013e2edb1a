"""`--api-key VALUE` is refused, in words that do not repeat it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Function = TypeVar("Function", bound=Callable[..., Any])


def _refuse(context: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None and not context.resilient_parsing:
        raise click.UsageError(
            "A key is not taken from an argument: others on this machine can read it there. Nothing was sent."
            " Set MAILPARTNER_API_KEY, or give --api-key-file FILE.",
            context,
        )


def refuse_key(function: Function) -> Function:
    """Make the command refuse a key in its arguments."""
    option = click.option(
        "--api-key", "--apikey", "--key", hidden=True, is_eager=True, expose_value=False, callback=_refuse,
        is_flag=False, flag_value="",
    )  # fmt: skip
    return option(function)
