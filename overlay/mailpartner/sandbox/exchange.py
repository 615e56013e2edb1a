"""One request and its answer: who may turn it away, what it does when it is heard, and the way back."""

from __future__ import annotations

import logging
from dataclasses import replace

from starlette.types import Send

from .answers import Answer, Style, written
from .document import Operation
from .keys import PREFIX, is_foreign
from .messages import BODYLESS, Incoming, Reply, html_page
from .operations import HANDLERS, Arguments, Call, perform, read_arguments
from .vendor import Vendor
from .wire import Wire

log = logging.getLogger(__name__)


class Exchange:
    """A request to the API. Noted in the logbook when made, and again as things happen to it."""

    def __init__(self, vendor: Vendor, incoming: Incoming, wire: Wire, send: Send) -> None:
        self.vendor = vendor
        self.incoming = incoming
        self.wire = wire
        self._send = send
        self._on_path = vendor.document.operations.get(incoming.path, {})
        self._operation = self._on_path.get(incoming.method)
        self._arguments = self._read()
        self.seen = vendor.note(incoming, self._operation)

    @property
    def operation(self) -> Operation:
        """The operation that is called; only asked for where `turned_away` let the request pass."""
        if self._operation is None:
            raise LookupError(f"no operation answers {self.incoming.method} {self.incoming.path}")
        return self._operation

    def turned_away(self) -> Reply | None:
        """The answer to a request that no operation and no fault shall see; None lets it pass."""
        if not self._on_path:
            return html_page(404, "There is nothing here.")
        if self._operation is None or self._method_is_off(self._operation):
            return html_page(405, "This method is not allowed here.", ("Allow", ", ".join(self._allowed())))
        if self._operation.form_of not in HANDLERS:
            return html_page(501, f"The sandbox does not play {self._operation.form_of} yet.")
        key = self._arguments.given.get(self._operation.key)
        if key and is_foreign(str(key)):
            # Whoever called is told only that the key is wrong, as by the vendor.
            log.warning("The sandbox refused a key that does not begin with %s.", PREFIX)
            return self.refuse("INVALID_API_KEY")
        settings = self.vendor.settings
        if not self.vendor.rate.allows(self.incoming.address, settings.rate_limit, settings.rate_window):
            return self._limited()
        return None

    def perform(self) -> Reply:
        """Do what is asked. It is done and committed when this returns, whatever becomes of the answer."""
        if self._arguments.malformed:
            return self.refuse("MALFORMED_JSON")
        return self.say(perform(Call(self.operation, self._arguments.given, self.vendor.entries, self.vendor.settings)))

    def perform_unanswered(self) -> None:
        """Do what is asked, where not a byte of the answer will be sent."""
        self.perform()
        self.seen["status"] = None

    def refuse(self, name: str) -> Reply:
        """The answer with the code of this name, nothing done."""
        return self.say(Answer(self.operation.code(name), "refused"))

    def say(self, answer: Answer) -> Reply:
        """The API's answer, in the format that was asked for."""
        content_type, body = self._written(answer, self.operation.format_in(self._arguments.given))
        reply = Reply(self.vendor.settings.status_of(answer.code.kind), content_type, body)
        self.seen.update({"done": answer.done, "code": answer.code.number, "status": reply.status})
        return reply

    async def send(self, reply: Reply) -> None:
        """Send an answer as HTTP has it."""
        await self.send_start(reply.status, reply.all_headers())
        await self._send({"type": "http.response.body", "body": b"" if reply.status in BODYLESS else reply.body})

    async def send_start(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        """Send status and headers; `send_part` follows."""
        self.seen["status"] = status
        await self._send({"type": "http.response.start", "status": status, "headers": headers})

    async def send_part(self, body: bytes, *, more: bool) -> None:
        """Send a piece of the body."""
        await self._send({"type": "http.response.body", "body": body, "more_body": more})

    def _read(self) -> Arguments:
        if self._operation is None or self._method_switch(self._operation) == "unheard":
            return Arguments({})
        return read_arguments(self._operation, self.incoming.query, self.incoming.body)

    def _written(self, answer: Answer, form: str) -> tuple[str, bytes]:
        operation, settings = self.operation, self.vendor.settings
        style = Style(settings.cdata, settings.xml_rows == "named")
        if answer.version is None:
            return written(operation, answer, form, style)
        label = operation.id, form, settings, answer.version
        return self.vendor.shelf.take(label, lambda: written(operation, answer, form, style))

    def _method_switch(self, operation: Operation) -> str:
        """How the operation's method is treated; only where another method does the same."""
        if not self.vendor.document.has_other_form(operation):
            return "accept"
        return {"POST": self.vendor.settings.post, "GET": self.vendor.settings.get}.get(operation.method, "accept")

    def _method_is_off(self, operation: Operation) -> bool:
        return self._method_switch(operation) == "405"

    def _allowed(self) -> list[str]:
        return [method for method, operation in self._on_path.items() if not self._method_is_off(operation)]

    def _limited(self) -> Reply:
        reply = self.refuse("TOO_MANY_REQUESTS")
        retry_after = self.vendor.settings.retry_after
        if retry_after is None:
            return reply
        return replace(reply, status=429, headers=(("Retry-After", retry_after),))
