"""The begin and the end of the command: signals, one line an error, and an exit code for each kind."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sys
import warnings
from collections.abc import Iterable
from types import FrameType
from typing import Any, NoReturn

import click

from mailpartner.cli import exit_codes
from mailpartner.cli.error_text import system_error, text_of
from mailpartner.cli.language import _
from mailpartner.cli.say import prepare, say, shown, state

# Classes of newer versions of click; an older one raises their bases.
_NO_ARGUMENTS: Any = getattr(click.exceptions, "NoArgsIsHelpError", ())
_NO_SUCH_COMMAND: Any = getattr(click.exceptions, "NoSuchCommand", ())


_OPTION = re.compile(r"--?[a-z]{1,12}(-[a-z]{1,12})*")
"""What may be a mistyped option, rather than a key that begins with -."""


def run(arguments: list[str] | None) -> int:
    if sys.stdin is None:  # closed by whoever started the command
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115 - to the end of the process
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - to the end of the process
        prepare(getattr(sys, name))
    columns = os.environ.get("COLUMNS", "")
    if not (columns.isascii() and columns.isdigit() and int(columns)):
        os.environ.pop("COLUMNS", None)  # "docker exec -t" sets 0, which rich would take for the width
    for number in exit_codes.heeded("SIGTERM", "SIGHUP"):
        signal.signal(number, _terminate)
    with warnings.catch_warnings():
        shown_before = warnings.showwarning
        warnings.showwarning = lambda message, category, *place: (
            say(str(message)) if category is RuntimeWarning else shown_before(message, category, *place)
        )
        code = _guarded(arguments)
    try:
        sys.stdout.flush()
    except OSError as error:
        fault = _no_output(error)
        code = code or fault
    return code


def _terminate(number: int, _frame: FrameType | None) -> NoReturn:
    raise exit_codes.Terminated(number)


def _guarded(arguments: list[str] | None) -> int:
    from mailpartner.cli.group import cli

    try:
        result: Any = cli.main(arguments, prog_name="mailpartner", standalone_mode=False)
    except BaseException as error:
        if state.traceback:
            import traceback

            traceback.print_exception(error)
        return _ending(error)
    return result if isinstance(result, int) else exit_codes.DONE


def _ending(error: BaseException) -> int:
    if isinstance(error, exit_codes.Ended):
        say(str(error), error.command)
        return error.code
    if isinstance(error, click.ClickException):
        return _usage(error)
    if isinstance(error, (SystemExit, click.exceptions.Exit)):
        code = error.code if isinstance(error, SystemExit) else error.exit_code
        return code if isinstance(code, int) else exit_codes.DONE
    if isinstance(error, click.Abort) and isinstance(error.__cause__, EOFError):  # nobody was asked: a cut file
        return _failed(error.__cause__)
    if isinstance(error, (KeyboardInterrupt, click.Abort, exit_codes.Signalled, exit_codes.Terminated)):
        return _by_signal(error)
    if isinstance(error, (exit_codes.OutputLost, BrokenPipeError)):
        return _no_output(error.error if isinstance(error, exit_codes.OutputLost) else error)
    return _failed(error)


def _by_signal(error: BaseException) -> int:
    if isinstance(error, exit_codes.Signalled):  # a run has told how it ended
        return exit_codes.SIGNALLED + error.number
    terminated = isinstance(error, exit_codes.Terminated)
    say(f"{_('Stopped by a signal.') if terminated else _('Stopped by Ctrl-C.')} {state.effects}")
    return exit_codes.SIGNALLED + (error.number if isinstance(error, exit_codes.Terminated) else signal.SIGINT)


def _usage(error: click.ClickException) -> int:
    if isinstance(error, _NO_ARGUMENTS):
        click.echo(error.format_message(), err=True)
        return exit_codes.USAGE
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "mailpartner"
    # What was not understood is not repeated: it may be a key.
    text = error.format_message()
    if isinstance(error, click.NoSuchOption):
        meant = did_you_mean((error.possibilities or ())[:1])
        known = _OPTION.fullmatch(error.option_name) is not None
        text = _("No such option: {option}. {meant}") if known else _("No such option. {meant}")
        text = text.format(option=error.option_name, meant=meant).rstrip()
    elif isinstance(error, click.BadParameter) and not isinstance(error, click.MissingParameter):
        text = _without_value(error)
    elif isinstance(error, _NO_SUCH_COMMAND):
        text = _("No such command.")
    elif type(error) is click.UsageError:
        text = re.sub(r" \(.*\)$", "", text, flags=re.DOTALL)  # click's list of the arguments that are too many
    text = text if text.endswith((".", "?")) else f"{text}."
    say(_("{text} Nothing was sent. See: {command}").format(text=text, command=f"{path} --help"))
    return exit_codes.USAGE


def _without_value(error: click.BadParameter) -> str:
    """Return what is wrong with a value. click's own types repeat it, those of this command do not."""
    kind = error.param.type if error.param is not None else None
    if isinstance(kind, click.types.FuncParamType):
        return error.format_message()
    if isinstance(kind, click.Choice):
        why = _("it must be one of {choices}.").format(choices=", ".join(map(str, kind.choices)))
    elif isinstance(kind, click.types.FloatParamType):
        why = _("it must be a number.")
    elif isinstance(kind, click.types.IntParamType):
        why = _("it must be a whole number.")
    else:
        why = _("it is not what it must be.")
    return click.BadParameter(why, error.ctx, error.param, error.param_hint).format_message()


def did_you_mean(names: Iterable[str]) -> str:
    """Return a sentence that offers names, and a space; nothing for none."""
    listed = _(" or ").join(names)
    return _("Did you mean {names}? ").format(names=listed) if listed else ""


def _failed(error: BaseException) -> int:
    """Say what went wrong in the SDK, in the system or in this program, and return the exit code."""
    code = exit_codes.code_of(error)  # a timeout of the SDK is an OSError too
    if code is not None:
        say(text_of(error))
        return code
    if isinstance(error, OSError):
        file = shown(str(error.filename or _("a file")))
        say(_("{why}: {file}. {effects}").format(why=system_error(error), file=file, effects=state.effects))
        return exit_codes.USAGE
    text = _("Internal error: {error}. {effects} Run it again with --traceback, and report it.")
    say(text.format(error=type(error).__name__, effects=state.effects))
    return exit_codes.INTERNAL


def _no_output(error: OSError) -> int:
    """Say that stdout cannot be written, unless nobody reads it. Python would complain once more at its end."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):
        return exit_codes.SIGNALLED + exit_codes.SIGPIPE
    text = _("The output cannot be written: {why}. What was done is done.")
    say(text.format(why=system_error(error)))
    return exit_codes.SOME_FAILED
