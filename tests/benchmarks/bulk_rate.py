"""How much of an allowed rate a paced run uses, and whether it is ever refused: three windows against the sandbox with
its limit on, once with threads, once with four Dask workers (processes where Dask is not installed).

    PYTHONPATH=tests python -m benchmarks.bulk_rate                three minutes, both at a time
    PYTHONPATH=tests python -m benchmarks.bulk_rate --seconds 15   shorter windows, too short to judge by

What arrived is counted by the sandbox. The pace keeps a limit per minute: in shorter windows it may be refused.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from typing import NamedTuple

from benchmarks.table import Figure, table
from mailpartner import MailPartner
from mailpartner._bulk.options import VENDOR_RATE
from mailpartner.sandbox import SandboxProcess

KEY = "sandbox-benchmarks"
WINDOWS = 3
WORKERS = 4
LOOK_EVERY = 5.0


class Counted(NamedTuple):
    """Requests that arrived in each window, what was allowed, and how many were refused."""

    windows: list[int]
    allowed: int
    refused: int


def measure(seconds: float = 60.0) -> list[Figure]:
    """Both kinds side by side, each with a sandbox of its own."""
    os.environ["MAILPARTNER_API_KEY"] = KEY
    runs: dict[str, Callable[[], contextlib.AbstractContextManager[Executor | None]]] = {
        "threads": contextlib.nullcontext,
        "four workers": _workers,
    }
    print(f"bulk rate: {WINDOWS} windows of {seconds:g} s", file=sys.stderr, flush=True)
    with ThreadPoolExecutor(len(runs)) as pool:
        counts = dict(zip(runs, pool.map(lambda workers: _count(workers, seconds), runs.values()), strict=True))
    return [figure for name, counted in counts.items() for figure in _figures(name, counted)]


def _figures(name: str, counted: Counted) -> list[Figure]:
    used = [counted.allowed / max(arrived, 1) for arrived in counted.windows]
    words = f"{min(counted.windows)}"
    return [
        Figure(f"{name}: allowed to used", words, used, 1 / 0.98),
        Figure(f"{name}: refused (429)", "", [float(counted.refused)], 0.0),
    ]


def _count(workers: Callable[[], contextlib.AbstractContextManager[Executor | None]], seconds: float) -> Counted:
    allowed = round(VENDOR_RATE * seconds / 60)
    with (
        workers() as executor,
        SandboxProcess(entries=1, rate_limit=allowed, rate_window=seconds, retry_after="1") as sandbox,
        MailPartner(KEY, base_url=sandbox.url) as mp,
    ):
        lookout = _Lookout(sandbox)
        concurrency = 8 if executor is None else WORKERS
        items = mp.unsubscribes.delete_many(itertools.count(1), executor=executor, concurrency=concurrency)
        for _ in items:
            if lookout.last() > WINDOWS * seconds + 2.0:
                break
        items.close()  # type: ignore[attr-defined]
        lookout.end()
    start = min(lookout.arrived.values())
    windows = [0] * WINDOWS
    for at in lookout.arrived.values():
        if at - start < WINDOWS * seconds:
            windows[int((at - start) / seconds)] += 1
    return Counted(windows, allowed, lookout.refused)


class _Lookout:
    """When each request arrived, by its number; the sandbox keeps the last thousand, so it is asked often enough."""

    def __init__(self, sandbox: SandboxProcess) -> None:
        self.arrived: dict[int, float] = {}
        self.refused = 0
        self._sandbox = sandbox
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def last(self) -> float:
        """Seconds from the first to the last request that was seen."""
        return max(self.arrived.values(), default=0.0) - min(self.arrived.values(), default=0.0)

    def end(self) -> None:
        self._end.set()
        self._thread.join()

    def _look(self) -> None:
        ended = False
        while not ended:
            ended = self._end.wait(LOOK_EVERY)
            new = [seen for seen in self._sandbox.requests() if seen["number"] not in self.arrived]
            self.refused += sum(seen["code"] == 429 or seen["status"] == 429 for seen in new)
            self.arrived = {**self.arrived, **{seen["number"]: seen["at"] for seen in new}}


@contextlib.contextmanager
def _workers() -> Iterator[Executor]:
    try:
        import distributed
    except ImportError:
        with ProcessPoolExecutor(WORKERS, mp_context=multiprocessing.get_context("spawn")) as executor:
            yield executor
        return
    with (
        distributed.LocalCluster(n_workers=WORKERS, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
        client.get_executor() as executor,
    ):
        yield executor


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bulk_rate")
    parser.add_argument("--seconds", type=float, default=60.0, help="of a window; judged by at 60")
    figures = measure(parser.parse_args().seconds)
    print(table({"Many deletions: the rate": figures}))
    sys.exit(any(figure.missed for figure in figures))
