"""Carry out a request that must not be made twice: recorded before it leaves, with its outcome afterwards."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from mailpartner.cli.error_text import text_of
from mailpartner.cli.exit_codes import SOME_FAILED, USAGE, Ended, code_of
from mailpartner.cli.items import error_fields
from mailpartner.cli.language import _, result_text
from mailpartner.cli.paths import state_folder
from mailpartner.cli.record import Record, Request
from mailpartner.cli.run_journal import no_record, recording, who
from mailpartner.cli.say import say, shown, state
from mailpartner.errors import APIError, JournalError, MailPartnerError

if TYPE_CHECKING:
    from mailpartner.cli.output import Output
    from mailpartner.client import MailPartner

R = TypeVar("R")


@attrs.frozen
class RecordedRequest:
    """A request, as the record has it.

    Attributes:
        type: That of its JSON line.
        success: Its outcome if the server does it.
        digest: Equal for requests that ask for the same.
        details: What is recorded of it.
        only_once: Whether it is refused although an earlier one with this digest was done; one that is in doubt always
            refuses the next.
        again: Whether it is sent whatever the record has.
        unrecorded: Whether it is sent without a record.
    """

    type: str
    success: str
    digest: str
    details: dict[str, Any]
    only_once: bool
    again: bool
    unrecorded: bool

    def carry_out(self, client: MailPartner, send: Callable[[], R]) -> R:
        """Send it and return its result.

        Raises:
            Ended: If it cannot be recorded, or the record has it already.
            MailPartnerError: If it fails.
        """
        if self.unrecorded:
            state.effects = _("What was under way may have been done.")
            return send()
        with recording(state_folder("--no-record"), client) as record:
            try:
                if not self.again:
                    self._check(record)
                where = {"key_fingerprint": client.key_fingerprint(), "base_url": client.base_url}
                number = record.begin_request(self.type, self.digest, {**who(), **where, **self.details})
            except JournalError as error:
                raise no_record(error) from None
            state.effects = _("What was sent is recorded in {file}.").format(file=record.path)
            try:
                result = send()
            except MailPartnerError as error:
                told = {"error": type(error).__name__, "code": getattr(error, "code", None)}
                _end(record, number, outcome_of(error), told)
                raise
            _end(record, number, self.success, {"message_id": getattr(result, "message_id", None)})
            return result

    def _check(self, record: Record) -> None:
        """Raise Ended if the record of any year has the same, and that may not be sent once more."""
        known = [record.find_request(self.digest), *_find_in_other_years(record.path, self.digest)]
        earlier = max(filter(None, known), key=lambda request: request.at, default=None)
        if earlier is None or not (self.only_once or earlier.outcome == "in_doubt"):
            return
        if earlier.outcome == "in_doubt":
            text = _(
                "The same was asked for at {when}, and may have been done: its answer was lost, or the command ended"
                " before it came. Nothing was sent. Find out; if it was not done, give --again."
            )
        else:
            text = _(
                "The same mail was handed to Mail Partner at {when}, with the message id {id}. Nothing was sent."
                " To send it once more, give --again."
            )
        when = earlier.at.replace("T", " ").replace("+00:00", " UTC")
        raise Ended(text.format(when=when, id=shown(str(earlier.details.get("message_id")))), USAGE)


def digest_of(client: MailPartner, *content: object) -> str:
    """Return the SHA-256 of what a request asks for, and of which account at which server."""
    data = json.dumps([client.base_url, client.key_fingerprint(), *content], sort_keys=True)
    return hashlib.sha256(data.encode("ascii")).hexdigest()


def outcome_of(error: MailPartnerError) -> str:
    """Return the outcome of a request that failed."""
    if error.maybe_applied:
        return "in_doubt"
    return "refused" if isinstance(error, APIError) else "not_sent"


def tell_failure(output: Output, type: str, error: MailPartnerError, **fields: Any) -> int:
    """Say why a request failed, and return the exit code."""
    code = code_of(error) or SOME_FAILED
    why = error_fields(error, text_of(error, translate=result_text))
    output.record(type, **fields, outcome=outcome_of(error), error=why)
    output.record("summary", exit=code)
    say(text_of(error))
    return code


def _find_in_other_years(path: Path, digest: str) -> Iterator[Request | None]:
    """Look into the records of other years: New Year comes between two tries, and so may a clock that was wrong."""
    for other in sorted(path.parent.glob("[0-9][0-9][0-9][0-9].journal")):
        if other.name == path.name:
            continue
        try:
            with closing(Record(other)) as record:
                yield record.find_request(digest)
        except JournalError as error:
            raise no_record(error) from None


def _end(record: Record, number: int, outcome: str, details: dict[str, Any]) -> None:
    try:
        record.end_request(number, outcome, details)
    except JournalError as error:
        text = _("What came of it could not be recorded, and counts as in doubt: {why}")
        say(text.format(why=text_of(error)))
