"""Everything that a crash report, a log or a debugger could show of an error, searched for the key in any spelling.

The search is written from the attacker's side: it undoes spellings until nothing changes, and never asks the SDK
how it hides them.
"""

from __future__ import annotations

import contextlib
import copy
import gc
import html
import logging
import pickle
import re
import traceback
import types
from collections.abc import Callable, Iterator
from urllib.parse import quote, unquote

from rich.traceback import Traceback

from mailpartner._transport.credential import ApiKey

PLAIN = "account-Pl4nted-7f3a9c2e"
AWKWARD = "account-Pl4nted/Key+&=1"
KEYS = [PLAIN, AWKWARD]

_ESCAPED = re.compile(r"\\+(?:u00|x)([0-9a-f]{2})")
_TOO_LONG = re.compile(r"&#\d{1000,}")  # html.unescape ends at these
_RUN = re.compile(r"a{64,}")
_DEPTH = 7
_CLOSED_TO_VIEW = (ApiKey, type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType, logging.Logger)
"""What a walk along references stops at: the holder of the key, and what leads to the whole program."""
_OF_THE_TESTS = re.compile(r"(?:kit|_pytest|pytest|threading|test_\w+)(?:\.|$)")


def spellings(key: str) -> dict[str, bytes]:
    """The key as servers are known to repeat it."""
    percent = quote(key, safe="")
    every = "".join(f"%{ord(character):02X}" for character in key)
    return {
        "plain": key.encode(),
        "percent-encoded": percent.encode(),
        "every character percent-encoded": every.encode(),
        "in lower case": every.lower().encode(),
        "double-encoded": quote(every, safe="").encode(),
        "JSON": "".join(f"\\u{ord(character):04x}" for character in key).encode(),
        "JSON of PHP": key.replace("/", "\\/").encode(),
        "JavaScript": "".join(f"\\x{ord(character):02X}" for character in key).encode(),
        "HTML": html.escape(percent, quote=True).encode(),
        "HTML names": html.escape(key, quote=True).encode(),
        "HTML numbers": "".join(f"&#{ord(character)};" for character in key).encode(),
        "HTML hexadecimal": "".join(f"&#x{ord(character):04X};" for character in key).encode(),
        "upper-cased": key.upper().encode(),
        "upper-cased and double-encoded": quote(quote(key.upper(), safe="").replace("-", "%2D"), safe="").encode(),
        "UTF-16": key.encode("utf-16"),
        "UTF-16, big end first": key.encode("utf-16-be"),
        "UTF-32": key.encode("utf-32-le"),
        "percent-encoded in UTF-16": every.encode("utf-16-le"),
        "HTML numbers in UTF-16": "".join(f"&#{ord(character)};" for character in key).encode("utf-16-be"),
        "HTML in JSON": html.escape(key).replace("&", "\\u0026").encode(),
    }


def holds(data: object, key: str) -> bool:
    """Whether half of the key or more can be read from `data`."""
    text = bytes(data).decode("latin-1") if isinstance(data, (bytes, bytearray, memoryview)) else str(data)
    text = (_RUN.sub("", text) if len(text) > 1 << 21 else text).lower()
    middle = len(key) // 2
    halves = (key[:middle].lower(), key[middle:].lower())
    for _ in range(8):
        if any(half in text for half in halves):
            return True
        before = text
        text = text.replace("\\x00", "").replace("\x00", "").replace("\\u0000", "")
        text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text).replace("\\/", "/")
        text = html.unescape(_TOO_LONG.sub("", unquote(text, "latin-1"))).lower()
        if text == before:
            return False
    return False


def shown(value: object) -> str:
    """The repr of `value`, whatever that does."""
    try:
        return repr(value)
    except Exception as error:
        return f"no repr: {error!r}"


def chain(error: BaseException) -> list[BaseException]:
    """An error with all that caused it, also what is suppressed or grouped."""
    found: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        item = waiting.pop()
        if item is None or any(item is other for other in found):
            continue
        found.append(item)
        waiting += [item.__cause__, item.__context__, *getattr(item, "exceptions", ())]
    return found


def leaks(error: BaseException, key: str) -> list[str]:
    """The places where `error` shows the key: itself, its frames, what reports make of them, and what they lead to."""
    return leaks_of_texts(error, key) + [f"reachable: {path}" for path in _reachable(error, key)]


def leaks_of_texts(error: BaseException, key: str) -> list[str]:
    """The same without what frames only lead to."""
    return [where for where, text in (*_parts(error), *_reports(error)) if holds(text, key)]


def leaks_of_frames(error: BaseException, key: str) -> list[str]:
    """The same without the reports, which are made of the same parts and take most of the time."""
    places = [where for where, text in _parts(error) if holds(text, key)]
    return places + [f"reachable: {path}" for path in _reachable(error, key)]


def _parts(error: BaseException) -> Iterator[tuple[str, object]]:
    for link in chain(error):
        name = type(link).__name__
        yield f"repr of {name}", shown(link)
        yield f"str of {name}", str(link)
        yield f"args of {name}", shown(link.args)
        yield f"attributes of {name}", shown(vars(link))
        for frame, _ in traceback.walk_tb(link.__traceback__):
            for local, value in frame.f_locals.items():
                yield f"{local} in {frame.f_code.co_qualname} ({name})", shown(value)


def _reports(error: BaseException) -> Iterator[tuple[str, object]]:
    yield "traceback", "".join(traceback.format_exception(error))
    with contextlib.suppress(AttributeError):  # up to Python 3.12 it ends at an object that is half made
        report = traceback.TracebackException.from_exception(error, capture_locals=True)
        yield "traceback with locals", "".join(report.format())
    yield "rich traceback with locals", _rich(error)
    if isinstance(error, Exception):
        yield "pickle", pickle.dumps(error)
        yield "copy", shown(vars(copy.copy(error)))


def _rich(error: BaseException) -> str:
    """What rich draws of the locals, without the drawing, which takes ten times as long as all else here."""
    trace = Traceback.extract(
        type(error), error, error.__traceback__, show_locals=True, locals_max_length=None, locals_max_string=None
    )
    nodes = (node for stack in trace.stacks for frame in stack.frames for node in (frame.locals or {}).values())
    return "\n".join(str(node) for node in nodes)


def _reachable(error: BaseException, key: str) -> Iterator[str]:
    """Paths along references, from the errors and the locals of their frames, that end at a text with the key."""
    seen: set[int] = set()
    level: list[tuple[object, str]] = []
    for link in chain(error):
        name = type(link).__name__
        level.append((vars(link), f"{name}"))
        for frame, _ in traceback.walk_tb(link.__traceback__):
            level += [(value, f"{frame.f_code.co_qualname}: {local}") for local, value in frame.f_locals.items()]
    for _ in range(_DEPTH):
        further: list[tuple[object, str]] = []
        for item, path in level:
            if id(item) in seen or _is_closed(item):
                continue
            seen.add(id(item))
            if isinstance(item, (str, bytes, bytearray)):
                if len(item) >= len(key) // 2 and holds(item, key):
                    yield path
                continue
            further += [(inner, f"{path} > {type(inner).__name__}") for inner in gc.get_referents(item)]
        level = further


def _is_closed(item: object) -> bool:
    if isinstance(item, (*_CLOSED_TO_VIEW, types.FrameType, BaseException)):
        return True
    return _OF_THE_TESTS.match(type(item).__module__ or "") is not None


def refused(make: Callable[[], object]) -> BaseException:
    """The error, with the frames that follow those of the tests."""
    try:
        make()
    except Exception as error:
        return error.with_traceback(frames_of_the_sdk(error.__traceback__))
    raise AssertionError("it was not refused")


def frames_of_the_sdk(trace: types.TracebackType | None) -> types.TracebackType | None:
    while trace is not None and "mailpartner" not in trace.tb_frame.f_globals["__name__"]:
        trace = trace.tb_next
    return trace


def everything_shown(value: object, depth: int = 5) -> str:
    """The repr of an object, of its attributes and slots, and of theirs."""
    parts = [shown(value)]
    if depth and type(value).__module__.partition(".")[0] == "mailpartner":
        names = [*getattr(value, "__dict__", ()), *(slot for cls in type(value).__mro__ for slot in slots(cls))]
        if type(value).__name__ != "ApiKey":
            parts += [everything_shown(getattr(value, name, None), depth - 1) for name in names]
    return "\n".join(parts)


def slots(cls: type) -> tuple[str, ...]:
    given = cls.__dict__.get("__slots__", ())
    return (given,) if isinstance(given, str) else tuple(given)
