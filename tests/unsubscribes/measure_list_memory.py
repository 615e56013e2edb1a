"""How much memory it takes to read a long list, against what the finished tuple needs. Run it, or call `measured`.

Two figures, each taken in a process of its own, with the server in another one:

traced: tracemalloc's peak while `list` runs, over what the tuple holds when it is done (by its disappearance). Every
object of Python and the buffers of expat count; what the allocator wastes does not, nor the parts of a long body.
resident: by how much the peak of the process's resident memory grows while `list` runs, over the growth where the same
tuple is made of the same values and nothing else is done. All counts; so do the modules that the call imports.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import tracemalloc
from collections.abc import Mapping
from typing import Any

from mailpartner import MailPartner, Unsubscribe
from mailpartner.sandbox import SandboxProcess

MILLION = 1_000_000
SHAPES: Mapping[str, Mapping[str, Any]] = {
    "json": {},
    "xml": {},
    "xml, named rows": {"xml_rows": "named"},
    "xml, named rows, CDATA": {"xml_rows": "named", "cdata": True},
}


def measured(entries: int, shape: str) -> dict[str, float]:
    """The ratios for one shape of list, traced and resident, and the bytes that a finished entry takes."""
    with SandboxProcess(entries=0, rate_limit=None, **SHAPES[shape]) as sandbox:
        sandbox.load(entries)
        form = shape.partition(",")[0]
        traced = _child("traced", sandbox.url, form)
        read = _child("read", sandbox.url, form)["peak"]
        made = _child("made", str(entries), form)["peak"]
    return {"traced": traced["peak"] / traced["tuple"], "resident": read / made, "entry": traced["tuple"] / entries}


def _child(what: str, where: str, form: str) -> dict[str, float]:
    command = [sys.executable, __file__, what, where, form]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=3600)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def _traced(url: str, form: str) -> dict[str, float]:
    with _client(url, form) as mp:
        tracemalloc.start()
        before, _ = tracemalloc.get_traced_memory()
        entries: Any = mp.unsubscribes.list()
        _, peak = tracemalloc.get_traced_memory()
        gc.collect()
        held, _ = tracemalloc.get_traced_memory()
        del entries
        return {"peak": peak - before, "tuple": held - tracemalloc.get_traced_memory()[0]}


def _read(url: str, form: str) -> dict[str, float]:
    with _client(url, form) as mp:
        before = _resident()
        entries = mp.unsubscribes.list()
        return {"peak": _peak() - before, "entries": len(entries)}


def _made(count: str, form: str) -> dict[str, float]:
    before = _resident()
    entries = tuple(
        Unsubscribe(int(str(n)), f"user{n}@example.com", f"2020-01-01 00:{n:07}"[:19]) for n in range(1, int(count) + 1)
    )
    return {"peak": _peak() - before, "entries": len(entries)}


def _client(url: str, form: str) -> MailPartner:
    """A client that has made a call, so that most of what is imported at the first call is there."""
    mp = MailPartner("sandbox-memory", base_url=url, format=form, timeout=600, deadline=3600)
    mp.unsubscribes.delete(2**62, missing_ok=True)
    gc.collect()
    return mp


def _resident() -> int:
    return _status("VmRSS")


def _peak() -> int:
    return _status("VmHWM")  # not ru_maxrss: a new process begins with its parent's


def _status(name: str) -> int:
    with open("/proc/self/status", encoding="ascii") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(name))


def main(arguments: list[str]) -> int:
    """Measure all shapes with so many entries, a million by default, and print the ratios; 1 if one is above 1.5."""
    entries = int(arguments[0]) if arguments else MILLION
    worst = 0.0
    for shape in SHAPES:
        figures = measured(entries, shape)
        worst = max(worst, figures["traced"], figures["resident"])
        print(
            f"{entries:,} entries, {shape}: traced {figures['traced']:.2f}, resident {figures['resident']:.2f}"
            f" times the tuple ({figures['entry']:.0f} bytes an entry)",
            flush=True,
        )
    return int(worst > 1.5)


if __name__ == "__main__":
    children = {"traced": _traced, "read": _read, "made": _made}
    if len(sys.argv) == 4:
        print(json.dumps(children[sys.argv[1]](*sys.argv[2:])))
    else:
        sys.exit(main(sys.argv[1:]))
