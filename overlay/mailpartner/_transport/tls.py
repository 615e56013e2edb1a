"""The certificates that the SDK's own connections trust: as plain httpx would load them, once for all clients."""

from __future__ import annotations

import ssl
from functools import cache

import httpx

from mailpartner.errors import ConfigurationError


@cache
def shared_context() -> ssl.SSLContext:
    """Return the one TLS context of all clients: loading the certificates is most of what a client costs.

    Raises ConfigurationError where they cannot be loaded.
    """
    try:
        return httpx.create_ssl_context()
    except OSError as error:  # what ssl itself raises is one, too
        reason = error.strerror or type(error).__name__
    raise ConfigurationError(
        f"The certificates for TLS cannot be loaded ({reason}). Nothing was sent."
        " Check SSL_CERT_FILE, SSL_CERT_DIR and SSLKEYLOGFILE in the environment."
    )
