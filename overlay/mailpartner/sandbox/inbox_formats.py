"""HTML from templates that escape what they are filled with; times, sizes and names as the inbox writes them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from html import escape
from mimetypes import MimeTypes
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mailpartner.contract import SENDING

from .mails import StoredAttachment


class Markup(str):
    """HTML, which is not escaped again."""

    __slots__ = ()


def fill(template: str, **values: object) -> Markup:
    """Return a template with `{name}` filled in, each value escaped that is not `Markup`."""
    return Markup(template.format_map({name: _escaped(value) for name, value in values.items()}))


def join(parts: Iterable[Markup]) -> Markup:
    """Return parts one after the other."""
    return Markup("".join(parts))


def _escaped(value: object) -> str:
    return value if isinstance(value, Markup) else escape(str(value))


def local(moment: datetime) -> datetime:
    """Return a time in the zone that the vendor is assumed to schedule in."""
    return moment.astimezone(_ZONE)


def time_of(moment: datetime, text: str) -> Markup:
    """Return a time as a text of its own."""
    utc = moment.astimezone(UTC)
    iso, title = utc.isoformat(timespec="seconds"), f"{local(moment):%Y-%m-%d %H:%M:%S} {PLACE}"
    return fill('<time datetime="{iso}" title="{title}">{text}</time>', iso=iso, title=title, text=text)


def when(moment: datetime) -> Markup:
    """Return a time there and in UTC."""
    there, utc = local(moment), moment.astimezone(UTC)
    shown = f"{utc:%H:%M} UTC" if there.date() == utc.date() else f"{utc:%Y-%m-%d %H:%M} UTC"
    return fill("{time} <small>{utc}</small>", time=time_of(moment, f"{there:%Y-%m-%d %H:%M} {PLACE}"), utc=shown)


def file_name(attachment: StoredAttachment) -> str:
    """Return a name that a file of any system can have, with an extension for its type if it has none."""
    # Control characters, and those that turn the direction of writing: "exe.pdf" may be an "fdp.exe".
    name = "".join("" if unicodedata.category(each)[0] == "C" else each for each in attachment.name)
    name = re.sub(r'[\\/:*?"<>|]', "_", name).strip(" .")[:120] or "attachment"
    media_type = attachment.media_type.lower()
    if name.lower().endswith(tuple(_TYPES.guess_all_extensions(media_type))):
        return name
    return name + (_TYPES.guess_extension(media_type) or "")


def counted(number: int, one: str, many: str) -> str:
    """Return a number with what it counts."""
    return f"{number:,} {one if number == 1 else many}"


def size_of(size: int) -> str:
    """Return a number of bytes for people."""
    return f"{size / 1024 / 1024:.1f} MB" if size >= 1024 * 1024 else f"{max(size / 1024, 0.1):.1f} kB"


def _zone() -> tzinfo:
    try:
        return ZoneInfo(SENDING.time_zone)
    except ZoneInfoNotFoundError:  # Windows without the package tzdata
        return UTC


_TYPES = MimeTypes()
_ZONE = _zone()
PLACE = "UTC" if _ZONE is UTC else SENDING.time_zone.rpartition("/")[2]
