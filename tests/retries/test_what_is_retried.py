"""Which outcomes are worth another attempt, and which are final: counted at the server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from kit.api_server import ApiServer, page, refused, succeeded
from kit.callers import Callers

from mailpartner import (
    APIError,
    AuthenticationError,
    InvalidRequestError,
    MailPartnerError,
    NotFoundError,
    Outcome,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    UnexpectedResponseError,
)

DOCUMENT = Path(__file__).resolve().parents[2] / "openapi.yaml"
ATTEMPTS = 3
"""What a call makes of the default two retries."""

PAGES_RETRIED = (
    *(200, 201, 202, 203, 206, 226, 299),
    *(408, 429),
    *(500, 501, 502, 503, 504, 505, 507, 508, 511, 520, 522, 524, 529, 530, 598, 599),
)
PAGES_FINAL = (
    *(300, 301, 302, 303, 305, 306, 307, 308, 399),
    *(400, 401, 402, 403, 404, 405, 406, 407, 409, 410, 411, 412, 413, 414, 415, 417, 418),
    *(421, 422, 423, 424, 425, 426, 428, 431, 444, 451, 499),
)
CERTAIN_PAGES = {405, 429}
"""The statuses which say by themselves that nothing was done."""

CODES_RETRIED: dict[int, type[APIError]] = {429: RateLimitError, 500: ServerError}
CODES_FINAL: dict[int, type[APIError]] = {
    1: AuthenticationError,
    2: InvalidRequestError,
    3: InvalidRequestError,
    4: NotFoundError,
    10: AuthenticationError,
    20: PermissionDeniedError,
    30: PermissionDeniedError,
    40: PermissionDeniedError,
    90: InvalidRequestError,
    96: PermissionDeniedError,
}
UNLISTED = 77

any_status = pytest.mark.parametrize("status", [200, 400, 404, 429, 503])
each_format = pytest.mark.parametrize("format", ["json", "xml"])


def failed(server: ApiServer, connect: Callers, client_kind: str = "sync", **options: Any) -> MailPartnerError:
    """The error of a call to a server that always does the same. POST, so that nothing is done by another method."""
    mp = connect(server.url, client_kind, **{"method": "POST", **options})
    with pytest.raises(MailPartnerError) as caught:
        mp.delete()
    assert len(server.requests) == caught.value.attempts == len(mp.clock.waits) + 1
    assert set(server.methods) == {"POST"}
    assert server.entries == {300}
    return caught.value


@pytest.mark.parametrize("status", PAGES_RETRIED)
def test_a_page_that_is_asked_for_again(server: ApiServer, connect: Callers, status: int) -> None:
    """A page instead of an answer, with a status that a repeat may mend: three requests, then the error."""
    server.always = page(status)

    error = failed(server, connect)

    assert error.attempts == ATTEMPTS
    assert type(error) is (RateLimitError if status == 429 else UnexpectedResponseError)
    assert error.status_code == status
    assert error.maybe_applied is (status not in CERTAIN_PAGES)


@pytest.mark.parametrize("status", PAGES_FINAL)
def test_a_page_that_is_final(server: ApiServer, connect: Callers, status: int) -> None:
    """A page instead of an answer, with a status that a repeat cannot mend: one request, then the error."""
    server.always = page(status, headers=["Location: /v1/unsubscribe/delete?id=300"])

    error = failed(server, connect)

    assert error.attempts == 1
    assert type(error) is UnexpectedResponseError
    assert error.status_code == status
    assert error.maybe_applied is (status not in CERTAIN_PAGES)


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{}", b'{"success":"true"}', b'{"success":true,"code":4}'])
def test_a_200_that_cannot_be_read_is_asked_for_again(
    server: ApiServer, connect: Callers, client_kind: str, body: bytes
) -> None:
    """HTTP 200 with anything but an answer of the API is a doubt, and is asked for again."""
    server.always = page(200, body)

    error = failed(server, connect, client_kind)

    assert type(error) is UnexpectedResponseError
    assert (error.attempts, error.maybe_applied) == (ATTEMPTS, True)


@pytest.mark.parametrize("code", CODES_RETRIED)
@any_status
@each_format
def test_a_code_that_is_asked_for_again(
    server: ApiServer, connect: Callers, format: str, status: int, code: int
) -> None:
    """Too many requests and a fault of the server are retried by their code, whatever the HTTP status."""
    server.always = refused(code, "non", status=status)

    error = failed(server, connect, format=format)

    assert type(error) is CODES_RETRIED[code]
    assert (error.attempts, error.code, error.status_code) == (ATTEMPTS, code, status)
    assert error.maybe_applied is (code == 500)


@pytest.mark.parametrize("code", CODES_FINAL)
@any_status
@each_format
def test_a_code_that_is_final(server: ApiServer, connect: Callers, format: str, status: int, code: int) -> None:
    """A code that names a fault of the request, the key or the account is final, at HTTP 503 and 429 too."""
    server.always = refused(code, "non", status=status)

    error = failed(server, connect, format=format)

    assert type(error) is CODES_FINAL[code]
    assert (error.attempts, error.maybe_applied, error.code, error.status_code) == (1, False, code, status)


def test_both_tables_hold_every_code_of_the_document() -> None:
    """The codes tried here are those of openapi.yaml, retried where it says rate_limit or server, and no others."""
    schemas = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))["components"]["schemas"]
    classes: dict[int, str] = {}
    for name in ("DeleteUnsubscribeCode", "AccountCode"):
        classes |= dict(zip(schemas[name]["enum"], schemas[name]["x-enum-classes"], strict=True))

    assert {code for code, kind in classes.items() if kind in ("rate_limit", "server")} == set(CODES_RETRIED)
    assert {code for code, kind in classes.items() if kind != "success"} == {*CODES_RETRIED, *CODES_FINAL}


@pytest.mark.parametrize(
    ("status", "attempts", "maybe_applied"),
    [
        (200, 1, False),
        (302, 1, False),
        (400, 1, False),
        (403, 1, False),
        (404, 1, False),
        (408, ATTEMPTS, False),
        (429, ATTEMPTS, False),
        (500, ATTEMPTS, True),
        (503, ATTEMPTS, True),
        (599, ATTEMPTS, True),
    ],
)
@pytest.mark.parametrize("code", [UNLISTED, 0, -1, None], ids=lambda code: f"code_{code}")
def test_a_code_that_nobody_knows(
    server: ApiServer, connect: Callers, code: int | None, status: int, attempts: int, maybe_applied: bool
) -> None:
    """Where the code says nothing, the status decides whether a repeat may help; HTTP 200 says that it is final."""
    server.always = refused(code, "Numéro inconnu", status=status)

    error = failed(server, connect)

    assert type(error) is (RateLimitError if status == 429 else APIError)
    assert (error.attempts, error.maybe_applied, error.code) == (attempts, maybe_applied, code)


@pytest.mark.parametrize("status", [200, 201, 302, 404, 405, 429, 500, 503])
def test_a_success_is_one_whatever_the_status(
    server: ApiServer, connect: Callers, client_kind: str, status: int
) -> None:
    """An answer that says it was done is not asked for again because of its status."""
    server.then(succeeded(status=status))

    deletion = connect(server.url, client_kind).delete()

    assert (deletion.outcome, deletion.attempts, deletion.http.status_code) == (Outcome.DELETED, 1, status)
    assert len(server.requests) == 1


@pytest.mark.parametrize("retries", [0, 1, 2, 5])
def test_retries_are_as_many_as_allowed(server: ApiServer, connect: Callers, client_kind: str, retries: int) -> None:
    """max_retries counts the requests after the first."""
    server.always = page(502)

    assert failed(server, connect, client_kind, max_retries=retries).attempts == retries + 1


def test_retries_allowed_to_one_call(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """max_retries given with a call holds for that call alone."""
    server.always = page(502)
    mp = connect(server.url, client_kind, max_retries=0)

    for given, attempts in ((1, 2), (None, 1), (0, 1)):
        with pytest.raises(UnexpectedResponseError) as caught:
            mp.delete(300, max_retries=given)
        assert caught.value.attempts == attempts


def test_the_last_retry_may_be_the_one(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """A success at the last attempt allowed is a success."""
    server.then(page(503), refused(500))

    deletion = connect(server.url, client_kind).delete()

    assert (deletion.outcome, deletion.attempts) == (Outcome.DELETED, 3)
    assert server.entries == set()


def test_a_redirect_is_not_followed(server: ApiServer, connect: Callers, client_kind: str) -> None:
    """A redirect, be it to the same host, is final, and no request goes where it points: the key would go along."""
    with ApiServer(entries={300}) as elsewhere:
        server.always = page(307, headers=[f"Location: {elsewhere.url}/v1/unsubscribe/delete?id=300"])
        error = failed(server, connect, client_kind)

    assert (error.attempts, elsewhere.connections) == (1, 0)
