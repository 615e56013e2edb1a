"""Redaction of the key in the logs of httpcore and httpx.

httpcore logs the head of every response at DEBUG, and a server may echo a URL there, as in a redirect.
"""

from __future__ import annotations

import logging
import weakref
from typing import Final

from mailpartner._transport.credential import ApiKey

_LOGGERS: Final = (
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.http2",
    "httpcore.proxy",
    "httpcore.socks",
    "httpx",
)


class RedactKeyFilter(logging.Filter):
    """Lets every record pass, without the keys of the clients there are."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: weakref.WeakSet[ApiKey] = weakref.WeakSet()

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        hidden = text
        for key in tuple(self.keys):
            hidden = key.redact_text(hidden)
        if hidden != text:
            record.msg, record.args = hidden, ()
        return True


_hiding: Final = RedactKeyFilter()


def redact_logs(key: ApiKey) -> None:
    """Keep `key` out of what httpcore and httpx log, as long as it is in use."""
    _hiding.keys.add(key)
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_hiding)
