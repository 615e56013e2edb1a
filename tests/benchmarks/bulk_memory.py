"""What a run itself costs, with nothing behind it: each request is answered at once by an object in the place of the
connections.

    PYTHONPATH=tests python -m benchmarks.bulk_memory           a million ids each, about three minutes
    PYTHONPATH=tests python -m benchmarks.bulk_memory --quick   fewer, too few to judge by

Resident memory from 10,000 ids on; processor time per id; what the journal adds to it, 8 and 32 at a time.
Linux only, for the memory. 8 at a time there is a commit for each 8 ids at least, and what its fsync costs is the
system's: no bar is set there.
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import gc
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.table import Figure, table
from mailpartner import AsyncMailPartner, MailPartner
from mailpartner._core.response import RawResponse

KEY = "sandbox-benchmarks"
ROOT = Path(__file__).absolute().parents[2]
NOWHERE = "http://127.0.0.1:9"
MEBIBYTE = 1 << 20
FIRST = 10_000
FULL, QUICK = 1_000_000, 30_000
KINDS = ("sync", "async")
WIDTHS = (8, 32)

_BODY = b'{"success":true,"code":200}'


class Null:
    """Answers at once. Awaits nothing, but lets others go first, as a connection would."""

    def send(self, *_: Any) -> RawResponse:
        return RawResponse(200, "application/json", None, None, _BODY)

    def resize(self, width: int) -> None: ...

    def close(self) -> None: ...


class AsyncNull:
    async def send(self, *_: Any) -> RawResponse:
        await asyncio.sleep(0)
        return RawResponse(200, "application/json", None, None, _BODY)

    def resize(self, width: int) -> None: ...

    async def close(self) -> None: ...


def measure(quick: bool = False) -> list[Figure]:
    """Memory, and processor time with and without a journal."""
    figures = []
    for kind in KINDS:
        print(f"bulk memory, {kind}", file=sys.stderr, flush=True)
        grown, each = _in_a_process("memory", kind, str(QUICK if quick else FULL))
        figures.append(Figure(f"{kind}, growth, MiB", "", [size / MEBIBYTE for size in grown], 20.0, max))
        figures.append(Figure(f"{kind}, per id, µs", "", [second * 1e6 for second in each], None))
    for kind in KINDS:
        for width in WIDTHS:
            print(f"bulk journal, {kind}, {width} wide", file=sys.stderr, flush=True)
            (added,) = _in_a_process("journal", kind, str(width), *("3", "2000") if quick else ("5", "30000"))
            label = f"{kind}, {width} wide, journal per id, µs"
            figures.append(
                Figure(label, "", [second * 1e6 for second in added], 20.0 if width == max(WIDTHS) else None)
            )
    return figures


def _in_a_process(*arguments: str) -> list[list[float]]:
    command = [sys.executable, "-m", "benchmarks.bulk_memory", *arguments]
    printed = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True).stdout
    result: list[list[float]] = json.loads(printed)
    return result


def _ids(count: int, marks: list[tuple[int, float]], every: int) -> Iterator[int]:
    """Ids without a list of them; memory and time are taken on the way."""
    for number in range(1, count + 1):
        if number % every == 0 or number == FIRST:
            gc.collect()
            marks.append((_resident(), time.process_time()))
        yield number


def _state(kind: str, count: int) -> list[list[float]]:
    marks: list[tuple[int, float]] = []
    every = max(count // 10, FIRST + 1)
    _run(kind, _ids(count, marks, every), concurrency=32)
    (first, _), *later = marks
    times = [(b[1] - a[1]) / every for a, b in pairwise(later)]
    return [[float(size - first) for size, _ in later], times]


def _added(kind: str, width: int, rounds: int, ids: int) -> list[list[float]]:
    """Seconds per id that the journal adds, a figure a round; both ways in turn."""
    added = []
    for number in range(rounds + 1):
        with tempfile.TemporaryDirectory() as folder:
            start = time.process_time()
            _run(kind, range(1, ids + 1), concurrency=width)
            middle = time.process_time()
            _run(kind, range(1, ids + 1), concurrency=width, journal=Path(folder, "journal"))
            end = time.process_time()
        if number:  # the first round warms up
            added.append(((end - middle) - (middle - start)) / ids)
    return [added]


def _run(kind: str, ids: Any, **options: Any) -> None:
    if kind == "sync":
        with MailPartner(KEY, base_url=NOWHERE) as mp:
            mp._session.sender = Null()
            for item in mp.unsubscribes.delete_many(ids, rate=None, **options):
                assert item.error is None
    else:
        asyncio.run(_run_async(ids, **options))


async def _run_async(ids: Any, **options: Any) -> None:
    async with AsyncMailPartner(KEY, base_url=NOWHERE) as mp:
        mp._session.sender = AsyncNull()
        async for item in mp.unsubscribes.delete_many(ids, rate=None, **options):
            assert item.error is None


def _resident() -> int:
    """Bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096


def _main() -> int:
    works = {"memory": _state, "journal": _added}
    if len(sys.argv) > 1 and sys.argv[1] in works:
        name, kind, *numbers = sys.argv[1:]
        print(json.dumps(functools.partial(works[name], kind)(*map(int, numbers))))  # type: ignore[operator]
        return 0
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bulk_memory")
    parser.add_argument("--quick", action="store_true", help="too few to judge by; exit status 0")
    quick = parser.parse_args().quick
    figures = measure(quick)
    print(table({"Many deletions: the run itself": figures}))
    return 0 if quick else int(any(figure.missed for figure in figures))


if __name__ == "__main__":
    sys.exit(_main())
