"""Many additions: the same run as for deletions, with addresses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bulk_help import KEY, bulk, states
from kit.callers import Callers

from mailpartner import APIConnectionError, JournalError
from mailpartner.results import AdditionOutcome
from mailpartner.sandbox import Sandbox

ADDED, LISTED = AdditionOutcome.ADDED, AdditionOutcome.ALREADY_LISTED
NEW = ["new1@example.com", "new2@example.com"]


def add(kind: str, url: str, emails: Any, **options: Any) -> dict[Any, Any]:
    """By input its outcome, or the class of its error."""
    with Callers() as connect:
        caller = connect(url, kind, key=KEY)
        run = caller.client.unsubscribes.add_many(emails, **{"rate": None, **options})
        items = caller.run(lambda: run.results())
    return {item.input: item.outcome or type(item.error) for item in items}


def test_each_address_has_its_outcome(sandbox: Sandbox, kind: str) -> None:
    """Added, listed already, and refused before anything is sent."""
    found = add(kind, sandbox.url, [*NEW, "user2@example.com", "no address", 5])
    assert found == {**dict.fromkeys(NEW, ADDED), "user2@example.com": LISTED, "no address": ValueError, 5: TypeError}
    assert {entry.email for entry in sandbox.entries().values()} >= set(NEW)
    assert len(sandbox.requests()) == 3


def test_exist_ok_false_makes_it_an_error(sandbox: Sandbox, kind: str) -> None:
    """Without exist_ok an address that is listed already has failed, as with `add`."""
    found = add(kind, sandbox.url, ["user2@example.com"], exist_ok=False)
    assert [error.__name__ for error in found.values()] == ["InvalidRequestError"]


def test_a_lost_answer_is_settled_by_the_next_attempt(sandbox: Sandbox, kind: str) -> None:
    """That the address is listed already after a lost answer means that it was added."""
    sandbox.fault("close-after")
    assert add(kind, sandbox.url, NEW[:1], exist_ok=False) == {NEW[0]: LISTED}


def test_it_is_resumed_with_its_journal(sandbox: Sandbox, kind: str, tmp_path: Path) -> None:
    """A second run with the same journal sends what has no outcome, and knows the rest."""
    journal = tmp_path / "journal"
    sandbox.fault("close-after")
    first = add(kind, sandbox.url, NEW, journal=journal, max_retries=0, concurrency=1)
    assert first == {NEW[0]: APIConnectionError, NEW[1]: ADDED}
    sandbox.clear_requests()
    assert add(kind, sandbox.url, NEW, journal=journal, exist_ok=False) == {NEW[0]: LISTED, NEW[1]: ADDED}
    assert len(sandbox.requests()) == 1
    assert states(journal) == {NEW[0]: LISTED, NEW[1]: ADDED}


def test_a_journal_of_another_operation_is_refused(sandbox: Sandbox, kind: str, tmp_path: Path) -> None:
    """A journal of deletions takes no additions, and the other way round."""
    add(kind, sandbox.url, NEW, journal=tmp_path / "journal")
    sandbox.clear_requests()
    told = bulk(kind, sandbox.url, [1, 2], journal=tmp_path / "journal")
    assert isinstance(told.error, JournalError)
    assert "begun with another operation" in str(told.error)
    assert sandbox.requests() == []
