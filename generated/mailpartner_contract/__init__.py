"""Facts of the API that the generated client leaves out. Written by `make generate` from openapi.yaml; do not edit."""

from typing import Final

from .operations import OPERATIONS
from .types import Code, Limits, Operation, Schema, Sending

__all__ = ["Code", "Limits", "OPERATIONS", "Operation", "RATE_LIMIT", "SENDING", "SERVER", "Schema", "Sending"]

SERVER: Final = "https://api.mailpartner.fr"

RATE_LIMIT: Final = (2000, 60)  # requests, seconds
SENDING: Final = Sending(
    placeholder="#([A-Z][A-Z0-9_]*)#",
    own_placeholders=frozenset(["READ_ONLINE", "UNSUBSCRIBE_LINK"]),
    time_zone="Europe/Paris",
    attachment_bytes=5242880,
)
