"""One deletion after the other on a connection that is kept, against httpx and against the sample of the vendor."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Iterator

import httpx
import requests

from benchmarks.rounds import Contender, Setting, ratios, side_by_side
from benchmarks.server import KEY, PATH
from benchmarks.table import Figure, seconds_in_words
from mailpartner import MailPartner


def measure(setting: Setting) -> list[Figure]:
    """On http and on https."""
    return _over_http(setting) + _over_https(setting)


def _over_http(setting: Setting) -> list[Figure]:
    base = setting.server.http
    with _sdk(base) as json, _sdk(base, format="xml") as xml, _httpx(base, verify=False) as theirs:
        contenders = {"json": json, "xml": xml, "httpx": theirs, "page": _page(base, verify=True)}
        costs = side_by_side("sync, http", contenders, setting.rounds, setting.calls)
    ours = seconds_in_words(costs["json"])
    return [
        Figure("http, to httpx.Client.request", ours, ratios(costs["json"], costs["httpx"]), 0.68),
        Figure("http, to the page's sample", ours, ratios(costs["json"], costs["page"]), 0.32),
        Figure("http, XML answer to JSON", seconds_in_words(costs["xml"]), ratios(costs["xml"], costs["json"]), 1.05),
    ]


def _over_https(setting: Setting) -> list[Figure]:
    base, ca = setting.server.https, setting.server.ca
    with _sdk(base) as json, _httpx(base, verify=ssl.create_default_context(cafile=ca)) as theirs:
        contenders = {"json": json, "httpx": theirs, "page": _page(base, verify=ca)}
        costs = side_by_side("sync, https", contenders, setting.rounds, setting.calls // 2)
    ours = seconds_in_words(costs["json"])
    return [
        Figure("https, to httpx.Client.request", ours, ratios(costs["json"], costs["httpx"]), 0.68),
        Figure("https, to the page's sample", ours, ratios(costs["json"], costs["page"]), 0.12),
    ]


@contextlib.contextmanager
def _sdk(base: str, format: str = "json") -> Iterator[Contender]:
    with MailPartner(KEY, base_url=base, format=format) as mp:

        def calls(ids: range) -> None:
            for number in ids:
                mp.unsubscribes.delete(number)

        yield calls


@contextlib.contextmanager
def _httpx(base: str, verify: bool | ssl.SSLContext) -> Iterator[Contender]:
    with httpx.Client(verify=verify) as client:

        def calls(ids: range) -> None:
            for number in ids:
                client.request("POST", base + PATH, params={"apiKey": KEY, "id": number})

        yield calls


def _page(base: str, verify: bool | str) -> Contender:
    """The Python sample of the vendor's page, its `print` left out."""

    def calls(ids: range) -> None:
        for number in ids:
            url = base + PATH + "?apiKey=" + KEY + "&id=" + str(number)
            r = requests.get(url, verify=verify)
            r_json = r.json()
            assert r_json.get("success") is True

    return calls
