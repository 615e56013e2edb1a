"""The operations of messages: one description each, for sync and async."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from mailpartner._core.call import CallResult, Failure
from mailpartner._core.generated_client import operation_module
from mailpartner._core.request import check_limits
from mailpartner._core.session import Call
from mailpartner.errors import Hint
from mailpartner.resources._base import argument_limits
from mailpartner.results import Cancellation, CancellationOutcome, Delivery, MessageStatus

_TAKE_ID: Final = Hint("take_id_from_sending", "Take the id from the result of the sending.")
_CANCELLATION_HINTS: Final = {
    "not_found": _TAKE_ID,
    "ALREADY_SENT": Hint("read_status", "It went out: messages.status() tells what became of it."),
    "TOO_LATE_TO_CANCEL": Hint("too_late", "It goes out as planned."),
    "doubt": Hint("cancel_again", "Cancel it once more: that it is cancelled already then means that it worked."),
}
_STATUS_HINTS: Final = {"not_found": _TAKE_ID}


def status_call(message_id: str | int) -> Call[MessageStatus]:
    """Describe reading what became of a message.

    Raises:
        TypeError: If `message_id` is neither str nor int.
        ValueError: If `message_id` is empty or holds spaces.
    """
    number = _checked_id("getMessageStatus", message_id)
    module = operation_module("messages.get_message_status")
    return Call(module, {"message_id": number}, partial(_status, number), _STATUS_HINTS)


def _status(message_id: str, outcome: CallResult) -> MessageStatus:
    if isinstance(outcome, Failure):
        raise outcome.error
    data = outcome.envelope.data
    return MessageStatus(data.get("messageId", message_id), tuple(map(_delivery, data["StatutResponseList"])))


def _delivery(row: dict[str, Any]) -> Delivery:
    date = datetime.fromtimestamp(int(row["date"]), UTC) if "date" in row else None
    return Delivery(row["email"], row.get("status"), row.get("cost"), row.get("stopMail"), date, row.get("token"))


def cancel_call(message_id: str | int) -> Call[Cancellation]:
    """Describe cancelling a message.

    Raises:
        TypeError: If `message_id` is neither str nor int.
        ValueError: If `message_id` is empty or holds spaces.
    """
    number = _checked_id("cancelMessage", message_id)
    module = operation_module("messages.cancel_message")
    return Call(module, {"message_id": number}, partial(_cancellation, number), _CANCELLATION_HINTS)


def _cancellation(message_id: str, outcome: CallResult) -> Cancellation:
    if isinstance(outcome, Failure):
        error, http = outcome.error, outcome.http
        if not outcome.refused_as_done or http is None:
            raise error
        done, code, message = CancellationOutcome.ALREADY_CANCELLED, error.code, error.message  # type: ignore[attr-defined]
    else:
        done, code, message = CancellationOutcome.CANCELLED, outcome.envelope.code, outcome.envelope.message
        http = outcome.http
    return Cancellation(message_id, done, code=code, message=message, attempts=outcome.attempts, http=http)


def _checked_id(operation_id: str, message_id: object) -> str:
    if isinstance(message_id, bool) or not isinstance(message_id, (str, int)):
        raise TypeError(f"message_id must be a str, not {type(message_id).__name__}. Nothing was sent.")
    text = str(message_id)
    check_limits("message_id", text, argument_limits(operation_id, "messageId"))
    return text
