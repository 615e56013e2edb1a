"""The clients: how they are made, how long they live, and the options of a call."""

from __future__ import annotations

import copy
import os
import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar, Unpack

import httpx
from mailpartner_contract import SERVER

from mailpartner._core.call import CallResult, ClientState, Failure, request_flow, run, run_async
from mailpartner._core.generated_client import models
from mailpartner._core.options import CallOptions, Options
from mailpartner._core.rate_limiter import FixedSchedule
from mailpartner._core.request import NO_HINTS, Request, build_request
from mailpartner._transport import base_url as urls
from mailpartner._transport import credential
from mailpartner._transport.auth import RequestSigner
from mailpartner._transport.base_url import parse_base_url
from mailpartner._transport.credential import key_from, require
from mailpartner._transport.custom_client import AsyncCustomClient, CustomClient
from mailpartner._transport.log_redaction import redact_logs
from mailpartner._transport.pool import CLOSED, AsyncConnectionPool, ConnectionPool
from mailpartner._transport.proxy import proxy_for
from mailpartner._version import __version__
from mailpartner.errors import ConfigurationError, UnexpectedResponseError
from mailpartner.resources.unsubscribes import AsyncUnsubscribes, Unsubscribes

Model = TypeVar("Model")
Model_co = TypeVar("Model_co", covariant=True)
HttpClient = TypeVar("HttpClient", httpx.Client, httpx.AsyncClient)


class OperationModule(Protocol[Model_co]):
    """A module of `mailpartner_client.api`: one generated operation."""

    @property
    def sync(self) -> Callable[..., Model_co | None]:
        """The generated call; only its type is used."""
        ...


class _Client(Generic[HttpClient]):
    """What sync and async clients share: everything but the waiting."""

    _kind: type[httpx.Client] | type[httpx.AsyncClient]
    _own: type[ConnectionPool] | type[AsyncConnectionPool]
    _borrowed: Any
    _group: Any

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        format: str = "json",
        method: str = "auto",
        timeout: float = 10.0,
        deadline: float = 60.0,
        max_retries: int = 2,
        http_client: HttpClient | None = None,
        proxy: str | httpx.Proxy | None = None,
        app_info: str | None = None,
    ) -> None:
        """Make a client; nothing is sent yet.

        api_key: the account's key, by default the environment's MAILPARTNER_API_KEY.
        base_url: the bare host, by default MAILPARTNER_BASE_URL or https://api.mailpartner.fr.
        format: "json" or "xml", what is asked for; what arrives decides how it is read.
        method: "POST" as the vendor's URL line says, "GET" as its samples do, or "auto": POST, then GET where the
        answer says that POST was not heard.
        timeout: seconds for one network step. deadline: seconds for a call with all its retries and waits, but for its
        turn beside a bulk run.
        max_retries: how often a failed attempt is repeated.
        http_client: your own httpx client, never closed by this one.
        proxy: a proxy's URL, by default as HTTPS_PROXY and NO_PROXY say.
        app_info: your program's name and version, added to the User-Agent.

        Raises ConfigurationError for no key, an unusable key or an unsafe base URL; TypeError or ValueError for an
        option that is none.
        """
        key = key_from(api_key, os.environ.get(credential.VARIABLE))
        take_proxy = [proxy].pop
        api_key = proxy = None  # whatever fails from here on, a traceback with locals shows no key and no password
        key = require(key)
        self._options = Options(format, method, timeout, deadline, max_retries)
        self._origin = parse_base_url(base_url if base_url is not None else os.environ.get(urls.VARIABLE) or SERVER)
        self._state = ClientState(self._origin.url, key.redact, key.redact_text)
        writer = RequestSigner(self._origin, key, _user_agent(app_info))
        redact_logs(key)
        self._sender: Any = self._opened(writer, http_client, take_proxy())
        if isinstance(self._sender, Exception):
            raise self._sender
        self._owns_sender = True
        self._fingerprint = key.fingerprint
        self._closed = False
        self.unsubscribes = self._group(self)

    def _opened(self, writer: RequestSigner, http_client: Any, proxy: str | httpx.Proxy | None) -> Any:
        if http_client is None:
            chosen = proxy_for(self._origin, proxy)
            return chosen if isinstance(chosen, Exception) else self._own(writer, self._origin.scheme, chosen)
        if not isinstance(http_client, self._kind):
            return TypeError(f"http_client must be an httpx.{self._kind.__name__}, not {type(http_client).__name__}.")
        if proxy is not None:
            return ConfigurationError("Give the proxy to your http_client: it brings its own connections.")
        return self._borrowed(http_client, writer)

    def with_options(self, **options: Unpack[CallOptions]) -> Self:
        """A second client with other options on the same connections; this one stays as it is.

        options: format, method, timeout, deadline, max_retries; what is not given stays as it is here. Closing the
        second closes nothing: the connections belong to the first.
        """
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        twin._options = self._options.changed(**options)
        twin._owns_sender = False
        twin.unsubscribes = twin._group(twin)
        return twin

    def _paced(self, schedule: FixedSchedule) -> Self:
        """This client with a pace of its own."""
        twin = self.with_options()
        twin._state = copy.copy(self._state)
        twin._state.rate_limiter = schedule
        return twin

    def _prepared(
        self, module: Any, arguments: dict[str, Any], given: CallOptions, hints: Mapping[str, str] = NO_HINTS
    ) -> tuple[Request, Options]:
        if self._closed or self._state.closed:
            raise RuntimeError(CLOSED)
        options = self._options.changed(**given)
        return build_request(module, arguments, options.format, hints), options

    def __repr__(self) -> str:
        if "_origin" not in vars(self):  # a traceback may show a client that could not be made
            return f"{type(self).__name__}(not made)"
        return f"{type(self).__name__}(base_url={self._origin.url!r}, format={self._options.format!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError(
            f"A {type(self).__name__} holds connections and a key and is not pickled or copied."
            " Make one where it is needed; with_options() gives a second one on the same connections."
        )


class MailPartner(_Client[httpx.Client]):
    """A client of Mail Partner. Share it: between threads it is safe, and in a forked child it opens connections of
    its own."""

    _kind = httpx.Client
    _own = ConnectionPool
    _borrowed = CustomClient
    _group = Unsubscribes
    unsubscribes: Unsubscribes

    def _settle(self, request: Request, options: Options, stop: threading.Event | None = None) -> CallResult:
        return run(request_flow(request, options, self._state), self._sender.send, self._state.clock, stop)

    def call(self, operation: OperationModule[Model], /, **arguments: Any) -> Model:
        """Carry out any generated operation, with the key, the decoding, the errors and the retries of all others.

        operation: a module of `mailpartner_client.api`, also of one that has no method here yet. arguments: its own.
        Returns the generated model of its answer. Raises TypeError for a wrong argument, MailPartnerError as always.
        """
        request, options = self._prepared(operation, arguments, {})
        model: Model = _model(request, self._settle(request, options))
        return model

    def close(self) -> None:
        """Close the connections. Calls under way end first; later ones raise RuntimeError."""
        self._closed = True
        if self._owns_sender:
            self._state.closed = True
            self._sender.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncMailPartner(_Client[httpx.AsyncClient]):
    """A client of Mail Partner. Share it: between tasks it is safe, and in another event loop or a forked child it
    opens connections of its own."""

    _kind = httpx.AsyncClient
    _own = AsyncConnectionPool
    _borrowed = AsyncCustomClient
    _group = AsyncUnsubscribes
    unsubscribes: AsyncUnsubscribes

    async def _settle(self, request: Request, options: Options) -> CallResult:
        return await run_async(request_flow(request, options, self._state), self._sender.send, self._state.clock)

    async def call(self, operation: OperationModule[Model], /, **arguments: Any) -> Model:
        """Carry out any generated operation, with the key, the decoding, the errors and the retries of all others.

        operation: a module of `mailpartner_client.api`, also of one that has no method here yet. arguments: its own.
        Returns the generated model of its answer. Raises TypeError for a wrong argument, MailPartnerError as always.
        """
        request, options = self._prepared(operation, arguments, {})
        model: Model = _model(request, await self._settle(request, options))
        return model

    async def close(self) -> None:
        """Close the connections. Calls under way end first; later ones raise RuntimeError."""
        self._closed = True
        if self._owns_sender:
            self._state.closed = True
            await self._sender.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


AnyClient = MailPartner | AsyncMailPartner


def _user_agent(app_info: str | None) -> str:
    own = f"mailpartner-python/{__version__}"
    if app_info is None:
        return own
    if not isinstance(app_info, str) or not (app_info.isascii() and app_info.isprintable() and app_info.strip()):
        raise ValueError("app_info must be printable ASCII text, such as 'crm/2.1'.")
    if app_info != app_info.strip():
        raise ValueError("app_info must be printable ASCII text, such as 'crm/2.1'.")
    return f"{app_info} {own}"


def _model(request: Request, settled: CallResult) -> Any:
    """The generated model of an answer that says it was done."""
    if isinstance(settled, Failure):
        raise settled.error
    model = getattr(models(), request.operation.model)
    try:
        return model.from_dict(settled.envelope.data)
    except KeyError as missing:
        name = missing.args[0]
    hints = "Do not rely on it; ask Mail Partner." if request.only_reads else "It was done. Do not repeat it."
    raise UnexpectedResponseError(
        f"Mail Partner says that it was done, but its answer lacks {name}. {hints}",
        maybe_applied=not request.only_reads,
        attempts=settled.attempts,
        status_code=settled.http.status_code,
        content_type=settled.http.content_type,
    )
