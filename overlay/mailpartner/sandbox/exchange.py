"""One request to the API: the call that a handler is given, and the ways to answer that a fault is given."""

from __future__ import annotations

import json
import logging
import re
import sqlite3
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from html import escape
from http import HTTPStatus
from typing import Any, NamedTuple, cast
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Send

from .answers import Answer
from .document import FORMAT, Code, Operation
from .request_log import LoggedRequest
from .server import Connection
from .settings import Settings

INT64 = 2**63 - 1  # the format of ids; the document names no maximum, which JavaScript could not hold
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")


def html_page(status: int, sentence: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return a page as a web server or a gateway would send it."""
    title = f"{status} {_phrase(status)}".strip()
    page = (
        f"<!DOCTYPE html>\n<html><head><title>{title}</title></head>\n"
        f"<body><h1>{title}</h1><p>{escape(sentence)}</p></body></html>\n"
    )
    has_body = status not in (204, 205, 304)
    return Response(page if has_body else b"", status, headers, media_type="text/html")


def head_of(response: Response) -> bytes:
    """Return the status line and headers as bytes, for a response that is written past the HTTP library."""
    lines = [f"HTTP/1.1 {response.status_code} {_phrase(response.status_code)}".encode()]
    lines += [name + b": " + value for name, value in [*response.raw_headers, (b"connection", b"close")]]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def as_address(value: Any) -> str | None:
    """Return a value that looks like a mail address, None if it does not."""
    is_address = isinstance(value, str) and value.isprintable() and ADDRESS.fullmatch(value)
    return str(value) if is_address else None


def log_storage_error(error: Exception) -> str:
    """Log, and return, that the state could not be read or written."""
    message = f"The sandbox cannot use its state: {error}. Nothing was stored."
    logging.getLogger("mailpartner.sandbox").error(message)
    return message


class Arguments(NamedTuple):
    """What a request carries, by name: texts from a query, JSON values from a body.

    Attributes:
        given: The arguments.
        malformed: True if the body should be a JSON object and is not.
    """

    given: dict[str, Any]
    malformed: bool = False


def query_of(request: Request) -> str:
    """Return the query as it came; `request.url` ends at a `#`."""
    return str(request.scope["query_string"].decode("latin-1"))


def read_arguments(operation: Operation, query: str, body: bytes) -> Arguments:
    """Return the arguments of a request from where the operation takes them; the format from the query in any case.

    Of a name that comes twice the last counts, as in PHP.
    """
    in_query = dict(parse_qsl(query, keep_blank_values=True))
    if not operation.in_body:
        return Arguments(in_query)
    name = operation.parameters[FORMAT].name if FORMAT in operation.parameters else None
    asked = {} if name is None or name not in in_query else {name: in_query[name]}
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    return Arguments({**value, **asked}) if isinstance(value, dict) else Arguments(asked, malformed=True)


class RefusalError(Exception):
    """The API refuses a call: the name of the code, and a text in place of the document's."""

    def __init__(self, code: str, message: str | None = None) -> None:
        super().__init__(code)
        self.code, self.message = code, message


@dataclass(frozen=True)
class Call:
    """One call of an operation, its key already checked. `account` is 0 for the account itself, else a sub-account."""

    operation: Operation
    arguments: Mapping[str, Any]
    settings: Settings
    account: int

    def argument(self, handle: str) -> Any:
        """Return what the request carries for this parameter of the document; None for nothing or an empty text."""
        return self.arguments.get(self.operation.parameters[handle].name) or None

    def integer(self, handle: str) -> int | None:
        """Return the argument as a number within the document's limits; None if it is not one."""
        text, schema = str(self.argument(handle)), self.operation.parameters[handle].schema
        if not re.fullmatch(r"0|[1-9][0-9]{0,39}", text):
            return None
        return int(text) if schema["minimum"] <= int(text) <= schema.get("maximum", INT64) else None

    def success(self, done: str, version: Hashable = None, **data: Any) -> Answer:
        """Return the answer of a success; `data` are the operation's own properties, `version` theirs."""
        return Answer(self.operation.success, done, data, version=version)


@dataclass(frozen=True)
class Exchange:
    """A request that reached an operation, and the ways to answer it.

    Attributes:
        carry_out: Does what is asked. It is done and committed when this returns, whatever becomes of the answer.
        render: Returns the API's answer in the format that was asked for.
        codes: The codes of all operations by name; of two with the same name, one.
    """

    operation: Operation
    request: Request
    body: bytes
    arguments: Arguments
    record: LoggedRequest
    codes: Mapping[str, Code]
    carry_out: Callable[[], Answer]
    render: Callable[[Answer], Response]
    transmit: Send

    @property
    def connection(self) -> Connection:
        """The connection that the request came by."""
        return cast("Connection", self.request.scope["state"]["connection"])

    def perform(self) -> Response:
        """Do what is asked; return the answer."""
        try:
            return self.respond(self.carry_out())
        except sqlite3.Error as error:
            log_storage_error(error)
            return self.refuse("SERVER_ERROR")

    def perform_unanswered(self) -> None:
        """Do what is asked, where not a byte of the answer will be sent."""
        self.perform()
        self.record["status"] = None

    def refuse(self, name: str) -> Response:
        """Return the answer with the code of this name; nothing is done."""
        return self.respond(Answer(self.operation.code(name), "refused"))

    def respond(self, answer: Answer) -> Response:
        """Return the API's answer, and note it."""
        response = self.render(answer)
        self.record.update({"done": answer.done, "code": answer.code.number, "status": response.status_code})
        return response

    async def send(self, response: Response) -> None:
        """Send an answer by the HTTP library."""
        self.record["status"] = response.status_code
        await response(self.request.scope, self.request.receive, self.transmit)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
