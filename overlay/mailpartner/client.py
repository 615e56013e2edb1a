"""The clients: how they are made, how long they live, and the options of a call."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Any, Generic, Literal, Protocol, Self, TypeVar, Unpack, cast

import httpx

from mailpartner._core.call import CallResult, Failure
from mailpartner._core.generated_client import models
from mailpartner._core.options import CallOptions, Options
from mailpartner._core.session import AsyncSession, Call, Session
from mailpartner._transport import credential
from mailpartner._transport.credential import key_from, require
from mailpartner._transport.setup import ASYNC, SYNC, Kind, create_session
from mailpartner.errors import Hint, UnexpectedResponseError
from mailpartner.resources._base import ASK_VENDOR
from mailpartner.resources.account import Account, AsyncAccount
from mailpartner.resources.messages import AsyncMessages, Messages
from mailpartner.resources.subaccounts import AsyncSubaccounts, Subaccounts
from mailpartner.resources.unsubscribes import AsyncUnsubscribes, Unsubscribes

Model = TypeVar("Model")
Model_co = TypeVar("Model_co", covariant=True)
HttpClient = TypeVar("HttpClient", httpx.Client, httpx.AsyncClient)
SessionT = TypeVar("SessionT", Session, AsyncSession)


class OperationModule(Protocol[Model_co]):
    """A module of `mailpartner.generated.api`: one generated operation."""

    @property
    def sync(self) -> Callable[..., Model_co | None]:
        """The generated call; only its type is used."""
        ...


class _Client(Generic[HttpClient, SessionT]):
    """What sync and async clients share: everything but the waiting."""

    _kind: Kind
    _session: SessionT

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        format: Literal["json", "xml"] = "json",
        method: Literal["auto", "POST", "GET"] = "auto",
        timeout: float = 10.0,
        deadline: float = 60.0,
        max_retries: int = 2,
        http_client: HttpClient | None = None,
        proxy: str | httpx.Proxy | None = None,
        app_info: str | None = None,
    ) -> None:
        """Create a client. Nothing is sent yet.

        Args:
            api_key: The account's key, by default the environment variable MAILPARTNER_API_KEY.
            base_url: The host, without a path; by default MAILPARTNER_BASE_URL or https://api.mailpartner.fr.
            format: The requested format. Answers are read by what arrives.
            method: "POST" as the vendor's URL line says, "GET" as its samples do, or "auto": POST, then GET if the
                answer says that POST was not processed.
            timeout: Seconds for one network step.
            deadline: Seconds for a call with all retries and waits. Waiting for the rate limit of a bulk run does not
                count.
            max_retries: How often a failed attempt is repeated.
            http_client: Your own httpx client. It is never changed or closed.
            proxy: The URL of a proxy, by default as HTTPS_PROXY and NO_PROXY say.
            app_info: Your program's name and version, for the User-Agent.

        Raises:
            ConfigurationError: If there is no key, the key is unusable, the base URL is unsafe, or a sandbox's
                key would go to Mail Partner.
            TypeError: If an option is of the wrong type.
            ValueError: If an option is out of range.
        """
        key = key_from(api_key, os.environ.get(credential.VARIABLE))
        take_proxy = [proxy].pop
        api_key = proxy = None  # from here on a traceback with locals shows neither the key nor a password
        key = require(key)
        options = Options(format, method, timeout, deadline, max_retries)
        self._use(create_session(self._kind, key, options, base_url, http_client, take_proxy, app_info))

    def _use(self, session: SessionT) -> None:
        """Take a session, and make the resources for it."""
        self._session = session

    def with_options(self, **options: Unpack[CallOptions]) -> Self:
        """Return a second client with other options on the same connections. This one stays as it is.

        Args:
            **options: format, method, timeout, deadline, max_retries. What is not given stays as it is here.

        Returns:
            A client whose `close` closes nothing: the connections belong to the first.
        """
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        other._use(self._session.with_options(**options))
        return other

    @property
    def base_url(self) -> str:
        """The base URL in use, with its scheme and without a path."""
        return self._session.base_url

    @property
    def has_sandbox_key(self) -> bool:
        """True if the key begins with sandbox-: it is for a sandbox, and never sent to Mail Partner itself."""
        return self._session.has_sandbox_key

    def key_fingerprint(self) -> str:
        """Return text that is equal for equal keys and does not reveal the key; for journals and audit files."""
        return self._session.fingerprint()

    def __repr__(self) -> str:
        """Show the base URL and the format; never the key."""
        if "_session" not in vars(self):  # a traceback may show a client that could not be made
            return f"{type(self).__name__}(not made)"
        return f"{type(self).__name__}(base_url={self._session.base_url!r}, format={self._session.options.format!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Refuse to be pickled or copied."""
        raise TypeError(
            f"A {type(self).__name__} holds connections and a key and is not pickled or copied."
            " Make one where it is needed; with_options() gives a second one on the same connections."
        )


class MailPartner(_Client[httpx.Client, Session]):
    """A client of Mail Partner. It can be shared between threads; a forked child opens connections of its own."""

    _kind = SYNC

    account: Account
    """The account itself: its credits."""

    messages: Messages
    """Sending mail, and what becomes of it."""

    subaccounts: Subaccounts
    """The accounts below this one, and their credit."""

    unsubscribes: Unsubscribes
    """The addresses that no longer receive the mailings of the account."""

    def _use(self, session: Session) -> None:
        super()._use(session)
        self.account = Account(session)
        self.messages = Messages(session)
        self.subaccounts = Subaccounts(session)
        self.unsubscribes = Unsubscribes(session)

    def call(self, operation: OperationModule[Model], /, **arguments: Any) -> Model:
        """Carry out any generated operation, with the same key, decoding, errors and retries as all methods.

        Args:
            operation: A module of `mailpartner.generated.api`, also of an operation that has no method here yet.
            **arguments: Its arguments.

        Returns:
            The generated model of its answer.

        Raises:
            TypeError: If an argument is wrong.
            MailPartnerError: As for every call.
        """
        return cast(Model, self._session.execute(_model_call(operation, arguments), {}))

    def close(self) -> None:
        """Close the connections. Running calls end first; later ones raise RuntimeError."""
        self._session.close()

    def __enter__(self) -> Self:
        """Return the client."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        self.close()


class AsyncMailPartner(_Client[httpx.AsyncClient, AsyncSession]):
    """A client of Mail Partner. It can be shared between tasks.

    In another event loop or a forked child it opens connections of its own.
    """

    _kind = ASYNC

    account: AsyncAccount
    """The account itself: its credits."""

    messages: AsyncMessages
    """Sending mail, and what becomes of it."""

    subaccounts: AsyncSubaccounts
    """The accounts below this one, and their credit."""

    unsubscribes: AsyncUnsubscribes
    """The addresses that no longer receive the mailings of the account."""

    def _use(self, session: AsyncSession) -> None:
        super()._use(session)
        self.account = AsyncAccount(session)
        self.messages = AsyncMessages(session)
        self.subaccounts = AsyncSubaccounts(session)
        self.unsubscribes = AsyncUnsubscribes(session)

    async def call(self, operation: OperationModule[Model], /, **arguments: Any) -> Model:
        """Carry out any generated operation, with the same key, decoding, errors and retries as all methods.

        Args:
            operation: A module of `mailpartner.generated.api`, also of an operation that has no method here yet.
            **arguments: Its arguments.

        Returns:
            The generated model of its answer.

        Raises:
            TypeError: If an argument is wrong.
            MailPartnerError: As for every call.
        """
        return cast(Model, await self._session.execute(_model_call(operation, arguments), {}))

    async def close(self) -> None:
        """Close the connections. Running calls end first; later ones raise RuntimeError."""
        await self._session.close()

    async def __aenter__(self) -> Self:
        """Return the client."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self.close()


def _model_call(operation: Any, arguments: dict[str, Any]) -> Call[Any]:
    """Describe the call of a generated operation, whose result is its generated model."""
    return Call(operation, arguments, partial(_model, operation))


def _model(module: Any, outcome: CallResult) -> Any:
    if isinstance(outcome, Failure):
        raise outcome.error
    model = getattr(models(), outcome.operation.model)
    try:
        return model.from_dict(outcome.envelope.data)
    except KeyError as missing:
        name = missing.args[0]
    safe = outcome.operation.safe
    hint = ASK_VENDOR if safe else Hint("do_not_repeat", "It was done. Do not repeat it.")
    raise UnexpectedResponseError(
        f"Mail Partner says that it was done, but its answer lacks {name}. {hint}",
        hint=hint,
        maybe_applied=not safe,
        attempts=outcome.attempts,
        status_code=outcome.http.status_code,
        content_type=outcome.http.content_type,
    )
