"""Read what is to be deleted, and compare it with the list of unsubscribes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from mailpartner.cli.exit_codes import USAGE, Ended
from mailpartner.cli.inputs import Inputs
from mailpartner.cli.language import _
from mailpartner.cli.progress import Waiting
from mailpartner.cli.reader.staging import MISMATCH, Additions, Staging
from mailpartner.cli.say import shown

if TYPE_CHECKING:
    from mailpartner.cli.listing import ListingClient

MOST_MISMATCHES = 3
MISMATCH_SHARE = 20


class Comparison:
    """An input that was read, and what the list has for it."""

    def __init__(self, inputs: Inputs, staging: Staging, waiting: Waiting) -> None:
        """Read the input. Raise Ended if it cannot be read, or is not clear."""
        self.inputs = inputs
        self.staging = staging
        self.compared = False
        self.waiting = waiting
        with self._step(_("Reading {file}").format(file=inputs.name)):
            self.reading = inputs.read(staging)

    @classmethod
    @contextmanager
    def begin(cls, inputs: Inputs) -> Iterator[Comparison]:
        """Read the input, and forget it at the end of the block."""
        with closing(Additions() if inputs.adding else Staging()) as staging:
            yield cls(inputs, staging, Waiting())

    @property
    def useful(self) -> bool:
        """True if the input holds anything that is taken."""
        counts = self.staging.counts()
        return bool(counts["ids"] or counts["addresses"])

    def accept(self) -> None:
        """Take all ids as they are, without the list; addresses are not looked up."""
        with self._step(_("Sorting the ids")):
            self.staging.accept()

    def compare(self, client: ListingClient, ignore_case: bool) -> None:
        """Compare everything with the list, which is read in one call."""
        self.compared = True
        with self._step(_("Reading the list of unsubscribes")):
            client.scan(self.staging.begin_list, self.staging.add_listed)
        with self._step(_("Comparing with the list of unsubscribes")):
            self.staging.compare(ignore_case)

    def refusal(self) -> str | None:
        """Return why a file is refused whose ids are another system's; None if they are those of the list."""
        counts, layout = self.staging.counts(), self.reading.layout
        found, pairs = counts["mismatches"], counts["pairs"]
        if found < MOST_MISMATCHES and found * MISMATCH_SHARE <= pairs:
            return None
        example = next(reject for reject in self.staging.rejects() if reject.reason == MISMATCH)
        text = _(
            "These ids are not Mail Partner's: in {found} of {pairs} rows of {file} the id and the address are not of"
            " one entry. Nothing was sent. Line {line} has {text}; the list has {entries}."
        )
        option = ""
        if layout is not None and layout.address is not None:
            option = layout.option(layout.address)
            text += _(
                " {option} goes by the addresses alone;"
                " --skip-mismatches rejects such rows and goes on with the others."
            )
        else:
            text += _(" --skip-mismatches rejects such rows and goes on with the others.")
        return text.format(
            found=found, pairs=pairs, file=self.inputs.name, line=example.line, text=shown(example.raw),
            entries=shown(example.entries()), option=option,
        )  # fmt: skip

    @contextmanager
    def _step(self, what: str) -> Iterator[None]:
        """Say what is done if it takes long. Raise Ended if SQLite cannot write its temporary file."""
        try:
            with self.waiting.during(what):
                yield
        except sqlite3.OperationalError as error:
            text = _(
                "The temporary folder cannot be used: {why}. Nothing was sent."
                " Free space in it, or name another in TMPDIR."
            )
            raise Ended(text.format(why=error), USAGE) from None
