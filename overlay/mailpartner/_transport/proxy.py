"""Which proxy, if any: as plain httpx would choose by HTTPS_PROXY, ALL_PROXY and NO_PROXY.

httpx itself forgets those variables as soon as it is given a transport.
"""

from __future__ import annotations

import re
from importlib.util import find_spec
from urllib.request import getproxies, proxy_bypass

import httpx

from mailpartner._transport.base_url import BaseUrl
from mailpartner.errors import ConfigurationError

_HOST = re.compile(r"[A-Za-z0-9._:-]+")


def proxy_for(origin: BaseUrl, given: str | httpx.Proxy | None) -> httpx.Proxy | ConfigurationError | None:
    """The proxy for `origin`: the one given, else the environment's; or the error that it cannot be used.

    The error is returned and not raised: its frames would show the password that may be in a proxy's URL. Plain http
    goes to loopback addresses only and never through a proxy, which would read the key.
    """
    if origin.scheme == "http":
        if given is not None:
            return ConfigurationError("A proxy would read the key of a plain http request. Use an https base URL.")
        return None
    name, chosen = ("proxy", given) if given is not None else ("HTTPS_PROXY", _of_environment(origin))
    if chosen is None:
        return None
    proxy = _proxy(chosen)
    if proxy is None:
        return ConfigurationError(f"{name} is not the URL of a proxy: write http://host:port or socks5://host:port.")
    if proxy.url.scheme.startswith("socks") and find_spec("socksio") is None:
        return ConfigurationError("httpx needs one more package for a SOCKS proxy: pip install 'httpx[socks]'.")
    return proxy


def _of_environment(origin: BaseUrl) -> str | None:
    proxies = getproxies()
    found = proxies.get("https") or proxies.get("all")
    if not found or _is_bypassed(origin, proxies.get("no", "")):
        return None
    return found if "://" in found else f"http://{found}"


def _is_bypassed(origin: BaseUrl, no_proxy: str) -> bool:
    """What urllib knows of NO_PROXY, and the two forms that only httpx knows: a star in a list, and a URL."""
    names = {name.strip() for name in no_proxy.split(",")}
    if "*" in names or f"{origin.scheme}://{origin.host}" in names:
        return True
    return bool(proxy_bypass(f"{origin.host}:{origin.port}") or proxy_bypass(origin.host))


def _proxy(given: str | httpx.Proxy) -> httpx.Proxy | None:
    """Return the proxy; None if that is not the URL of one."""
    try:
        proxy = given if isinstance(given, httpx.Proxy) else httpx.Proxy(given)
        port = proxy.url.port
    except (ValueError, TypeError, AttributeError, httpx.InvalidURL):
        return None
    plausible = bool(_HOST.fullmatch(proxy.url.host)) and (port is None or 0 < port < 1 << 16)
    return proxy if plausible else None
