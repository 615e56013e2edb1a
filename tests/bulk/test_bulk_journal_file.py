"""The file of a journal: forks, lost logs, other handles, links, and what becomes of the file under way."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import textwrap
from pathlib import Path
from typing import Any

import pytest
from bulk_help import DELETED, GONE, Server, bulk, needs_linux, script, states, unplaced

from mailpartner import JournalError
from mailpartner._bulk.journal import Journal
from mailpartner._bulk.journal_row import PENDING, SENT
from mailpartner.sandbox import Sandbox

FORKING = textwrap.dedent("""
    import os, sys, warnings
    from mailpartner import MailPartner
    warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of a fork beside threads
    url, path, how = sys.argv[1:4]
    with MailPartner(base_url=url) as mp:
        run = mp.unsubscribes.delete_many(range(1, 201), rate=None, journal=path)
        for number, item in enumerate(run):
            if number == 50 and os.fork() == 0:
                if how == "close":
                    run.close()
                elif how == "iterate":
                    list(run)
                sys.exit()
            if number == 100:
                os.wait()
        print(number + 1)
""")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal"


@needs_linux
@pytest.mark.parametrize("how", ["exit", "close"])
def test_a_forked_child_leaves_the_journal_alone(sandbox: Sandbox, path: Path, how: str) -> None:
    """A child that is forked in mid-run, and leaves the run and ends, costs no outcome."""
    with script(FORKING, sandbox.url, str(path), how) as process:
        out, error = process.communicate(timeout=60)
    assert (out, error) == ("200\n", "")
    assert states(path) == dict.fromkeys(range(1, 201), DELETED)
    assert len(sandbox.requests()) == 200


def _half_way(url: str, path: Path, place: Path) -> list[Path]:
    """Copy the files of a journal in mid-run."""
    copies: list[Path] = []

    def copy(item: Any) -> None:
        if item.input == 60:
            for name in (path.name, f"{path.name}-wal"):
                copies.append(place / name)
                shutil.copy(path.parent / name, place / name)

    bulk("sync", url, range(1, 101), journal=path, concurrency=1, each=copy)
    return copies


def test_a_lost_log_is_noticed(sandbox: Sandbox, path: Path, tmp_path: Path) -> None:
    """A journal that was copied in mid-run without its log counts what it knows no outcome of as sent, and says so."""
    place = tmp_path / "copy"
    place.mkdir()
    copy, log = _half_way(sandbox.url, path, place)
    log.unlink()
    sandbox.clear_requests()
    with pytest.warns(RuntimeWarning, match="lost its write-ahead log"):
        told = bulk("sync", sandbox.url, range(1, 101), journal=copy, missing_ok=False)
    assert told.error is None
    assert set(told.outcomes.values()) == {GONE}
    assert states(copy) == told.outcomes


def test_what_was_added_beforehand_is_in_the_file_itself(sandbox: Sandbox, path: Path, tmp_path: Path) -> None:
    """Before the first request the file has all items that were added at once: without its log none of them is lost."""
    place = tmp_path / "copy"
    place.mkdir()
    with contextlib.closing(Journal(path)) as journal:
        journal.add_all(unplaced(range(1, 3001)))
        with journal.session():
            shutil.copy(path, place / "journal")
    with pytest.warns(RuntimeWarning, match="lost its write-ahead log"):
        assert states(place / "journal") == dict.fromkeys(range(1, 3001), SENT)


def test_a_copy_with_its_log_is_whole(sandbox: Sandbox, path: Path, tmp_path: Path) -> None:
    """A journal that was copied in mid-run with its log knows every outcome until then."""
    place = tmp_path / "copy"
    place.mkdir()
    copy, _ = _half_way(sandbox.url, path, place)
    known = states(copy)
    assert {number for number, state in known.items() if state == DELETED} >= set(range(1, 60))
    assert {number for number, state in known.items() if state == PENDING} == set()


SECOND = textwrap.dedent("""
    import sys
    from mailpartner import JournalError, MailPartner
    with MailPartner(base_url=sys.argv[1]) as mp:
        try:
            print(len(mp.unsubscribes.delete_many(range(1, 101), rate=None, journal=sys.argv[2]).results()))
        except JournalError as error:
            print(error)
""")


@needs_linux
def test_another_handle_of_the_file_lets_no_second_run_in(sandbox: Sandbox, path: Path) -> None:
    """A backup within the process opens and closes the journal, which ends SQLite's locks: a second run is refused."""
    answers: list[str] = []

    def back_up(item: Any) -> None:
        if item.input == 50:
            path.read_bytes()
            with script(SECOND, sandbox.url, str(path)) as process:
                answers.extend(process.communicate(timeout=60))

    told = bulk("sync", sandbox.url, range(1, 101), journal=path, concurrency=1, each=back_up)
    assert "another run has it open" in answers[0]
    assert answers[1] == ""
    assert len(told.items) == len(sandbox.requests()) == 100


@pytest.mark.parametrize("made", ["symlink", "hard link", "dangling symlink", "fifo"])
def test_what_is_no_file_of_its_own_is_refused(sandbox: Sandbox, tmp_path: Path, path: Path, made: str) -> None:
    """Nothing is written through a link, and nothing is sent."""
    other = tmp_path / "other"
    if made != "dangling symlink":
        other.write_bytes(b"")
    if made == "fifo":
        os.mkfifo(path)
    else:
        (os.link if made == "hard link" else os.symlink)(other, path)
    told = bulk("sync", sandbox.url, [1, 2], journal=path)
    assert isinstance(told.error, JournalError)
    assert "Nothing was sent" in str(told.error)
    assert sandbox.requests() == []
    assert not other.exists() or other.read_bytes() == b""


def test_the_journal_is_its_owners_alone(sandbox: Sandbox, path: Path, tmp_path: Path) -> None:
    """The file and its log have mode 0600, whatever the umask."""
    modes: list[int] = []

    def look(item: Any) -> None:
        modes.extend(stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir())

    before = os.umask(0)
    try:
        bulk("sync", sandbox.url, [1], journal=path, each=look)
    finally:
        os.umask(before)
    assert modes == [0o600, 0o600]


@pytest.mark.parametrize("put_in_its_place", [None, b"", b"SQLite format 3\x00"])
def test_a_journal_that_is_deleted_or_replaced_stops_the_run(
    sandbox: Sandbox, path: Path, put_in_its_place: bytes | None
) -> None:
    """A run whose journal is deleted or replaced stops before the next request: nobody could account for it."""

    def delete(item: Any) -> None:
        if item.input == 5:
            path.unlink()
            if put_in_its_place is not None:
                path.write_bytes(put_in_its_place)

    told = bulk("sync", sandbox.url, range(1, 101), journal=path, concurrency=1, each=delete)
    assert isinstance(told.error, JournalError)
    assert "deleted or replaced" in str(told.error)
    assert len(sandbox.requests()) == len(told.items) == 5
    assert put_in_its_place is None or path.read_bytes() == put_in_its_place


def test_sessions_have_beginnings_and_ends(path: Path) -> None:
    """Each run on a journal is a session with its beginning and end; one that was killed has no end."""
    with Server() as server:
        for _ in range(2):
            bulk("sync", server.url, range(1, 5), journal=path)
    with contextlib.closing(Journal(path)) as journal:
        assert [(bool(each["started"]), bool(each["ended"])) for each in journal.sessions()] == [(True, True)] * 2


def test_a_record_of_many_runs(sandbox: Sandbox, kind: str, path: Path) -> None:
    """A journal opened to append takes any run after those before it, of another account and operation too."""
    with contextlib.closing(Journal(path, append=True)) as journal:
        for ids in ([1, 2], [2, 3], []):
            assert bulk(kind, sandbox.url, ids, journal=journal).error is None
    with contextlib.closing(Journal(path, append=True)) as journal:
        bulk(kind, sandbox.url, [4], journal=journal, client={"api_key": "sandbox-other"})
        rows = [(row.position, row.input, row.outcome) for row in journal.rows()]
        assert rows == [(0, 1, DELETED), (1, 2, DELETED), (2, 2, GONE), (3, 3, DELETED), (4, 4, DELETED)]
        assert len({session["account"] for session in journal.sessions()}) == 2
