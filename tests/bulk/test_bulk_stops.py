"""When a run stops by itself: a key or an account that is refused, a server that does not answer, a caller's wish."""

import threading

import pytest
from bulk_help import DELETED, DONE, OTHER_KEY, PATIENCE, UNKNOWN, Counted, Server, bulk, unused_url

from mailpartner import (
    APIConnectionError,
    AuthenticationError,
    BulkStoppedError,
    NotFoundError,
    PermissionDeniedError,
    ServerError,
)
from mailpartner._bulk.state import MAX_FAILURES


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("INVALID_API_KEY", AuthenticationError),
        ("ACCOUNT_BLOCKED", PermissionDeniedError),
        ("ACCOUNT_DISABLED", PermissionDeniedError),
        ("API_ACCESS_DENIED", PermissionDeniedError),
    ],
)
def test_a_refused_key_or_account_stops_the_run(sandbox, kind, code, error):
    """At the first such answer no more ids are taken: the server sees no more requests than may be under way, each
    with its item; then the error itself is raised."""
    sandbox.fault("code", code=code, times=None)
    ids = Counted()
    told = bulk(kind, sandbox.url, ids, concurrency=4)
    assert type(told.error) is error
    assert len(told.items) == len(sandbox.requests()) == ids.taken <= 4
    assert told.error in [item.error for item in told.items]


def test_a_key_that_is_refused_later_stops_the_run_too(sandbox, kind):
    """A key that is withdrawn in mid-run stops it within the calls under way."""
    ids, told_so_far = Counted(), []

    def withdraw(item):
        told_so_far.append(item)
        if len(told_so_far) == 50:
            sandbox.fault("code", code="INVALID_API_KEY", times=None)

    told = bulk(kind, sandbox.url, ids, concurrency=3, each=withdraw)
    assert type(told.error) is AuthenticationError
    assert ids.taken <= 50 + 6
    assert len(told.items) == ids.taken


def test_the_items_under_way_come_before_the_error(kind):
    """A run that stops still tells what became of the calls that were under way then."""
    all_there, refused = threading.Barrier(4), threading.Event()

    def answer(id, number):
        all_there.wait(PATIENCE)
        if id == 1:
            return b'{"success":false,"code":10,"message":"Cl\xc3\xa9"}'
        refused.wait(PATIENCE)
        return DONE

    with Server(answer) as server:
        told = bulk(kind, server.url, range(1, 100), concurrency=4, each=lambda item: refused.set())
    assert told.outcomes == {1: AuthenticationError, 2: DELETED, 3: DELETED, 4: DELETED}
    assert type(told.error) is AuthenticationError


def test_a_server_that_is_not_there_stops_the_run(kind, clock):
    """After 20 failures in a row the run stops as one that can be resumed, each failure an item."""
    ids = Counted()
    told = bulk(kind, unused_url(), ids, clock=clock, concurrency=1)
    assert isinstance(told.error, BulkStoppedError)
    assert isinstance(told.error.error, APIConnectionError)
    assert told.error.maybe_applied is False
    assert len(told.items) == ids.taken == MAX_FAILURES == 20
    assert {type(item.error) for item in told.items} == {APIConnectionError}


@pytest.mark.parametrize(
    ("fault", "error"),
    [("close-after", APIConnectionError), ("code", ServerError), ("html", None), ("rate-limit", None)],
)
def test_every_kind_of_failure_counts(sandbox, kind, clock, fault, error):
    """Lost and unreadable answers, faults of the server and 429s without a time: 20 in a row stop the run."""
    sandbox.fault(fault, times=None, **({"retry_after": None} if fault == "rate-limit" else {}))
    told = bulk(kind, sandbox.url, Counted(), clock=clock, concurrency=1, max_retries=0)
    assert isinstance(told.error, BulkStoppedError)
    assert error is None or isinstance(told.error.error, error)
    assert told.error.maybe_applied is (fault != "rate-limit")
    assert len(told.items) == 20


@pytest.mark.parametrize("good", [DONE, UNKNOWN])
def test_nineteen_failures_are_not_enough(kind, clock, good):
    """Any answer about an id, also that it is unknown, ends the row: 19 failures and one of these go on for ever."""
    with Server(lambda entry, number: good if number % 20 == 0 else None) as server:
        told = bulk(kind, server.url, range(1, 101), clock=clock, concurrency=1, max_retries=0, missing_ok=False)
    assert told.error is None
    assert len([item for item in told.items if isinstance(item.error, APIConnectionError)]) == 95


def test_what_was_never_sent_does_not_end_the_row(kind, clock):
    """Ids that cannot be one say nothing about the server: between them 20 failures are still in a row."""
    ids = (number if number % 2 else "x" for number in range(1, 1000))
    told = bulk(kind, unused_url(), ids, clock=clock, concurrency=1, max_retries=0)
    assert isinstance(told.error, BulkStoppedError)
    assert len(told.items) == 39


def test_stop_on_error_raises_the_first_error(sandbox, kind):
    """With stop_on_error the first error ends the run and is raised, after its own item."""
    ids = iter([1, 2, 5000, 3, 4])
    told = bulk(kind, sandbox.url, ids, concurrency=1, stop_on_error=True, missing_ok=False)
    assert isinstance(told.error, NotFoundError)
    assert told.outcomes == {1: DELETED, 2: DELETED, 5000: NotFoundError}
    assert next(ids) == 3


def test_stop_on_error_minds_no_success(sandbox, kind):
    """With stop_on_error an id that is already gone is none, if missing_ok says so; what cannot be an id is one."""
    assert bulk(kind, sandbox.url, [1, 5000, 2], stop_on_error=True).error is None
    told = bulk(kind, sandbox.url, [3, "4", 5], concurrency=1, stop_on_error=True)
    assert isinstance(told.error, TypeError)
    assert told.outcomes == {3: DELETED, "4": TypeError}


def test_a_stopped_run_can_be_resumed(sandbox, kind, clock, tmp_path):
    """What a run that stopped had not done, the next one with the same journal does, and nothing else."""
    sandbox.fault("close-before", times=None)
    journal = tmp_path / "journal"
    assert isinstance(bulk(kind, sandbox.url, range(1, 101), clock=clock, journal=journal).error, BulkStoppedError)
    sandbox.clear_faults()
    sandbox.clear_requests()
    told = bulk(kind, sandbox.url, range(1, 101), journal=journal)
    assert told.outcomes == dict.fromkeys(range(1, 101), DELETED)
    assert len(sandbox.requests()) == 100


def test_a_refused_run_can_be_resumed_with_the_right_key(sandbox, kind, tmp_path):
    """A run that was stopped by its refused key goes on when the account is heard again."""
    sandbox.fault("code", code="ACCOUNT_BLOCKED", times=None)
    journal = tmp_path / "journal"
    bulk(kind, sandbox.url, range(1, 21), journal=journal, client={"api_key": OTHER_KEY})
    sandbox.clear_faults()
    told = bulk(kind, sandbox.url, range(1, 21), journal=journal, client={"api_key": OTHER_KEY})
    assert told.outcomes == dict.fromkeys(range(1, 21), DELETED)
