"""OpenTelemetry and Sentry, with their usual settings, see calls and errors, but not the key."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from kit.leaks import AWKWARD, holds, spellings
from kit.proxy import Proxy
from kit.responses import DONE, response
from kit.server import Server, Step
from kit.steps import hang_up, hold, partly, reset
from kit.tls import Certificates
from opentelemetry.instrumentation._semconv import _OpenTelemetrySemanticConventionStability as Names
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from mailpartner import MailPartner
from secrecy.ways import Way

ECHO = spellings(AWKWARD)["percent-encoded"]
STEPS: dict[str, Step] = {
    "done": DONE,
    "refused": response('{"success": false, "code": 10, "message": "Cle"}'),
    "echo in a page": response(b"<p>?apiKey=" + ECHO, 500, "text/html"),
    "echo in a redirect": response(status=302, headers=[b"Location: https://www.example.com/?apiKey=" + ECHO]),
    "echo in garbage": partly(b"GET /?apiKey=" + ECHO + b"\r\n\r\n", hang_up),
    "echo in a header that is none": partly(b"HTTP/1.1 200 OK\r\n" + ECHO + b"\r\n\r\n", hang_up),
    "reset": reset,
    "silence": hold,
}


def delete(mp: Any) -> Any:
    return mp.unsubscribes.delete(300)


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """The spans of all of httpx, instrumented for the whole process, with the old attribute names and the new."""
    monkeypatch.setenv("OTEL_SEMCONV_STABILITY_OPT_IN", "http/dup")
    monkeypatch.setattr(Names, "_initialized", False)
    monkeypatch.setattr(Names, "_OTEL_SEMCONV_STABILITY_SIGNAL_MAPPING", {})
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    instrumentor = HTTPXClientInstrumentor()
    instrumentor.instrument(tracer_provider=provider)
    yield exporter
    instrumentor.uninstrument()
    provider.shutdown()


@pytest.mark.parametrize("proxied", [False, True], ids=["direct", "proxy"])
@pytest.mark.parametrize("step", STEPS)
def test_opentelemetry(
    step: str, proxied: bool, way: Way, certificates: Certificates, spans: InMemorySpanExporter
) -> None:
    """Each request is a span, with its address and what became of it, and without the key."""
    if way.is_custom and step in ("echo in garbage", "echo in a header that is none"):
        pytest.skip("the caller's own transport says it, below all that is the SDK's")
    with Server(STEPS[step], tls=certificates.server) as server, Proxy(server) as proxy:
        url = "https://api.mailpartner.fr" if proxied else server.url
        timeout = 0.3 if step == "silence" else 5.0
        way.outcome(AWKWARD, url, delete, proxy=proxy.url if proxied else None, timeout=timeout)

    finished = [json.loads(span.to_json()) for span in spans.get_finished_spans()]
    addresses = [span["attributes"]["url.full"] for span in finished]
    assert [address.partition("?")[0] for address in addresses] == [f"{url}/v1/unsubscribe/delete"]
    assert {"http.url", "url.full", "http.method", "http.request.method"} <= finished[0]["attributes"].keys()
    assert not holds(json.dumps(finished, ensure_ascii=False), AWKWARD)
    assert not holds(proxy.heard, AWKWARD)
    assert b"apiKey=" in server.heads[0]


def test_opentelemetry_that_captures_all_headers(
    way: Way, certificates: Certificates, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """Set to record every header of requests and answers, it records them without the key that a server echoes."""
    if way.is_custom:
        pytest.skip("an instrumentation of the caller's own transport sees answers before the SDK")
    for side in ("REQUEST", "RESPONSE"):
        monkeypatch.setenv(f"OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_CLIENT_{side}", ".*")
    spans: InMemorySpanExporter = request.getfixturevalue("spans")
    with Server(STEPS["echo in a redirect"], tls=certificates.server) as server:
        way.outcome(AWKWARD, server.url, delete)

    (span,) = [json.loads(span.to_json()) for span in spans.get_finished_spans()]
    headers = [name for name in span["attributes"] if name.startswith("http.request.header.")]
    assert "http.request.header.user_agent" in headers
    assert "http.response.header.location" in span["attributes"]
    assert not holds(json.dumps(span, ensure_ascii=False), AWKWARD)


def test_opentelemetry_on_the_callers_client(key: str, certificates: Certificates) -> None:
    """A client that the caller has instrumented by itself makes spans without the key, too."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    with Server(DONE, tls=certificates.server) as server, httpx.Client(verify=certificates.client) as own:
        HTTPXClientInstrumentor.instrument_client(own, tracer_provider=provider)
        with MailPartner(key, base_url=server.url, http_client=own) as mp:
            mp.unsubscribes.delete(300)

    assert [json.loads(span.to_json())["name"] for span in exporter.get_finished_spans()] == ["POST"]
    assert not holds("".join(span.to_json() for span in exporter.get_finished_spans()), key)


class Retrying(httpx.HTTPTransport):
    """A transport of the caller's that only has other defaults."""

    def __init__(self, **options: Any) -> None:
        super().__init__(retries=1, **options)


def test_opentelemetry_over_a_transport_made_of_the_usual_one(
    key: str, certificates: Certificates, spans: InMemorySpanExporter
) -> None:
    """A transport that sends as httpx's own does, being made of it, makes spans without the key, too."""
    with Server(DONE, tls=certificates.server) as server:
        own = httpx.Client(transport=Retrying(verify=certificates.client))
        with own, MailPartner(key, base_url=server.url, http_client=own) as mp:
            mp.unsubscribes.delete(300)

    assert len(spans.get_finished_spans()) == 1
    assert not holds("".join(span.to_json() for span in spans.get_finished_spans()), key)


@pytest.fixture(scope="module")
def envelopes() -> dict[str, Any]:
    """What Sentry would have sent of a program that makes the calls of `under_sentry.py`, in all four ways."""
    here = Path(__file__).parent
    search = os.pathsep.join([str(here.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, str(here / "under_sentry.py")],
        env={**os.environ, "PYTHONPATH": search, "MAILPARTNER_API_KEY": AWKWARD},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_sentry_sees_the_errors(envelopes: dict[str, Any]) -> None:
    """Sentry gets an event for each call that failed, with the locals of the SDK's own frames."""
    frames = [
        frame
        for event in envelopes["events"]
        for value in event["exception"]["values"]
        for frame in value["stacktrace"]["frames"]
        if frame["module"].startswith("mailpartner")
    ]

    assert len(envelopes["events"]) == envelopes["errors"]
    assert all(frame.get("vars") for frame in frames)
    assert {"mailpartner.resources.unsubscribes", "mailpartner.client"} <= {frame["module"] for frame in frames}


def test_sentry_sees_no_key(envelopes: dict[str, Any]) -> None:
    """No event, breadcrumb, span or local variable that it gets shows the key."""
    shown = [envelope for envelope in envelopes["sent"] if holds(envelope, AWKWARD)]
    assert shown == []
    assert all(b"apiKey=" in request.encode() for request in envelopes["requests"])
