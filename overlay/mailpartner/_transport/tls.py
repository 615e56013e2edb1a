"""The certificates that the SDK's own connections trust: as plain httpx would load them, once for all clients."""

from __future__ import annotations

import ssl

import httpx

from mailpartner._core.fork_safe_lock import ForkSafeLock
from mailpartner.errors import ConfigurationError


class _SharedContext:
    """One TLS context for all clients: loading the certificates is most of what a client costs.

    Raises ConfigurationError where they cannot be loaded.
    """

    def __init__(self) -> None:
        self._context: ssl.SSLContext | None = None
        self._lock = ForkSafeLock()

    def __call__(self) -> ssl.SSLContext:
        with self._lock.lock:
            if self._context is None:
                self._context = self._made()
            return self._context

    def _made(self) -> ssl.SSLContext:
        try:
            return httpx.create_ssl_context()
        except OSError as error:  # what ssl itself raises is one, too
            reason = error.strerror or type(error).__name__
        raise ConfigurationError(
            f"The certificates for TLS cannot be loaded ({reason}). Nothing was sent."
            " Check SSL_CERT_FILE, SSL_CERT_DIR and SSLKEYLOGFILE in the environment."
        )


shared_context = _SharedContext()
