"""The journal: what is in it before a request leaves, what a second run makes of it, and which runs it refuses."""

import contextlib
import functools
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import textwrap
from collections import Counter

import pytest
from bulk_help import (
    DELETED,
    DONE,
    GONE,
    KEY,
    OTHER_KEY,
    UNKNOWN,
    Server,
    bulk,
    copied,
    needs_linux,
    script,
    states,
    unplaced,
)

from mailpartner import (
    APIConnectionError,
    APIError,
    AuthenticationError,
    BulkSuccess,
    InvalidRequestError,
    JournalError,
    MailPartner,
    NotFoundError,
)
from mailpartner._bulk import journal_row as journals
from mailpartner._bulk.journal import Journal
from mailpartner._bulk.journal_row import SENT
from mailpartner._bulk.options import BulkOptions
from mailpartner._bulk.state import BulkState
from mailpartner._bulk.threads import ThreadRunner
from mailpartner.resources._unsubscribes_in_bulk import DELETION
from mailpartner.sandbox import Entry


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal"


def test_the_mark_is_on_the_disk_before_the_request_leaves(kind, path, tmp_path):
    """At the moment that a request reaches the server, a copy of the journal's files as they are on the disk has its
    mark already: a crash then would not lose it."""
    seen = {}

    def answer(id, number):
        seen[id] = copied(path, tmp_path / f"copy{id}")
        return DONE

    with Server(answer) as server:
        bulk(kind, server.url, range(1, 16), concurrency=3, journal=path)
    assert sorted(seen) == list(range(1, 16))
    assert all(dict(rows).get(number, 0) >= SENT for number, rows in seen.items())


def test_an_outcome_is_on_the_disk_when_the_run_ends(sandbox, kind, path):
    """After a run its journal has every outcome, and is one file."""
    bulk(kind, sandbox.url, [1, 2, 5000], journal=path)
    assert states(path) == {1: DELETED, 2: DELETED, 5000: GONE}
    assert os.listdir(path.parent) == [path.name]


@pytest.mark.parametrize("again", ["sync", "async"])
def test_a_finished_run_sends_nothing_again(sandbox, kind, again, path):
    """A second run with the same journal and ids tells the same items in the order of the ids, and sends nothing; the
    first may have been the other kind."""
    first = bulk(kind, sandbox.url, [3, 5000, 1, "x", 2], journal=path)
    told = bulk(again, sandbox.url, iter([3, 5000, 1, "x", 2]), journal=path)
    assert [item.input for item in told.items] == [3, 5000, 1, "x", 2]
    assert told.outcomes == first.outcomes
    assert len(sandbox.requests()) == 4


def test_resuming_sends_only_what_has_no_outcome(sandbox, kind, path):
    """After a run that was left half way, the next one sends the rest, and tells all."""
    bulk("sync", sandbox.url, range(1, 101), journal=path, most=40)
    done = [number for number, state in states(path).items() if state == DELETED]
    assert 40 <= len(done) <= 48
    sandbox.clear_requests()
    told = bulk(kind, sandbox.url, range(1, 101), journal=path)
    assert told.outcomes == dict.fromkeys(range(1, 101), DELETED)
    assert len(sandbox.requests()) == 100 - len(done)


def test_what_waited_for_its_turn_when_the_run_ended_is_not_in_doubt(sandbox, path):
    """Ids whose requests had not left when a run in threads was left are as they were before it: not sent, and not in
    doubt."""
    [first] = bulk("sync", sandbox.url, range(1, 9), journal=path, most=1, rate=1, concurrency=4).items
    assert states(path) == {**dict.fromkeys(range(1, 5), journals.PENDING), first.input: DELETED}
    assert len(sandbox.requests()) == 1
    told = bulk("sync", sandbox.url, range(1, 9), journal=path)
    assert told.outcomes == dict.fromkeys(range(1, 9), DELETED)


def test_a_thread_that_finds_the_run_stopped_sends_nothing(path):
    """A job that no thread had begun when the run was stopped is not sent, and its id is as it was."""
    with Server() as server, MailPartner(base_url=server.url) as mp, contextlib.closing(Journal(path)) as journal:
        state = BulkState(DELETION, [300], BulkOptions(True, 1, None))
        state.use(journal)
        runner = ThreadRunner(state, mp._session)
        state.next_batch()
        state.commit()
        state.request_stop()
        runner._hand_out()
        runner.finish()
        assert [row.state for row in journal.rows()] == [journals.PENDING]
    assert server.ids == []


def test_an_unknown_id_that_was_marked_is_already_gone(sandbox, kind, path):
    """An id that was marked as sent and is unknown now is already gone, also with missing_ok=False; one without a mark
    is not found."""
    marked = Journal(path)
    marked.add_all(unplaced([5001, 5002]))
    marked.mark_sent(0, 5001)
    marked.commit()
    marked.close()
    told = bulk(kind, sandbox.url, [5001, 5002], journal=path, missing_ok=False)
    assert told.outcomes == {5001: GONE, 5002: NotFoundError}


def test_a_refusal_with_a_code_that_no_file_holds(kind, path):
    """A code beyond 64 bits costs the journal the code, and not the outcome of the run."""
    refused = b'{"success": false, "code": 9999999999999999999}'
    with Server(lambda number, _: refused if number == 1 else DONE) as server:
        first = bulk(kind, server.url, [1, 2], journal=path)
        told = bulk(kind, server.url, [1, 2], journal=path)
    assert first.outcomes == told.outcomes == {1: APIError, 2: DELETED}
    assert states(path) == {1: journals.REFUSED, 2: DELETED}


def test_an_id_that_failed_is_sent_again(sandbox, kind, clock, path):
    """What failed for a passing reason is tried again by the next run; if it had been done, it is already gone."""
    sandbox.fault("close-after")
    first = bulk(kind, sandbox.url, [1, 2], journal=path, max_retries=0, concurrency=1)
    assert first.outcomes == {1: APIConnectionError, 2: DELETED}
    told = bulk(kind, sandbox.url, [1, 2], journal=path, missing_ok=False)
    assert told.outcomes == {1: GONE, 2: DELETED}


def doubts(path):
    """By id, whether the journal says that it may have been done without an outcome."""
    with contextlib.closing(Journal(path)) as journal:
        return {row.input: row.maybe_applied for row in journal.rows()}


def test_a_doubt_outlives_the_runs_that_do_not_settle_it(sandbox, kind, path):
    """What an earlier run may have done stays so when a later one fails cleanly, however often; an outcome ends it."""
    with contextlib.closing(Journal(path)) as crashed:
        crashed.add_all(unplaced([1, 2, 3, 4]))
        crashed.mark_sent(0, 1)
        crashed.commit()
    assert doubts(path) == {1: True, 2: False, 3: False, 4: False}
    for _ in range(2):
        sandbox.fault("code", code="TOO_MANY_REQUESTS", times=3)
        sandbox.fault("close-after")
        bulk(kind, sandbox.url, [1, 2, 3, 4], journal=path, max_retries=0, concurrency=1)
        assert doubts(path) == {1: True, 2: False, 3: False, 4: True}
        sandbox.load([Entry(number, f"user{number}@example.com", "2020-01-01 00:01:00") for number in range(1, 5)])
    told = bulk(kind, sandbox.url, [1, 2, 3, 4], journal=path)
    assert told.outcomes == dict.fromkeys((1, 2, 3, 4), DELETED)
    assert doubts(path) == dict.fromkeys((1, 2, 3, 4), False)


def test_a_refusal_after_a_doubt_is_told_with_it(sandbox, kind, path):
    """The error that a journal gives back of an id says that an earlier run may have done it."""
    sandbox.fault("close-after")
    bulk(kind, sandbox.url, [1], journal=path, max_retries=0)
    sandbox.fault("code", code="ID_REQUIRED")
    bulk(kind, sandbox.url, [1], journal=path)
    error = bulk(kind, sandbox.url, [1], journal=path).items[0].error
    assert isinstance(error, InvalidRequestError)
    assert error.maybe_applied


def test_a_recorded_error_comes_back_whole(sandbox, kind, path):
    """A refusal is told again with its class, code, name, message and words, whatever characters are in them."""
    message = "première ligne\nseconde ligne \u2028 \U0001f4a5"
    sandbox.fault("code", code="ID_REQUIRED", message=message)
    first = bulk(kind, sandbox.url, [1], journal=path).items[0].error
    again = bulk(kind, sandbox.url, [1], journal=path).items[0].error
    assert isinstance(again, InvalidRequestError)
    assert again.message == message
    for name in ("code", "name", "message", "args", "maybe_applied", "attempts"):
        assert getattr(again, name) == getattr(first, name), name
    assert len(sandbox.requests()) == 1


def test_an_error_with_half_a_character_is_recorded(kind, path):
    """A message that no encoding can carry does not end the run."""
    with Server(lambda entry, number: b'{"success":false,"code":3,"message":"\\ud800"}') as server:
        told = bulk(kind, server.url, [1], journal=path)
        assert told.outcomes == {1: InvalidRequestError}
        assert bulk(kind, server.url, [1], journal=path).outcomes == {1: InvalidRequestError}


@pytest.mark.parametrize(
    "other", [range(2, 12), [1, 2, 99, *range(4, 11)], [1, 2, "3", *range(4, 11)], range(10, 0, -1), range(1, 6), []]
)
def test_other_ids_are_refused(sandbox, kind, path, other):
    """Ids that differ from those of the journal, come in another order or are fewer: a JournalError, nothing sent."""
    bulk(kind, sandbox.url, range(1, 11), journal=path)
    sandbox.clear_requests()
    told = bulk(kind, sandbox.url, other, journal=path)
    assert isinstance(told.error, JournalError)
    assert "begun with" in str(told.error)
    assert sandbox.requests() == []


def test_other_ids_are_refused_where_they_differ(sandbox, kind, path):
    """Ids that differ after some that have no outcome yet: those before are in both and are done; nothing else is."""
    marked = Journal(path)
    marked.add_all(unplaced([1, 2, 3, 4]))
    marked.close()
    told = bulk(kind, sandbox.url, [1, 2, 77, 4], journal=path)
    assert isinstance(told.error, JournalError)
    assert told.outcomes == {1: DELETED, 2: DELETED}
    assert len(sandbox.requests()) == 2


def test_the_rest_of_the_ids_is_taken_after_a_run_that_was_left(sandbox, kind, path):
    """The journal of a run that was left has only the first ids: the next run takes the others."""
    bulk(kind, sandbox.url, range(1, 16), journal=path, most=10, concurrency=1)
    sandbox.clear_requests()
    told = bulk(kind, sandbox.url, range(1, 16), journal=path)
    assert told.outcomes == dict.fromkeys(range(1, 16), DELETED)
    assert len(sandbox.requests()) == 5


@pytest.mark.parametrize("taken", ["by a run", "at once"])
def test_more_ids_than_the_run_had_are_refused(sandbox, kind, path, taken):
    """Once the journal knows that its ids ended, more of them are a JournalError, and none of those more is sent."""
    if taken == "by a run":
        bulk(kind, sandbox.url, range(1, 11), journal=path)
    else:
        with contextlib.closing(Journal(path)) as journal:
            journal.add_all(unplaced(range(1, 11)))
    told = bulk(kind, sandbox.url, range(1, 16), journal=path)
    assert isinstance(told.error, JournalError)
    assert "begun with other ids: 10 there, then 11 now" in str(told.error)
    assert told.outcomes == dict.fromkeys(range(1, 11), DELETED)
    assert len(sandbox.requests()) == 10
    assert bulk(kind, sandbox.url, range(1, 11), journal=path).error is None


def test_a_full_disk_does_not_end_the_ids(kind, path):
    """Where the last ids could not be written, the journal does not say that they ended before them."""
    with contextlib.closing(Journal(path)) as journal:
        state = BulkState(DELETION, [1, 2, 3], BulkOptions(True, 8, None))
        state.use(journal)
        journal._db.execute("PRAGMA query_only = ON")
        state.next_batch()
        assert not state.commit()
        journal._db.execute("PRAGMA query_only = OFF")
        state.finish()
    with Server() as server:
        assert bulk(kind, server.url, [1, 2, 3], journal=path).outcomes == dict.fromkeys([1, 2, 3], DELETED)


def test_another_account_is_refused(sandbox, kind, path):
    """A journal that was begun with another key is refused, and nothing is sent."""
    bulk(kind, sandbox.url, [1], journal=path)
    sandbox.clear_requests()
    told = bulk(kind, sandbox.url, [1], journal=path, client={"api_key": OTHER_KEY})
    assert isinstance(told.error, JournalError)
    assert "another account" in str(told.error)
    assert sandbox.requests() == []


@pytest.mark.parametrize("width", [1, 4])
def test_a_refused_key_is_no_account(sandbox, kind, path, width):
    """A journal whose first key was refused, and did nothing else, goes on with the right one, and then with no other:
    else the run could not be resumed at all."""
    wrong = bulk(kind, sandbox.url, range(1, 11), journal=path, concurrency=width, client={"api_key": "sandbox-wrong"})
    assert isinstance(wrong.error, AuthenticationError)
    right = bulk(kind, sandbox.url, range(1, 11), journal=path)
    assert right.outcomes == dict.fromkeys(range(1, 11), DELETED)
    other = bulk(kind, sandbox.url, range(1, 11), journal=path, client={"api_key": OTHER_KEY})
    assert "another account" in str(other.error)


def test_a_key_that_was_refused_later_is_an_account(sandbox, kind, path):
    """Where an id was deleted before the key was refused, the others are of that account too: no other key goes on."""

    def refused_from_the_second_on(id, number):
        return DONE if id == 1 else b'{"success":false,"code":10}'

    with Server(refused_from_the_second_on) as server:
        told = bulk(kind, server.url, range(1, 11), journal=path, concurrency=1)
        assert (told.outcomes[1], type(told.error)) == (DELETED, AuthenticationError)
        asked = len(server.ids)
        other = bulk(kind, server.url, range(1, 11), journal=path, client={"api_key": OTHER_KEY})
        assert ("another account" in str(other.error), len(server.ids)) == (True, asked)


def test_a_journal_that_was_only_begun_has_its_account(sandbox, kind, path):
    """That nothing was sent yet frees no journal: its ids may be from the first account's list."""
    marked = Journal(path)
    marked.bind_account("a fingerprint")
    marked.add_all(unplaced([1, 2]))
    marked.close()
    told = bulk(kind, sandbox.url, [1, 2], journal=path)
    assert ("another account" in str(told.error), sandbox.requests()) == (True, [])


def test_another_base_url_is_refused(sandbox, kind, path):
    """A journal that was begun at another server is refused, and nothing is sent."""
    bulk(kind, sandbox.url, [1], journal=path)
    with Server() as server:
        told = bulk(kind, server.url, [1], journal=path)
    assert isinstance(told.error, JournalError)
    assert "another base url" in str(told.error)
    assert server.ids == []


def test_the_key_is_not_in_the_journal(sandbox, kind, path):
    """The journal knows the account by a fingerprint."""
    bulk(kind, sandbox.url, [1], journal=path)
    assert KEY.encode() not in path.read_bytes()


def test_a_second_run_in_this_process_is_refused(sandbox, kind, path):
    """While a run has the journal, another one on it is refused with nothing sent, and the first goes on."""
    seconds = []
    told = bulk(
        "sync", sandbox.url, range(1, 31), journal=path,
        each=lambda item: seconds.append(bulk(kind, sandbox.url, range(1, 31), journal=path)) if not seconds else None,
    )  # fmt: skip
    assert "another run" in str(seconds[0].error)
    assert seconds[0].items == []
    assert len(told.items) == len(sandbox.requests()) == 30


def test_an_open_journal_serves_one_run_at_a_time(sandbox, path):
    """The same Journal object given to two runs at a time: the second is refused."""
    with contextlib.closing(Journal(path)) as journal, MailPartner(base_url=sandbox.url) as mp:
        first = mp.unsubscribes.delete_many(range(1, 31), rate=None, journal=journal)
        next(first)
        with pytest.raises(JournalError, match="Another run"):
            next(mp.unsubscribes.delete_many(range(1, 31), rate=None, journal=journal))
        assert len(list(first)) == 29
        assert len(list(mp.unsubscribes.delete_many(range(1, 31), rate=None, journal=journal))) == 30


RUN = textwrap.dedent("""
    import sys
    from mailpartner import JournalError, MailPartner
    url, path, last = sys.argv[1:4]
    with MailPartner(base_url=url) as mp:
        try:
            for item in mp.unsubscribes.delete_many(range(1, int(last) + 1), rate=None, journal=path):
                print(item.input, item.outcome.value if item.outcome else repr(item.error), flush=True)
        except JournalError as error:
            print("refused", error, flush=True)
""")


def run_elsewhere(url, path, last, **options):
    with script(RUN, url, str(path), str(last), **options) as process:
        printed, complaints = process.communicate(timeout=60)
    assert complaints == ""
    return printed.splitlines()


def test_a_second_run_in_another_process_is_refused(sandbox, path):
    """While a run has the journal, one in another process is refused with nothing sent."""
    others = []
    told = bulk(
        "sync", sandbox.url, range(1, 31), journal=path,
        each=lambda item: others.append(run_elsewhere(sandbox.url, path, 30)) if not others else None,
    )  # fmt: skip
    assert len(others[0]) == 1
    assert others[0][0].startswith("refused")
    assert "another run has it open" in others[0][0]
    assert len(told.items) == len(sandbox.requests()) == 30


@needs_linux
def test_a_journal_that_is_read_only_stops_before_anything_is_sent(sandbox, kind, tmp_path):
    """On a file system that is mounted read-only: a new journal and a begun one are refused, and nothing is sent."""
    place = tmp_path / "place"
    place.mkdir()
    bulk(kind, sandbox.url, [1, 2, 3, 4], journal=place / "begun", most=3, concurrency=1)
    with mounted(place, "--bind", str(place)):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(place)], check=True)
        sandbox.clear_requests()
        for name in ("begun", "new"):
            told = bulk(kind, sandbox.url, [1, 2, 3, 4], journal=place / name)
            assert isinstance(told.error, JournalError)
            assert set(told.outcomes.values()) <= {DELETED}
        assert sandbox.requests() == []
    assert bulk(kind, sandbox.url, [1, 2, 3, 4], journal=place / "begun").outcomes == dict.fromkeys(
        range(1, 5), DELETED
    )


@contextlib.contextmanager
def mounted(place, *options):
    try:
        subprocess.run(["mount", *options, str(place)], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"nothing can be mounted here: {error}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.parametrize("name", ["a-folder", "missing/journal", "a-file/journal"])
def test_a_place_where_no_journal_can_be_is_refused(sandbox, kind, tmp_path, name):
    """A folder, a path into a folder that is not there, a path into a file: a JournalError, nothing sent."""
    (tmp_path / "a-folder").mkdir()
    (tmp_path / "a-file").touch()
    told = bulk(kind, sandbox.url, [1], journal=tmp_path / name)
    assert isinstance(told.error, JournalError)
    assert sandbox.requests() == []


@needs_linux
def test_a_full_disk_stops_before_the_next_request(sandbox, kind, tmp_path):
    """On a disk that is full the run stops with a JournalError: what was sent has its item and its mark, nothing is
    sent without. With room made, the same journal goes on."""
    place = tmp_path / "small"
    place.mkdir()
    with mounted(place, "-t", "tmpfs", "-o", "size=160k", "tmpfs"):
        (place / "ballast").write_bytes(bytes(60_000))
        ids = range(1, 501)
        told = bulk(kind, sandbox.url, ids, journal=place / "journal")
        assert isinstance(told.error, JournalError)
        assert "full" in str(told.error)
        assert 10 < len(told.items) == len(sandbox.requests()) < 500
        (place / "ballast").unlink()
        subprocess.run(["mount", "-o", "remount,size=4m", str(place)], check=True)
        sent = {int(seen["query"].rpartition("id=")[2].partition("&")[0]) for seen in sandbox.requests()}
        assert sent <= set(states(place / "journal"))
        sandbox.clear_requests()
        again = bulk(kind, sandbox.url, ids, journal=place / "journal")
    assert again.error is None
    assert sorted(again.outcomes) == list(ids)
    assert set(again.outcomes.values()) <= {DELETED, GONE}
    assert {number for number, outcome in again.outcomes.items() if outcome is GONE} <= sent
    assert sandbox.count() == 500


@needs_linux
def test_a_limit_on_the_size_of_files_stops_before_the_next_request(sandbox, path):
    """The same where the file may not grow (RLIMIT_FSIZE), in a process of its own."""
    few = functools.partial(resource.setrlimit, resource.RLIMIT_FSIZE, (48 << 10, 48 << 10))
    lines = run_elsewhere(sandbox.url, path, 500, preexec_fn=few)
    assert lines[-1].startswith("refused Cannot write the journal")
    assert 0 < len(lines) - 1 == len(sandbox.requests()) < 500
    assert {int(line.split()[0]) for line in lines[:-1]} <= set(states(path))
    lines = run_elsewhere(sandbox.url, path, 500)
    assert sorted(int(line.split()[0]) for line in lines) == list(range(1, 501))
    assert {line.split()[1] for line in lines} <= {"deleted", "already_gone"}
    assert sandbox.count() == 500


KILLED = textwrap.dedent("""
    import os, signal, sys
    from mailpartner import MailPartner
    url, path = sys.argv[1:3]
    with MailPartner(base_url=url) as mp:
        for number, item in enumerate(mp.unsubscribes.delete_many(range(1, 201), rate=None, journal=path)):
            if number == 90:
                break
        for number, item in enumerate(mp.unsubscribes.delete_many(range(1, 201), rate=None, journal=path)):
            if number == 130:
                os.kill(os.getpid(), signal.SIGKILL)
""")


class Killed:
    """A server, and the files of a run on it that was killed: the journal, and the log beside it."""

    def __init__(self, place, server, listed):
        self.path, self.server, self.listed = place / "journal", server, listed
        with script(KILLED, server.url, str(self.path), env={**os.environ, "MAILPARTNER_API_KEY": KEY}) as process:
            assert process.communicate(timeout=60) == ("", "")
        self.left = set(listed)

    def cut(self, place):
        """A copy of the files for each KiB at which one of them can be cut."""
        for name in ("journal", "journal-wal"):
            for size in range(0, self.path.with_name(name).stat().st_size, 1024):
                for file in ("journal", "journal-wal"):
                    shutil.copy(self.path.with_name(file), place / file)
                os.truncate(place / name, size)
                yield place / "journal"


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    listed = set(range(1, 201))

    def answer(id, number):
        known = id in listed
        listed.discard(id)
        return DONE if known else UNKNOWN

    with Server(answer) as server:
        yield Killed(tmp_path_factory.mktemp("killed"), server, listed)


def test_a_journal_cut_short_tells_nothing_wrong(killed, tmp_path):
    """Cut at any KiB, the journal and its log are read as they were at some time, or refused with a JournalError: no id
    has an outcome there that it did not have."""
    ended = Counter()
    for path in killed.cut(tmp_path):
        try:
            recorded = states(path)
        except JournalError:
            ended["refused"] += 1
            continue
        ended["read"] += 1
        assert set(recorded.values()) <= {journals.PENDING, SENT, DELETED}
        assert killed.left.isdisjoint(number for number, state in recorded.items() if state == DELETED)
    assert ended["read"] > 20
    assert ended["refused"] > 3


def test_a_journal_cut_short_is_resumed_or_refused(killed, kind, tmp_path):
    """A sample of them is run again: either all ids get an outcome, those that were gone before as already gone or as
    recorded, or the run raises JournalError; what it tells is true."""
    cuts = sum(1 for _ in killed.cut(tmp_path))
    chosen = set(random.Random(6).sample(range(cuts), 6)) | {0, 2, cuts - 1}
    for number, path in enumerate(killed.cut(tmp_path)):
        if number not in chosen:
            continue
        killed.listed |= killed.left
        told = bulk(kind, killed.server.url, range(1, 201), journal=path, missing_ok=True)
        assert told.error is None or isinstance(told.error, JournalError)
        assert set(told.outcomes.values()) <= {DELETED, GONE}
        assert killed.listed.isdisjoint(told.outcomes)
        assert told.error is not None or len(told.items) == 200


def test_garbage_is_no_journal(sandbox, kind, path):
    """A file that is none of SQLite's is refused, stays as it is, and nothing is sent."""
    for garbage in (
        b"id;email\n300;a@example.com\n",
        random.Random(6).randbytes(9000),
        b"SQLite format 3\0" + bytes(5000),
    ):
        path.write_bytes(garbage)
        told = bulk(kind, sandbox.url, [1], journal=path)
        assert isinstance(told.error, JournalError)
        assert path.read_bytes() == garbage
    assert sandbox.requests() == []


def test_another_programs_database_is_no_journal(sandbox, kind, path):
    """A database of something else is refused and not written to."""
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE customers (id, name)")
        database.commit()
    before = path.read_bytes()
    told = bulk(kind, sandbox.url, [1], journal=path)
    assert isinstance(told.error, JournalError)
    assert "another program" in str(told.error)
    assert path.read_bytes() == before
    assert sandbox.requests() == []


def test_an_empty_file_becomes_a_journal(sandbox, kind, path):
    """A file of no bytes, as tempfile makes it, is a journal that was not begun yet."""
    path.touch()
    assert bulk(kind, sandbox.url, [1], journal=path).items == [BulkSuccess(1, DELETED)]


def test_a_journal_of_a_later_format_is_refused(sandbox, kind, path):
    """A journal whose format this version does not know is refused, and nothing is sent."""
    with contextlib.closing(Journal(path)) as journal:
        journal._db.execute("PRAGMA user_version=99")
    assert isinstance(bulk(kind, sandbox.url, [1], journal=path).error, JournalError)
    assert sandbox.requests() == []
