"""Ctrl-C at the worst moment: between any two lines of the SDK, and of the part of httpcore that holds a request."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import httpcore
import httpx
import pytest
from kit.leaks import PLAIN, leaks_of_frames
from kit.responses import DONE, response
from kit.server import Server, Step
from kit.steps import reset

import mailpartner
from mailpartner import MailPartner

LINES_OF = (str(Path(mailpartner.__file__).parent) + os.sep, str(Path(httpcore.__file__).parent / "_sync") + os.sep)
Place = tuple[CodeType, int]


def lines_of(call: Callable[[], object]) -> list[Place]:
    """Each line of the SDK and of httpcore that `call` runs."""
    lines: dict[Place, None] = {}

    def trace(frame: FrameType, event: str, _: object) -> Any:
        if not frame.f_code.co_filename.startswith(LINES_OF):
            return None
        if event == "line":
            lines[frame.f_code, frame.f_lineno] = None
        return trace

    traced(call, trace)
    return list(lines)


def interrupted(call: Callable[[], object], at: Place) -> BaseException | None:
    """What comes of `call` with a Ctrl-C just before a line."""

    def trace(frame: FrameType, event: str, _: object) -> Any:
        if frame.f_code is not at[0]:
            return None
        if event == "line" and frame.f_lineno == at[1]:
            raise KeyboardInterrupt
        return trace

    return traced(call, trace)


def traced(call: Callable[[], object], trace: Any) -> BaseException | None:
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    except BaseException as error:
        return error
    finally:
        sys.settrace(before)
    return None


PAGE = response("<p>no &amp; no, %41 \\u0042</p>", 500, "text/html")

# Not here: a Ctrl-C while the SDK clears up after another failure of a custom client's connection. Until that is
# cleared the failure's own frames are the context of the Ctrl-C, and no line of Python can be made safe from it.
WAYS = [
    pytest.param(reply, is_custom, id=f"{name}-{'custom' if is_custom else 'own'}")
    for name, reply in {"done": DONE, "page": PAGE, "reset": reset}.items()
    for is_custom in (False, True)
    if not (name == "reset" and is_custom)
]


@pytest.mark.parametrize(("reply", "is_custom"), WAYS)
def test_ctrl_c_at_any_line(reply: Step, is_custom: bool) -> None:
    """A Ctrl-C between any two lines of the SDK, and of httpcore below it, leaves nothing in the frames."""
    own = httpx.Client() if is_custom else None
    found: dict[str, list[str]] = {}
    with warnings.catch_warnings(), Server(reply) as server:
        warnings.simplefilter("ignore", ResourceWarning)  # a connection may be lost between two lines
        with MailPartner(PLAIN, base_url=server.url, max_retries=0, http_client=own) as mp:
            call = lambda: mp.unsubscribes.delete(300)  # noqa: E731
            traced(call, None)
            lines = lines_of(call)
            for code, line in lines:
                error = interrupted(call, (code, line))
                if isinstance(error, KeyboardInterrupt) and (places := leaks_of_frames(error, PLAIN)):
                    found[f"{Path(code.co_filename).name}:{line} {code.co_qualname}"] = places
        if own is not None:
            own.close()

    assert len(lines) > 200
    assert found == {}
