"""Create sessions: the key, the base URL and the connections of a client, put together."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, NamedTuple

import httpx

from mailpartner._core.call import ClientState
from mailpartner._core.error_messages import SANDBOX_KEY
from mailpartner._core.options import Options
from mailpartner._core.request import NO_HINTS
from mailpartner._core.session import AsyncSession, Session
from mailpartner._transport import base_url as urls
from mailpartner._transport import credential
from mailpartner._transport.auth import RequestSigner
from mailpartner._transport.credential import ApiKey, key_from, require
from mailpartner._transport.custom_client import AsyncCustomClient, CustomClient
from mailpartner._transport.log_redaction import redact_logs
from mailpartner._transport.pool import AsyncConnectionPool, ConnectionPool
from mailpartner._transport.proxy import proxy_for
from mailpartner._version import __version__
from mailpartner.contract import SERVER
from mailpartner.errors import ConfigurationError


class Kind(NamedTuple):
    """The classes of a sync or an async client."""

    session: Any
    pool: type[ConnectionPool] | type[AsyncConnectionPool]
    custom_client: Any
    http_client: type[httpx.Client] | type[httpx.AsyncClient]


SYNC = Kind(Session, ConnectionPool, CustomClient, httpx.Client)
ASYNC = Kind(AsyncSession, AsyncConnectionPool, AsyncCustomClient, httpx.AsyncClient)


def create_session(
    kind: Kind,
    key: ApiKey,
    options: Options,
    base_url: str | None = None,
    http_client: Any = None,
    take_proxy: Callable[[], str | httpx.Proxy | None] = lambda: None,
    app_info: str | None = None,
) -> Any:
    """Create a session. The arguments are those of a client.

    `take_proxy` returns the proxy, so that no traceback with locals shows its password.

    Raises ConfigurationError if the base URL is unsafe or not the key's, or a proxy cannot be used.
    """
    chosen = base_url if base_url is not None else os.environ.get(urls.VARIABLE) or SERVER
    origin = urls.parse_base_url(chosen, is_sandbox_key=key.is_sandbox)
    signer = RequestSigner(origin, key, _user_agent(app_info))
    redact_logs(key)
    sender = _sender(kind, signer, origin, http_client, take_proxy())
    if isinstance(sender, Exception):
        raise sender
    may_be_sandbox = urls.is_loopback(origin.host) and not key.is_sandbox
    hints = {"authentication": SANDBOX_KEY} if may_be_sandbox else NO_HINTS
    state = ClientState(origin.url, key.redact, key.redact_text, hints)
    return kind.session(sender, state, options, key.fingerprint, key.is_sandbox)


def session_from_environment(base_url: str, options: Options) -> Session:
    """Create a sync session whose key is in the environment; for the workers of a bulk run."""
    key = require(key_from(None, os.environ.get(credential.VARIABLE)))
    session: Session = create_session(SYNC, key, options, base_url)
    return session


def _sender(
    kind: Kind, signer: RequestSigner, origin: urls.BaseUrl, http_client: Any, proxy: str | httpx.Proxy | None
) -> Any:
    """Return the transport, or the error that there is none: raised here, its frames would show a password."""
    if http_client is None:
        chosen = proxy_for(origin, proxy)
        return chosen if isinstance(chosen, Exception) else kind.pool(signer, origin.scheme, chosen)
    if not isinstance(http_client, kind.http_client):
        given = type(http_client)
        expected = f"an httpx.{kind.http_client.__name__}"
        reason = "The key is added below httpx's own transports, which other libraries do not have."
        return TypeError(f"http_client must be {expected}, not {given.__module__}.{given.__name__}. {reason}")
    if proxy is not None:
        return ConfigurationError("Give the proxy to your http_client: it brings its own connections.")
    return kind.custom_client(http_client, signer)


def _user_agent(app_info: str | None) -> str:
    own = f"mailpartner-python/{__version__}"
    if app_info is None:
        return own
    is_text = isinstance(app_info, str) and app_info.isascii() and app_info.isprintable()
    if not is_text or not app_info or app_info != app_info.strip():
        raise ValueError("app_info must be printable ASCII text, such as 'crm/2.1'.")
    return f"{app_info} {own}"
