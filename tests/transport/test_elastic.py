"""Elastic APM, which instruments httpcore, sees each call with its id, and no key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import elasticapm
import pytest
from kit.leaks import holds, spellings
from kit.responses import DONE
from kit.server import Server
from kit.steps import hang_up, partly
from kit.tls import Certificates

from mailpartner import APIConnectionError, Deletion

from .conftest import KEY, ClientKind, delete


class Agent(elasticapm.Client):
    """Elastic's agent which sends each span by itself, and keeps what it would send."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        super().__init__(
            service_name="tests", central_config="false", cloud_provider="none", span_compression_enabled="false"
        )

    def start_threads(self) -> None:
        """Start nothing: there is no server to send to."""

    def queue(self, event_type: str, data: Any, flush: bool = False) -> None:
        """Keep an event."""
        self.sent.append(data)

    @property
    def urls(self) -> list[str]:
        """The URLs of calls."""
        return [data["context"]["http"]["url"] for data in self.sent if "http" in data.get("context", {})]


@pytest.fixture(scope="module")
def agent() -> Iterator[Agent]:
    """The agent, with all that it can instrument; a process has one, and cannot have it again."""
    agent = Agent()
    elasticapm.instrument()
    agent.begin_transaction("test")
    yield agent
    agent.end_transaction("test", "done")  # type: ignore[no-untyped-call]
    elasticapm.uninstrument()
    agent.close()


def test_elastic_apm(caller: ClientKind, agent: Agent, certificates: Certificates) -> None:
    """Elastic APM makes spans of calls, and no URL, header or error in them has the key."""
    agent.sent.clear()
    garbage = b"GET /?apiKey=" + spellings(KEY)["percent-encoded"] + b"\r\n\r\n"
    echo = partly(b"HTTP/1.1 100 Continue\r\n\r\n" + garbage, hang_up)
    acts = [delete] * (2 if caller.is_custom else 3)  # what a caller's connection quotes cannot be masked
    with Server(DONE, hang_up, echo, tls=certificates.server) as server:
        outcomes = caller.outcomes(server.url, *acts)
    assert isinstance(outcomes[0], Deletion)
    assert all(isinstance(error, APIConnectionError) for error in outcomes[1:])
    query = "id=300" if caller.is_custom else "apiKey=hidden&id=300"
    assert agent.urls[0] == f"{server.url}/v1/unsubscribe/delete?{query}"
    assert not holds(json.dumps(agent.sent, default=repr), KEY)
    assert b"traceparent" in server.heads[0]
    assert b"apiKey=account-Pl4nted%2FKey" in server.heads[0]
