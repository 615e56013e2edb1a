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

from mailpartner import credential, origin
from mailpartner._version import __version__
from mailpartner.credential import key_from, require
from mailpartner.errors import ConfigurationError, UnexpectedResponseError
from mailpartner.exchange import Failed, Memory, Settled, conversation, run, run_async
from mailpartner.generated import models
from mailpartner.logs import hide_in_logs
from mailpartner.options import CallOptions, Options
from mailpartner.origin import origin_of
from mailpartner.pace import Schedule
from mailpartner.request import NO_ADVICE, Request, request_for
from mailpartner.transport.borrowed import AsyncBorrowed, Borrowed
from mailpartner.transport.own import CLOSED, AsyncLanes, Lanes
from mailpartner.transport.proxies import proxy_for
from mailpartner.transport.wire import RequestWriter
from mailpartner.unsubscribes import AsyncUnsubscribes, Unsubscribes

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
    _own: type[Lanes] | type[AsyncLanes]
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
        self._origin = origin_of(base_url if base_url is not None else os.environ.get(origin.VARIABLE) or SERVER)
        self._memory = Memory(self._origin.url, key.wipe, key.wipe_text)
        writer = RequestWriter(self._origin, key, _user_agent(app_info))
        hide_in_logs(key)
        self._sender: Any = self._opened(writer, http_client, take_proxy())
        if isinstance(self._sender, Exception):
            raise self._sender
        self._owns_sender = True
        self._fingerprint = key.fingerprint
        self._closed = False
        self.unsubscribes = self._group(self)

    def _opened(self, writer: RequestWriter, http_client: Any, proxy: str | httpx.Proxy | None) -> Any:
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

    def _paced(self, schedule: Schedule) -> Self:
        """This client with a pace of its own."""
        twin = self.with_options()
        twin._memory = copy.copy(self._memory)
        twin._memory.pacer = schedule
        return twin

    def _prepared(
        self, module: Any, arguments: dict[str, Any], given: CallOptions, advice: Mapping[str, str] = NO_ADVICE
    ) -> tuple[Request, Options]:
        if self._closed or self._memory.closed:
            raise RuntimeError(CLOSED)
        options = self._options.changed(**given)
        return request_for(module, arguments, options.format, advice), options

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
    _own = Lanes
    _borrowed = Borrowed
    _group = Unsubscribes
    unsubscribes: Unsubscribes

    def _settle(self, request: Request, options: Options, stop: threading.Event | None = None) -> Settled:
        return run(conversation(request, options, self._memory), self._sender.send, self._memory.clock, stop)

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
            self._memory.closed = True
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
    _own = AsyncLanes
    _borrowed = AsyncBorrowed
    _group = AsyncUnsubscribes
    unsubscribes: AsyncUnsubscribes

    async def _settle(self, request: Request, options: Options) -> Settled:
        return await run_async(conversation(request, options, self._memory), self._sender.send, self._memory.clock)

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
            self._memory.closed = True
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


def _model(request: Request, settled: Settled) -> Any:
    """The generated model of an answer that says it was done."""
    if isinstance(settled, Failed):
        raise settled.error
    model = getattr(models(), request.operation.model)
    try:
        return model.from_dict(settled.envelope.data)
    except KeyError as missing:
        name = missing.args[0]
    advice = "Do not rely on it; ask Mail Partner." if request.only_reads else "It was done. Do not repeat it."
    raise UnexpectedResponseError(
        f"Mail Partner says that it was done, but its answer lacks {name}. {advice}",
        maybe_applied=not request.only_reads,
        attempts=settled.attempts,
        status_code=settled.http.status_code,
        content_type=settled.http.content_type,
    )
