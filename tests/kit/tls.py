"""A certificate authority of the test run."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
import trustme

from kit import internals


class Certificates:
    """A context for servers with these names, and one for clients that trust their authority."""

    def __init__(self, *names: str) -> None:
        self.authority = trustme.CA()
        self.server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        names = names or ("api.mailpartner.fr", "localhost", "127.0.0.1")
        self.authority.issue_cert(*names).configure_cert(self.server)
        self.client = ssl.create_default_context()
        self.authority.configure_trust(self.client)

    def trusted(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Have the SDK's own connections trust this authority."""
        internals.trust(monkeypatch, self.client)

    def write(self, folder: Path) -> Path:
        """Write the authority's certificate to a file, and return its path."""
        path = folder / "authority.pem"
        self.authority.cert_pem.write_to_path(path)
        return path
