"""Carry out a request that must not be made twice: recorded before it leaves, with its outcome afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import attrs

from mailpartner._transport.base_url import is_loopback
from mailpartner.cli.error_text import error_fields, text_of
from mailpartner.cli.exit_codes import SOME_FAILED, USAGE, Ended, code_of
from mailpartner.cli.language import _, result_text
from mailpartner.cli.paths import state_folder
from mailpartner.cli.record import CANCELLED, NOT_DONE, Digest, Record, Request
from mailpartner.cli.run_journal import no_record, open_record, recording, who
from mailpartner.cli.say import say, shown, state
from mailpartner.errors import APIError, JournalError, MailPartnerError

if TYPE_CHECKING:
    from mailpartner.cli.output import Output
    from mailpartner.client import MailPartner


@attrs.frozen
class RecordedRequest:
    """A request, as the record has it.

    Attributes:
        client: The client that sends it.
        type: That of its JSON line.
        success: Its outcome if the server does it; None: its result tells.
        digest: Equal for requests that ask for the same.
        details: What is recorded of it.
        only_once: Whether it is refused although an earlier one with this digest was done; one that is in doubt always
            refuses the next.
        again: Whether it is sent whatever the record has.
        unrecorded: Whether it is sent without a record.
    """

    client: MailPartner
    type: str
    success: str | None
    digest: Digest
    details: dict[str, Any]
    only_once: bool
    again: bool
    unrecorded: bool

    def carry_out(self, send: Callable[[], Any]) -> Any:
        """Send it and return its result.

        Raises:
            Ended: If it cannot be recorded, or the record has it already.
            MailPartnerError: If it fails.
        """
        if self.unrecorded:
            state.effects = _("What was under way may have been done.")
            return send()
        with recording(state_folder("--no-record"), self.client) as record:
            try:
                if refusal := self._refusal(record.path.parent, record):
                    raise Ended(refusal, USAGE)
                where = {"key_fingerprint": self.client.key_fingerprint(), "base_url": self.client.base_url,
                         "sandbox": _is_sandbox(self.client)}  # fmt: skip
                number = record.begin_request(self.type, self.digest.text, {**who(), **where, **self.details})
            except JournalError as error:
                raise no_record(error) from None
            state.effects = _("What was sent is recorded in {file}.").format(file=record.path)
            try:
                result = send()
            except MailPartnerError as error:
                told = {"error": type(error).__name__, "code": getattr(error, "code", None)}
                _end(record, number, outcome_of(error), told)
                raise
            told = {"message_id": result.message_id} if getattr(result, "message_id", None) else {}
            _end(record, number, self.success or result.outcome.value, told)
            return result

    def check(self) -> None:
        """Raise Ended if it would be refused: before anybody is asked, who would be asked for nothing."""
        if refusal := self.refusal():
            raise Ended(refusal, USAGE)

    def refusal(self) -> str | None:
        """Return why it would be refused, None if it would be sent. Raise Ended if a record cannot be read."""
        return None if self.unrecorded else self._refusal(state_folder("--no-record"))

    def _refusal(self, folder: Path, opened: Record | None = None) -> str | None:
        if self.again:
            return None
        known = list(_recorded(self.client, folder, opened))
        earlier = _last(filter(self._speaks_against, known))
        return None if earlier is None else self._told(earlier, _cancelled(known, earlier))

    def _speaks_against(self, earlier: Request) -> bool:
        """Return whether an earlier request asks for the same, and this one must not follow it."""
        if earlier.type != self.type or earlier.outcome in NOT_DONE:
            return False
        if earlier.outcome != "in_doubt":
            return self.only_once and self.digest.is_of(earlier)
        content = self.details.get("content")  # who does not know whether it went out may try another time
        return self.digest.is_of(earlier) or (content is not None and earlier.details.get("content") == content)

    def _told(self, earlier: Request, cancelled: Request | None) -> str:
        """Return why a request is refused, for stdout too."""
        if earlier.outcome == "in_doubt":
            text = result_text(
                "The same was asked for at {when}, and may have been done: its answer was lost, or the command ended"
                " before it came. Nothing was sent. Find out; if it was not done, give --again."
            )
        elif cancelled is not None:
            text = result_text(
                "The same mail was handed to Mail Partner at {when}, with the message id {id}, and cancelled at"
                " {cancelled}. Nothing was sent. To send it once more, give --again."
            )
        else:
            text = result_text(
                "The same mail was handed to Mail Partner at {when}, with the message id {id}. Nothing was sent."
                " To send it once more, give --again."
            )
        account = (earlier.details["key_fingerprint"], earlier.details["base_url"])
        if account != (self.client.key_fingerprint(), self.client.base_url):
            text += result_text(
                " That was with another key or server, {fingerprint} at {url}, perhaps of the same account."
            )
        return text.format(
            when=in_utc(earlier), cancelled=cancelled and in_utc(cancelled),
            id=shown(str(earlier.details.get("message_id"))), fingerprint=account[0], url=account[1],
        )  # fmt: skip


def in_utc(request: Request) -> str:
    """Return when a request was made."""
    return request.at.replace("T", " ").replace("+00:00", " UTC")


def message_in_record(client: MailPartner, message_id: str) -> tuple[Request | None, Request | None]:
    """Return how a message was sent and how it was cancelled, as the records tell. Raise Ended if one is not read."""
    known = list(_recorded(client, state_folder("--no-record")))
    sent = _last(each for each in known if each.type == "message" and each.details.get("message_id") == message_id)
    return sent, None if sent is None else _cancelled(known, sent)


def _cancelled(known: list[Request], message: Request) -> Request | None:
    """Return the request that cancelled a message."""
    number = message.details.get("message_id")
    after = (each for each in known if each.outcome in CANCELLED and each.at >= message.at)
    return _last(each for each in after if each.details.get("message_id") == number is not None)


def _last(requests: Iterable[Request]) -> Request | None:
    return max(requests, key=lambda request: request.at, default=None)


def _recorded(client: MailPartner, folder: Path, opened: Record | None = None) -> Iterator[Request]:
    """Yield what the records of all years have of an account: New Year comes between two tries."""
    for path in sorted(folder.glob("[0-9][0-9][0-9][0-9].journal")):
        if opened is not None and path.name == opened.path.name:
            yield from filter(partial(_concerns, client), opened.requests())
        else:
            with closing(open_record(path)) as record:
                yield from filter(partial(_concerns, client), record.requests())


def _concerns(client: MailPartner, earlier: Request) -> bool:
    """Return whether an earlier request may be of the account of a client, whose key and server may have changed.

    A sandbox has nothing to do with what is real, and nothing with a sandbox elsewhere.
    """
    url = earlier.details["base_url"]
    in_sandbox = earlier.details.get("sandbox", _is_sandbox_url(url))
    here = _is_sandbox(client)
    return bool(in_sandbox == here and (url == client.base_url or not here))


def _is_sandbox(client: MailPartner) -> bool:
    return client.has_sandbox_key or _is_sandbox_url(client.base_url)


def _is_sandbox_url(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "http" or is_loopback(parts.hostname or "")


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


def _end(record: Record, number: int, outcome: str, details: dict[str, Any]) -> None:
    try:
        record.end_request(number, outcome, details)
    except JournalError as error:
        text = _("What came of it could not be recorded, and counts as in doubt: {why}")
        say(text.format(why=text_of(error)))
    if not record.is_in_place():
        text = _(
            "The record {file} was deleted, moved or replaced meanwhile: what came of this is not in it, and the same"
            " is not refused there. Put the file back, or keep this output."
        )
        say(text.format(file=record.path))
