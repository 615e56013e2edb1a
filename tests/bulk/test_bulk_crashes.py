"""A run that is killed at any moment, again and again, and resumed until it is done."""

import os
import random
import signal
import textwrap
import time

import pytest
from bulk_help import DELETED, GONE, KEY, PATIENCE, needs_linux, script

from mailpartner._bulk.journal import Journal

IDS = 1000

# One interpreter that has imported everything forks a child for each session: what is to be hit is the run.
SESSIONS = textwrap.dedent("""
    import asyncio, os, signal, sys, traceback
    from mailpartner import AsyncMailPartner, MailPartner
    import mailpartner._bulk.journal, mailpartner.generated.api.unsubscribes.delete_unsubscribe

    url, path, last, kind = sys.argv[1:5]
    ids = range(1, int(last) + 1)
    options = {"rate": None, "journal": path, "concurrency": 8}

    def tell(item):
        print(item.input, item.outcome.value if item.outcome else type(item.error).__name__, flush=True)

    async def run_async():
        async with AsyncMailPartner(base_url=url) as mp:
            async for item in mp.unsubscribes.delete_many(ids, **options):
                tell(item)

    def run():
        with MailPartner(base_url=url) as mp:
            for item in mp.unsubscribes.delete_many(ids, **options):
                tell(item)

    def session(out):
        status = 1
        try:
            sys.stdout = open(out, "w")
            print("ready", flush=True)
            try:
                asyncio.run(run_async()) if kind == "async" else run()
                status = 0
            finally:
                signal.signal(signal.SIGINT, signal.SIG_IGN)  # too late for the run: not to hit this script
        except KeyboardInterrupt:
            status = 130
        except BaseException as error:
            # Ctrl-C inside threading's own locks leaves them as "RuntimeError: release unlocked lock".
            if isinstance(error, RuntimeError) and isinstance(error.__context__, KeyboardInterrupt):
                status = 130
            else:
                traceback.print_exc(file=sys.stdout)
        finally:
            sys.stdout.flush()
            os._exit(status)

    for line in sys.stdin:
        child = os.fork()
        if not child:
            session(line.strip())
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
""")


@needs_linux
@pytest.mark.parametrize(
    ("number", "kind", "rounds"),
    [
        pytest.param(signal.SIGKILL, "sync", 20, id="kill -9"),
        pytest.param(signal.SIGKILL, "async", 5, id="kill -9 async"),
        pytest.param(signal.SIGINT, "sync", 6, id="Ctrl-C"),
        pytest.param(signal.SIGINT, "async", 6, id="Ctrl-C async"),
        pytest.param(signal.SIGTERM, "sync", 3, id="TERM"),
    ],
)
def test_killed_and_resumed_until_done(sandbox, tmp_path, number, kind, rounds):
    """Killed at random moments and resumed until it is done: every id is deleted at the server and has one final
    outcome; what was sent twice is told as already gone, never as an error, and nothing told before is told
    otherwise."""
    chance = random.Random(rounds)
    sandbox.load(IDS)
    journal = tmp_path / "journal"
    told = {}
    environment = {**os.environ, "MAILPARTNER_API_KEY": KEY}
    with script(SESSIONS, sandbox.url, str(journal), str(IDS), kind, stdin=-1, env=environment) as process:
        for session in range(rounds + 1):
            out = tmp_path / f"session {session}"
            print(out, file=process.stdin, flush=True)
            child = int(process.stdout.readline())
            if session < rounds:
                wait_for_a_moment(out, chance)
                os.kill(child, number)
            status = int(process.stdout.readline())
            ends = (-number, 130) if session == 0 else (-number, 130, 0) if session < rounds else (0,)
            assert status in ends, out.read_text()
            tell(out, told)
            assert deleted(journal) <= gone(sandbox)
            if status == 0:  # a busy machine sent the signal too late
                break
        process.stdin.close()
        assert process.stderr.read() == ""
    assert sandbox.count() == 0
    assert sorted(told) == list(range(1, IDS + 1))
    assert outcomes(journal) == {number: FINAL[outcome] for number, outcome in told.items()}


FINAL = {"deleted": DELETED, "already_gone": GONE}


def wait_for_a_moment(out, chance):
    """Until the session is about to open its journal, or tells its first items; and a little longer."""
    patience = time.monotonic() + PATIENCE
    some = chance.choice([1, 1, 20, 100])
    while not out.exists() or out.stat().st_size < some:
        assert time.monotonic() < patience, out.read_text()
        time.sleep(0.002)
    time.sleep(chance.uniform(0.0, 0.05))


def tell(out, told):
    """Add what a session told, but for a line that was cut."""
    for line in out.read_text().rpartition("\n")[0].splitlines()[1:]:
        entry, outcome = line.split()
        assert outcome in FINAL
        # What was told as deleted when the crash came may be in doubt for the journal; nothing else may change.
        assert told.get(int(entry), outcome) == outcome or (told[int(entry)], outcome) == ("deleted", "already_gone")
        told[int(entry)] = outcome


def outcomes(path):
    journal = Journal(path)
    try:
        rows = list(journal.rows())
    finally:
        journal.close()
    assert [row.position for row in rows] == list(range(len(rows)))
    return {row.input: row.outcome or row.state for row in rows}


def deleted(path):
    return {number for number, state in outcomes(path).items() if state == DELETED} if path.exists() else set()


def gone(sandbox):
    return set(range(1, IDS + 1)) - set(sandbox.entries())
