"""The ways in which the sandbox can be set to play the unknown: each must obey openapi.yaml."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from contract_document import OPERATIONS

RIGHT, WRONG = "sandbox-contract", "sandbox-wrong"
POST_DELETE, GET_DELETE = "deleteUnsubscribe", "deleteUnsubscribeWithGet"
STATUS_OF_KIND = {
    "authentication": 401,
    "permission_denied": 403,
    "not_found": 404,
    "invalid_request": 400,
    "insufficient_credit": 402,
    "rate_limit": 429,
    "server": 500,
}


@dataclass(frozen=True)
class Mode:
    """How the sandbox is set, and how it is called.

    key: sent by every call that is not made to fail; None: none is ever sent. xml: every call asks for XML.
    refused: operations that answer HTTP 405, as a web server does, and so not what openapi.yaml says.
    unheard: operations of which neither key nor format arrives. only: operations that are called; none: all.
    """

    settings: dict[str, Any] = field(default_factory=dict)
    key: str | None = RIGHT
    xml: bool = False
    refused: tuple[str, ...] = ()
    unheard: tuple[str, ...] = ()
    only: tuple[str, ...] = ()

    @property
    def called(self) -> set[str]:
        """The operations that are called."""
        return (set(self.only) or {item["operationId"] for item in OPERATIONS.values()}) - set(self.refused)

    def status(self, kind: str) -> int:
        """The HTTP status that an answer of this kind comes with."""
        if kind == "success":
            return 200
        if kind == "rate_limit" and self.settings.get("retry_after") is not None:
            return 429
        wanted = self.settings.get("error_status", "200")
        return STATUS_OF_KIND[kind] if wanted == "4xx" else int(wanted)

    @property
    def not_checked(self) -> tuple[str, ...]:
        """The checks of schemathesis that do not fit: a method that is refused is missing in Allow, as it should."""
        return ("allow_header_conformance",) if self.refused else ()

    @property
    def limited(self) -> bool:
        """Whether calls may be too many."""
        return self.settings.get("rate_limit") is not None


DELETES = (POST_DELETE, GET_DELETE)
UNSUBSCRIBES = ("listUnsubscribes", "addUnsubscribe", *DELETES)
AS_SET: dict[str, Mode] = {
    "as it starts": Mode(),
    "wrong key": Mode(key=WRONG),
    "no key": Mode(key=None),
    "wrong key is 401": Mode({"error_status": "4xx"}, key=WRONG, only=UNSUBSCRIBES),
    "unknown id is a success": Mode({"unknown_id": "success"}, only=DELETES),
    "errors are 4xx": Mode({"error_status": "4xx"}),
    "errors are 500": Mode({"error_status": "500"}, only=UNSUBSCRIBES),
    "errors are 520": Mode({"error_status": "520"}, only=UNSUBSCRIBES),
    "POST is 405": Mode({"post": "405"}, refused=(POST_DELETE,), only=DELETES),
    "POST is not heard": Mode({"post": "unheard"}, unheard=(POST_DELETE,), only=DELETES),
    "GET is 405": Mode({"get": "405"}, refused=(GET_DELETE,), only=DELETES),
    "too many requests": Mode({"rate_limit": 9}, only=UNSUBSCRIBES),
    "too many requests are 429": Mode({"rate_limit": 9, "retry_after": "7"}, only=UNSUBSCRIBES),
    "XML with CDATA": Mode({"cdata": True}, only=(*UNSUBSCRIBES, "getCredits", "listSubaccounts")),
    "XML rows have names": Mode({"xml_rows": "named"}, only=("listUnsubscribes", "listSubaccounts")),
    "no count": Mode({"nb_data": "absent"}, only=("listUnsubscribes",)),
    "a wrong count": Mode({"nb_data": "wrong"}, only=("listUnsubscribes",)),
    "addresses are lowered": Mode({"letters": "lowered"}, only=("addUnsubscribe",)),
    "every success is 2": Mode({"success_code": 2}, only=("getCredits", "getMessageStatus", *DELETES)),
    "objects have names": Mode({"xml_objects": "named", "formats": "all"}, only=("getCredits", "listSubaccounts")),
    "every format is known": Mode({"formats": "all"}, only=("sendMessage", "getMessageStatus")),
    "the format is ignored": Mode({"formats": "ignored"}, only=("getCredits", "listUnsubscribes")),
    "pages are ignored": Mode({"pages": "ignored"}, only=("listSubaccounts",)),
    "recipients at the top": Mode({"recipients": "top"}, only=("sendMessage",)),
    "recipients in either place": Mode({"recipients": "either", "unsubscribed": "skip"}, only=("sendMessage",)),
    "a date always": Mode(
        {"scheduled_date": "always", "delivery_seconds": 0}, only=("sendMessage", "getMessageStatus")
    ),
    "all at once": Mode(
        {
            **{"unknown_id": "success", "error_status": "4xx", "cdata": True, "xml_rows": "named"},
            **{"nb_data": "absent", "letters": "lowered", "post": "unheard", "xml_objects": "named"},
            **{"formats": "all", "pages": "ignored", "scheduled_date": "always", "delivery_seconds": 0},
        },
        unheard=(POST_DELETE,),
    ),
}
