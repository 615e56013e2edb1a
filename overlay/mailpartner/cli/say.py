"""Lines for people, on stderr. What the server or a file says is shown without anything that could steer a terminal."""

from __future__ import annotations

import os
import sys


class Manner:
    """How much is said; set by options."""

    def __init__(self) -> None:
        self.traceback = False


manner = Manner()


def say(line: str) -> None:
    """One line. That nobody can read it is no reason to fail."""
    try:
        sys.stderr.write(f"mailpartner: {shown(line)}\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        pass


def shown(text: str) -> str:
    """`text` in one line, without control and direction characters."""
    return "".join(character if character.isprintable() else " " for character in text)


def prepare(stream: object) -> None:
    """Let no character that the stream cannot write end the program; in a C locale a terminal gets ASCII."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is None:
        return
    if is_terminal(stream) and in_c_locale():
        reconfigure(encoding="ascii", errors="replace")
    else:
        reconfigure(errors="backslashreplace")


def in_c_locale() -> bool:
    """Whether the environment asks for plain ASCII."""
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    return next(filter(None, names), "") in ("C", "POSIX")


def is_terminal(stream: object) -> bool:
    """Whether a person is likely to see it."""
    try:
        return bool(stream.isatty())  # type: ignore[attr-defined]
    except (AttributeError, ValueError, OSError):
        return False


def can_animate(stream: object) -> bool:
    """Whether lines can be drawn over."""
    return is_terminal(stream) and os.environ.get("TERM", "dumb") not in ("dumb", "unknown", "")
