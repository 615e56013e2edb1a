"""Ctrl-C at the worst moment of a bulk run in threads: between any two lines of its account, its crew, its threads."""

from __future__ import annotations

import dis
import os
import sys
import tempfile
import textwrap
from pathlib import Path
from typing import Any

import pytest
from bulk_help import DELETED, KEY, PATIENCE, Server, script, states

from mailpartner._bulk.journal import Journal

# In a process of its own: what never ends is dumped and ended there. Each line is hit the first and the third time that
# the run passes it.
INTERRUPTIONS = textwrap.dedent("""
    import faulthandler, gc, sys, threading, warnings
    from pathlib import Path
    import mailpartner._bulk
    from mailpartner import MailPartner
    from mailpartner._bulk.journal import Journal
    from mailpartner._bulk.journal_row import SENT

    url, folder, visit, patience = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    FILES = (str(Path(mailpartner._bulk.__file__).parent), threading.__file__)
    DULL = {"Thread.__init__", "Event.__init__", "Condition.__init__", "_make_invoke_excepthook", "_newname"}

    def delete(mp, journal):
        return list(mp.unsubscribes.delete_many(range(1, 9), journal=journal, rate=None, concurrency=4))

    def traced(call, at_line):
        def trace(frame, event, _):
            if not frame.f_code.co_filename.startswith(FILES) or frame.f_code.co_qualname in DULL:
                return None
            if event == "line":
                at_line((frame.f_code.co_qualname, frame.f_lineno))
            return trace
        sys.settrace(trace)
        try:
            call()
        finally:
            sys.settrace(None)

    def interrupted(call, place):
        left = visit
        def at_line(here):
            nonlocal left
            if here == place:
                left -= 1
                if left == 0:
                    raise KeyboardInterrupt
        try:
            traced(call, at_line)
        except KeyboardInterrupt:
            return True
        except RuntimeError as error:  # threading's own locks, interrupted: "release unlocked lock"
            assert isinstance(error.__context__, KeyboardInterrupt)
            return True
        return False

    sent = set()

    def noting(send):
        def noted(request, *times):
            sent.add(int(dict(pair.split("=") for pair in request.query.split("&"))["id"]))
            return send(request, *times)
        return noted

    def in_doubt(path):
        if not path.exists():
            return set()
        journal = Journal(path)
        marked = {row.input for row in journal.rows() if row.state == SENT}
        journal.close()
        return marked

    warnings.simplefilter("error", RuntimeWarning)  # a journal whose session nothing ended says that it lost its log
    with MailPartner(base_url=url) as mp:
        mp._session.sender.send = noting(mp._session.sender.send)
        gc.freeze()
        seen = {}
        traced(lambda: delete(mp, folder / "first"), lambda place: seen.setdefault(place))
        hit = 0
        for number, place in enumerate(seen):
            journal = folder / str(number)
            faulthandler.dump_traceback_later(patience, exit=True)
            print(*place, file=sys.stderr)
            sent.clear()
            hit += interrupted(lambda: delete(mp, journal), place)
            gc.collect()  # a journal that was opened and not yet given a name is closed by this
            assert in_doubt(journal) <= sent, (place, in_doubt(journal), sent)
            assert len(delete(mp, journal)) == 8, place
        faulthandler.cancel_dump_traceback_later()
        print(hit)
""")


@pytest.fixture
def in_memory(tmp_path):
    """A folder in memory if there is one: nothing is to be learned from waiting for a disk hundreds of times."""
    if not os.path.isdir("/dev/shm"):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)


@pytest.mark.parametrize("visit", [1, 3])
def test_ctrl_c_at_any_line_ends_the_run(visit, in_memory):
    """Interrupted at any line of the main thread, a run ends, and only what was sent is marked as sent; called again
    with its journal, it comes to its end with one outcome an id."""
    environment = {**os.environ, "MAILPARTNER_API_KEY": KEY}
    arguments = (str(in_memory), str(visit), str(PATIENCE))
    with Server() as server, script(INTERRUPTIONS, server.url, *arguments, env=environment) as process:
        out, error = process.communicate()
    assert process.returncode == 0, error[-4000:]
    assert int(out) > 40
    for journal in in_memory.glob("*[0-9]"):
        assert states(journal) == dict.fromkeys(range(1, 9), DELETED)


@pytest.mark.parametrize("line", sorted({line for _, line in dis.findlinestarts(Journal.commit.__code__)} - {None}))
def test_a_journal_that_is_complete_has_its_last_items(line, in_memory):
    """Interrupted at any line of `commit`, a journal is not complete without the items that it was to write then."""

    def trace(frame: Any, event: str, _: object) -> Any:
        if frame.f_code is Journal.commit.__code__ and event == "line" and frame.f_lineno == line:
            sys.settrace(None)
            raise KeyboardInterrupt
        return trace

    journal = Journal(in_memory / "journal")
    journal.mark_sent(0, 300)
    journal.mark_complete()
    sys.settrace(trace)
    try:
        journal.commit()
    except KeyboardInterrupt:
        pass
    finally:
        sys.settrace(None)
    journal.commit()  # as a run does when it ends
    assert journal.length in (1, None)
    journal.close()
