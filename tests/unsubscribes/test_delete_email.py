"""unsubscribes.delete_email: the list, then a deletion for each entry with the address."""

from __future__ import annotations

import copy
import pickle

import pytest
from kit.callers import Caller, Callers

from mailpartner import MailPartnerError, NotFoundError, Outcome, PermissionDeniedError
from mailpartner.errors import APIConnectionError, UnexpectedResponseError
from mailpartner.sandbox import Entry, Sandbox

DATE = "2015-07-20 10:19:45"


@pytest.fixture
def listed(sandbox: Sandbox) -> Sandbox:
    """A sandbox that lists Ann three times, twice with other letters after the @, and others."""
    emails = ["Ann@Example.com", "bob@example.com", "Ann@example.com", "ann@example.com", "Ann@EXAMPLE.com"]
    sandbox.load([Entry(number, email, DATE) for number, email in enumerate(emails, 1)])
    return sandbox


def test_every_entry_is_deleted_and_reported(listed: Sandbox, caller: Caller) -> None:
    """All entries with the address go, each with a Deletion in the order of the list; all others stay."""
    deletions = caller.unsubscribes.delete_email("Ann@eXample.com")
    assert [(item.id, item.outcome) for item in deletions] == [(n, Outcome.DELETED) for n in (1, 3, 5)]
    assert isinstance(deletions, tuple)
    assert list(listed.entries()) == [2, 4]
    assert [seen["operation"] for seen in listed.requests()] == ["listUnsubscribes"] + ["deleteUnsubscribe"] * 3


def test_a_single_entry(sandbox: Sandbox, caller: Caller) -> None:
    """One entry makes one Deletion."""
    (deletion,) = caller.unsubscribes.delete_email("user2@example.com")
    assert (deletion.id, deletion.outcome, deletion.attempts) == (2, Outcome.DELETED, 1)


def test_an_address_that_is_not_listed(sandbox: Sandbox, caller: Caller) -> None:
    """It is a NotFoundError that says that nothing was done, or an empty tuple with missing_ok; nothing is deleted."""
    with pytest.raises(NotFoundError) as caught:
        caller.unsubscribes.delete_email("nobody@example.com")
    assert (caught.value.maybe_applied, caught.value.deletions) == (False, ())
    assert "nobody" not in str(caught.value)
    assert caller.unsubscribes.delete_email("nobody@example.com", missing_ok=True) == ()
    assert [seen["operation"] for seen in sandbox.requests()] == ["listUnsubscribes"] * 2


@pytest.mark.parametrize("fault", ["reset-after", "bad-gateway-after", "half-body"])
def test_a_list_that_is_lost_leaves_no_doubt(listed: Sandbox, caller: Caller, fault: str) -> None:
    """Before the first deletion nothing can have been done: the list is only read, and so its loss is none."""
    listed.fault(fault)
    with pytest.raises(MailPartnerError) as caught:
        caller.unsubscribes.delete_email("ann@example.com", max_retries=0)
    assert (caught.value.maybe_applied, caught.value.deletions) == (False, ())
    assert "Nothing was done" in str(caught.value)
    assert len(listed.requests()) == 1


def test_an_entry_that_goes_meanwhile_is_already_gone(listed: Sandbox, caller: Caller) -> None:
    """An entry that somebody else deletes between the list and the deletion is reported as already gone."""
    listed.fault("latency", seconds=0)
    listed.fault("code", code="UNKNOWN_ID")
    outcomes = [deletion.outcome for deletion in caller.unsubscribes.delete_email("Ann@example.com")]
    assert outcomes == [Outcome.ALREADY_GONE, Outcome.DELETED, Outcome.DELETED]


def test_a_lost_answer_in_the_middle_is_repeated(listed: Sandbox, caller: Caller) -> None:
    """A deletion whose answer is lost is repeated and reported as already gone; the others go on."""
    listed.fault("latency", seconds=0, times=2)
    listed.fault("reset-after")
    deletions = caller.unsubscribes.delete_email("Ann@example.com")
    assert [deletion.outcome.name for deletion in deletions] == ["DELETED", "ALREADY_GONE", "DELETED"]
    assert [deletion.attempts for deletion in deletions] == [1, 2, 1]
    assert list(listed.entries()) == [2, 4]


def test_an_error_in_the_middle_carries_what_was_done(listed: Sandbox, caller: Caller) -> None:
    """The error names the deletions before it, says that something was done, and keeps both when it is pickled."""
    listed.fault("latency", seconds=0, times=3)
    listed.fault("code", code="API_ACCESS_DENIED")
    with pytest.raises(PermissionDeniedError) as caught:
        caller.unsubscribes.delete_email("Ann@example.com")
    error = caught.value
    assert [(item.id, item.outcome) for item in error.deletions] == [(1, Outcome.DELETED), (3, Outcome.DELETED)]
    assert error.maybe_applied
    assert error.__notes__ == ["2 of 3 entries with this address were deleted before."]
    assert list(listed.entries()) == [2, 4, 5]
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(twin) is PermissionDeniedError
        assert (str(twin), twin.deletions, twin.maybe_applied) == (str(error), error.deletions, True)
        assert twin.__notes__ == error.__notes__


def test_an_error_in_the_middle_does_not_say_that_nothing_was_done(listed: Sandbox, caller: Caller) -> None:
    """str(error) does not contradict maybe_applied and the deletions."""
    listed.fault("latency", seconds=0, times=2)
    listed.fault("code", code="API_ACCESS_DENIED")
    with pytest.raises(PermissionDeniedError) as caught:
        caller.unsubscribes.delete_email("Ann@example.com")
    assert "Nothing was done" not in str(caught.value)


def test_an_error_at_the_first_deletion_carries_nothing(listed: Sandbox, caller: Caller) -> None:
    """Before the first deletion is done there is no note, and a refusal leaves no doubt."""
    listed.fault("latency", seconds=0)
    listed.fault("code", code="API_ACCESS_DENIED")
    with pytest.raises(PermissionDeniedError) as caught:
        caller.unsubscribes.delete_email("Ann@example.com")
    assert (caught.value.deletions, caught.value.maybe_applied) == ((), False)
    assert not hasattr(caught.value, "__notes__")


def test_a_lost_answer_at_the_end(listed: Sandbox, caller: Caller) -> None:
    """A deletion that stays in doubt ends the call with what was done before it."""
    listed.fault("latency", seconds=0, times=2)
    listed.fault("reset-after")
    with pytest.raises(APIConnectionError) as caught:
        caller.unsubscribes.delete_email("Ann@example.com", max_retries=0)
    assert [item.id for item in caught.value.deletions] == [1]
    assert caught.value.maybe_applied


def test_a_list_that_is_not_whole_deletes_nothing(listed: Sandbox, caller: Caller) -> None:
    """A list with another count is refused before any deletion."""
    listed.settings(nb_data="wrong")
    with pytest.raises(UnexpectedResponseError):
        caller.unsubscribes.delete_email("Ann@example.com")
    assert {seen["operation"] for seen in listed.requests()} == {"listUnsubscribes"}
    assert listed.count() == 5


def test_the_options_hold_for_every_call(listed: Sandbox, connect: Callers, client_kind: str) -> None:
    """Format and method are those given, for the list and for each deletion."""
    connect(listed.url, client_kind).unsubscribes.delete_email("Ann@example.com", format="xml", method="GET")
    seen = [(item["method"], item["query"].rpartition("&")[2]) for item in listed.requests()]
    assert seen == [("GET", "_format=xml")] * 4
