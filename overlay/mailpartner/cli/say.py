"""Lines for people, on stderr. What the server or a file says is shown without anything that could steer a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence

from mailpartner.cli.language import NO_BREAK, _, in_c_locale

NO_TERMINAL = 80
"""The width where there is no terminal."""


class State:
    """What messages depend on: whether tracebacks are shown, and what may have been done so far, in a sentence."""

    def __init__(self) -> None:
        self.traceback = False
        self.effects = _("Nothing was sent.")


state = State()


def say(text: str, command: str | None = None, style: str = "") -> None:
    """Write a message to stderr: wrapped at words on a terminal, and a command on a line of its own.

    A stderr that cannot be written is ignored. `style` is one of rich's, such as "red".
    """
    try:
        if style and can_animate(sys.stderr):
            from rich.console import Console

            console = Console(file=sys.stderr)
            console.print(message(text, command), style=style, markup=False, highlight=False, soft_wrap=True)
        else:
            sys.stderr.write(message(text, command) + "\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        pass


def message(text: str, command: str | None = None) -> str:
    """Return a message as stderr shows it."""
    line = wrapped(f"mailpartner: {shown(text)}", sys.stderr, indent=13)
    return line if command is None else f"{line}\n    {shown(command)}"


def wrapped(text: str, stream: object, indent: int) -> str:
    """Return a line that is wrapped at words if `stream` is a terminal, with the lines after the first indented."""
    width = width_of(stream)
    if not is_terminal(stream) or len(text) <= width:
        return text
    import textwrap

    return textwrap.fill(text, width, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False)


def width_of(stream: object) -> int:
    """Return the columns of a terminal: COLUMNS if it is set, else what the terminal says, else 80."""
    if "COLUMNS" in os.environ:
        return int(os.environ["COLUMNS"])
    try:
        return os.get_terminal_size(stream.fileno()).columns or NO_TERMINAL  # type: ignore[attr-defined]
    except (AttributeError, ValueError, OSError):
        return NO_TERMINAL


def shown(text: str) -> str:
    """Return `text` in one line, without control and direction characters."""
    return "".join(character if character.isprintable() or character == NO_BREAK else " " for character in text)


def command_line(command: str, arguments: Sequence[str] = (), options: Iterable[str] = ()) -> str:
    """Return a command for the shell, that can be copied from any terminal and steers none."""
    words = [*command.split(), *arguments, *options]
    if any(each.startswith("-") and each != "-" for each in arguments):  # they would pass for options
        words = [*command.split(), *options, "--", *arguments]
    return " ".join(map(_quoted, words))


def _quoted(word: str) -> str:
    if word.isprintable():
        import shlex

        return shlex.quote(word)
    escaped = (chr(byte) if 32 < byte < 127 and byte not in b"'\\" else f"\\{byte:03o}" for byte in os.fsencode(word))
    return f"$'{''.join(escaped)}'"


def prepare(stream: object) -> None:
    """Let no character that the stream cannot write end the program; in a C locale a terminal gets ASCII."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is None:
        return
    if is_terminal(stream) and in_c_locale():
        reconfigure(encoding="ascii", errors="replace")
    else:
        reconfigure(errors="backslashreplace")


def is_terminal(stream: object) -> bool:
    """Return whether a person is likely to see it."""
    try:
        return bool(stream.isatty())  # type: ignore[attr-defined]
    except (AttributeError, ValueError, OSError):
        return False


def can_animate(stream: object) -> bool:
    """Return whether lines can be drawn over."""
    return is_terminal(stream) and os.environ.get("TERM", "dumb") not in ("dumb", "unknown", "")
