"""The language of the command: that of --lang, else that of the locale, else English.

click looks its own words up with `gettext.gettext`, so they are in this catalogue too. What a program reads is the same
in every language: JSON, the CSV of `list` and `report`, the journal, the audit file, the words for outcomes in a pipe.
"""

from __future__ import annotations

import gettext
import os
import sys
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

LANGUAGES = ("en", "fr")
DOMAIN = "mailpartner"
LOCALE = os.path.join(os.path.dirname(__file__), "locale")
OPTION = "--lang"

VALUE_OPTIONS = frozenset((
    "--amount", "--api-key-file", "--at", "--attach", "--audit", "--base-url", "--column", "--concurrency", "--credit",
    "--deadline", "--delimiter", "--email", "--encoding", "--find", "--first-name", "--format", "--from-file", "--html",
    "--journal", "--jsonl", "--last-name", "--max-retries", "--rate", "--reason", "--rejects", "--reply-to", "--since",
    "--subject", "--tag", "--timeout", "--title", "--to", "--to-file", "--token-file", "--type", "--until", "--var",
))  # fmt: skip
"""The options whose value may be the next argument, which is then not --lang whatever it looks like."""

NO_BREAK = "\u00a0"
"""The space before : ; ? ! and between thousands in French."""


class _State:
    asked: str | None = None
    language = "en"
    thousands = ","
    decimals = "."
    json = False
    catalogue = gettext.NullTranslations()


def choose(arguments: Sequence[str]) -> None:
    """Set the language of this process, before anything that has texts is imported.

    --lang is only looked for here, and a value that is not a language is ignored: click takes and checks the option.
    """
    accents = _accents_can_be_written()
    _State.asked = _asked_for(arguments)
    _State.language = language = _State.asked or _of_the_locale()
    _State.thousands, _State.decimals = {"en": (",", "."), "fr": (NO_BREAK if accents else " ", ",")}[language]
    _State.json = False
    # gettext takes the language from the environment. In "fr@ascii" the letters have no accents. English has no
    # catalogue: for "C" none is looked for, at each word of click's.
    catalogue = language if accents else f"{language}@ascii"
    os.environ["LANGUAGE"] = catalogue if language != "en" else "C"
    _State.catalogue = gettext.translation(DOMAIN, LOCALE, [catalogue], fallback=True)
    gettext.bindtextdomain(DOMAIN, LOCALE)
    gettext.textdomain(DOMAIN)
    _translated.cache_clear()


def write_json() -> None:
    """Leave what goes to stdout in English: a program reads it."""
    _State.json = True


def asked_for() -> str | None:
    """Return the value of --lang; None if it was not given."""
    return _State.asked


def current() -> str:
    return _State.language


def _(text: str) -> str:
    """Return a text in the language of the command."""
    return _translated(text)


@cache
def _translated(text: str) -> str:
    return _State.catalogue.gettext(text) if text else ""  # that of "" is the head of the catalogue


def N_(text: str) -> str:  # noqa: N802 - as in all programs with gettext
    """Mark a text that is translated where it is shown."""
    return text


def result_text(text: str) -> str:
    """Return a text in the language of the command; in English with --json."""
    return text if _State.json else _translated(text)


def plural(singular: str, plural: str, count: int, **values: object) -> str:
    """Return the text for this number of things, in the language of the command, with {count} and values filled in."""
    return _State.catalogue.ngettext(singular, plural, count).format(count=count, **values)


def full_translation() -> gettext.NullTranslations:
    """Return the catalogue with accents, for what is written in UTF-8 whatever the terminal can show."""
    return gettext.translation(DOMAIN, LOCALE, [_State.language], fallback=True)


def number(value: float | Decimal, decimals: int = 0) -> str:
    """Return a number as the language writes it, in English with --json."""
    text = f"{value:,.{decimals}f}"
    if _State.json:
        return text
    return text.translate({ord(","): _State.thousands, ord("."): _State.decimals})


def in_c_locale() -> bool:
    """Return whether the environment asks for plain ASCII."""
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    return next(filter(None, names), "") in ("C", "POSIX")


def _asked_for(arguments: Sequence[str]) -> str | None:
    found, before = None, ""
    for word, following in zip(arguments, [*arguments[1:], ""], strict=False):
        if word == "--":
            break
        option, equals, value = word.partition("=")
        if option == OPTION and before not in VALUE_OPTIONS:
            value = value if equals else following
            found = value if value in LANGUAGES else found
        before = "" if before in VALUE_OPTIONS or before == OPTION else word
    return found


def _of_the_locale() -> str:
    """Return the first language of the locale that there is. In the C locale LANGUAGE does not count, as in glibc."""
    locale = next(filter(None, (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    wanted = "" if locale in ("C", "POSIX") else os.environ.get("LANGUAGE", "")
    codes = (
        name.partition(".")[0].partition("@")[0].partition("_")[0].lower() for name in (wanted or locale).split(":")
    )
    return next((code for code in codes if code in LANGUAGES), "en")


def _accents_can_be_written() -> bool:
    try:
        for stream in (sys.stdout, sys.stderr):
            "é\u00a0«".encode(getattr(stream, "encoding", None) or "utf-8")
    except (UnicodeError, LookupError):
        return False
    return not in_c_locale()
