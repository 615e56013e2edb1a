"""What the last sentence of an error advises, where it depends on how the call went."""

from __future__ import annotations

import pytest
from kit.api_server import ApiServer, lost, page, silence
from kit.callers import Callers

from mailpartner import APITimeoutError, MailPartnerError, RateLimitError, UnexpectedResponseError
from mailpartner.errors import Hint


def test_after_a_rate_limit(server: ApiServer, connect: Callers) -> None:
    """The seconds that the server asks for are in the sentence, rounded up."""
    server.then(page(429, headers=["Retry-After: 199.5"]))
    error = failure(server, connect)
    assert type(error) is RateLimitError
    assert error.hint == Hint("slow_down", "Slow down, and try again in {seconds} seconds.", {"seconds": "200"})
    assert str(error).endswith("Nothing was done. Slow down, and try again in 200 seconds.")


def test_after_a_rate_limit_without_seconds(server: ApiServer, connect: Callers) -> None:
    """Nothing is made up, and what is no help is left out."""
    server.then(page(429), page(429, headers=["Retry-After: 999999999"]))
    for _ in range(2):
        assert str(failure(server, connect)).endswith("Slow down.")


def test_a_server_that_is_slow(server: ApiServer, connect: Callers) -> None:
    """Where the server was reached, the network is not blamed."""
    server.then(lost(silence, applied=False))
    error = failure(server, connect, timeout=0.05)
    assert type(error) is APITimeoutError
    assert str(error).endswith("Nothing was done. Try again later, or with a longer timeout.")


@pytest.mark.parametrize("body", ["<!DOCTYPE html><p>", "\n <html lang='fr'>", "<!doctype HTML PUBLIC 'x'>"])
def test_a_page(server: ApiServer, connect: Callers, body: str) -> None:
    """An HTML page is called one."""
    server.then(page(200, body.encode()))
    error = failure(server, connect)
    assert type(error) is UnexpectedResponseError
    assert "(an HTML page, not an answer of the API)" in str(error)


def failure(server: ApiServer, connect: Callers, **options: float) -> MailPartnerError:
    with pytest.raises(MailPartnerError) as caught:
        connect(server.url, max_retries=0).unsubscribes.list(**options)
    return caught.value
