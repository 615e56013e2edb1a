"""The time at which a message is to be sent, as the API takes it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from typing import Final

from mailpartner.contract import SENDING
from mailpartner.errors import ConfigurationError
from mailpartner.resources._base import argument_limits

_ZONE: Final = SENDING.time_zone


def in_vendors_zone(send_at: object, now: datetime) -> datetime:
    """Return `send_at` in the time zone that the vendor is assumed to schedule in.

    Raises:
        TypeError: If it is not a datetime.
        ValueError: If it has no time zone, does not exist there or exists twice, is not a multiple of five minutes, or
            is past.
        ConfigurationError: If this machine has no time zones.
    """
    if not isinstance(send_at, datetime):
        raise TypeError(f"send_at must be a datetime, not {type(send_at).__name__}. Nothing was sent.")
    if send_at.utcoffset() is None:
        raise ValueError("send_at must have a time zone, as datetime(..., tzinfo=ZoneInfo(...)). Nothing was sent.")
    try:
        moment = send_at.astimezone(UTC)
        local = moment.astimezone(vendors_zone())
    except OverflowError:
        raise ValueError("send_at must be between the years 1 and 9999. Nothing was sent.") from None
    if moment.astimezone(send_at.tzinfo).replace(tzinfo=None) != send_at.replace(tzinfo=None):
        raise ValueError("send_at does not exist in its time zone, where clocks are put forward. Nothing was sent.")
    if moment <= now:
        raise ValueError("send_at must be in the future. Nothing was sent.")
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        twice = f"send_at exists twice in {_ZONE}, where clocks are put back, and the API takes no offset"
        raise ValueError(f"{twice}. Nothing was sent.")
    minute = argument_limits("sendMessage", "minute").pattern or ""
    if local.second or local.microsecond or not re.fullmatch(minute, f"{local:%M}"):
        raise ValueError("send_at must be a multiple of five minutes, without seconds. Nothing was sent.")
    return local


def vendors_zone() -> tzinfo:
    """Return the time zone that the vendor is assumed to schedule in. Raises ConfigurationError where there is none."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # when it is needed: it costs a client its start

    try:
        return ZoneInfo(_ZONE)
    except ZoneInfoNotFoundError:
        told = f"send_at needs the time zone {_ZONE}, which this machine does not have: install the package tzdata"
    raise ConfigurationError(f"{told}. Nothing was sent.")


def fields_of(local: datetime) -> dict[str, str]:
    """Return the fields of the request. The hour is written as in the table, the minute as in the sample."""
    return {"scheduledDeliveryDate": f"{local:%d/%m/%Y}", "time": str(local.hour), "minute": f"{local:%M}"}
