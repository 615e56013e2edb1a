"""Which proxy, if any: as plain httpx would choose by HTTPS_PROXY, ALL_PROXY and NO_PROXY.

httpx itself forgets those variables as soon as it is given a transport.
"""

from __future__ import annotations

from urllib.request import getproxies, proxy_bypass

import httpx

from mailpartner.errors import ConfigurationError
from mailpartner.origin import Origin


def proxy_for(origin: Origin, given: str | httpx.Proxy | None) -> httpx.Proxy | None:
    """The proxy for `origin`: the one given, else the environment's.

    Raises ConfigurationError for one that cannot be used. Plain http goes to loopback addresses only and never
    through a proxy, which would read the key.
    """
    if origin.scheme == "http":
        if given is not None:
            raise ConfigurationError("A proxy would read the key of a plain http request. Use an https base URL.")
        return None
    if given is not None:
        return _proxy(given, "proxy")
    proxies = getproxies()
    found = proxies.get("https") or proxies.get("all")
    if not found or proxy_bypass(f"{origin.host}:{origin.port}") or proxy_bypass(origin.host):
        return None
    return _proxy(found if "://" in found else f"http://{found}", "HTTPS_PROXY")


def _proxy(given: str | httpx.Proxy, source: str) -> httpx.Proxy:
    if isinstance(given, httpx.Proxy):
        return given
    try:
        return httpx.Proxy(given)
    except (ValueError, TypeError, httpx.InvalidURL):
        pass
    raise ConfigurationError(f"{source} is not the URL of a proxy: write http://host:port, https:// or socks5://.")
