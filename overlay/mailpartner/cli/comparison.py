"""Read what is to be deleted, and compare it with the list of unsubscribes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mailpartner.cli.exits import USAGE, Ended
from mailpartner.cli.inputs import Inputs
from mailpartner.cli.reader.reader import Reading
from mailpartner.cli.reader.staging import MISMATCH, Staging
from mailpartner.cli.say import shown
from mailpartner.cli.waiting import waiting

if TYPE_CHECKING:
    from mailpartner.cli.listing import ListingClient

MOST_MISMATCHES = 3
MISMATCH_SHARE = 20


def read(inputs: Inputs, staging: Staging) -> Reading:
    """Read the input. Raise Ended if it cannot be read, or is not clear."""
    with waiting(f"Reading {inputs.name}"), _temporary_space():
        return inputs.read(staging)


def resolve(client: ListingClient, staging: Staging, yes: bool, ignore_case: bool) -> dict[str, int]:
    """Find the ids to delete, and return the counts.

    With `yes` nobody is shown whose entries they are. Then the list is read only if there are addresses.
    """
    if staging.has_addresses or not yes:
        compare(client, staging, ignore_case)
    else:
        with waiting("Reading the ids"), _temporary_space():
            staging.accept()
    return staging.counts()


def compare(client: ListingClient, staging: Staging, ignore_case: bool) -> None:
    """Compare everything with the list, which is read in one call."""
    with waiting("Reading the list of unsubscribes"), _temporary_space():
        client.scan(staging.begin_list, staging.add_listed)
    with waiting("Comparing with the list of unsubscribes"), _temporary_space():
        staging.compare(ignore_case)


def refusal(name: str, staging: Staging, reading: Reading) -> str | None:
    """Return why a file is refused whose ids are another system's; None if they are those of the list."""
    counts = staging.counts()
    found, pairs = counts["mismatches"], counts["pairs"]
    if found < MOST_MISMATCHES and found * MISMATCH_SHARE <= pairs:
        return None
    layout, example = reading.layout, next(each for each in staging.rejects() if each.reason == MISMATCH)
    way_out = ""
    if layout is not None and layout.address is not None:
        way_out = f" {layout.option(layout.address)} goes by the addresses alone;"
    return (
        f"These ids are not Mail Partner's: in {found} of {pairs} rows of {name} the id and the address are not of one"
        f" entry. Nothing was sent. Line {example.line} has {shown(example.raw)}; {shown(example.detail)}.{way_out}"
        " --skip-mismatches rejects such rows and goes on with the others."
    )


@contextmanager
def _temporary_space() -> Iterator[None]:
    """Raise Ended if SQLite cannot write its temporary file."""
    try:
        yield
    except sqlite3.OperationalError as error:
        text = f"The temporary folder cannot be used: {error}. Nothing was sent."
        raise Ended(f"{text} Free space in it, or name another in TMPDIR.", USAGE) from None
