"""A request before it has a key: what the generated client and openapi.yaml make of an operation's arguments."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlencode

from mailpartner._core.options import CallOptions
from mailpartner._core.schema import rows_of

if TYPE_CHECKING:
    from types import ModuleType

    from mailpartner_contract import Operation

MEGABYTE = 1 << 20
LIST_LIMIT = 256 * MEGABYTE
NO_HINTS: Mapping[str, str] = MappingProxyType({})

Row = Callable[[dict[str, Any]], Any]


class Request(NamedTuple):
    """What is to be sent. `query` is ready for the URL; `body` is a JSON object or None; neither holds the key.

    answer_limit: the bytes of an answer that are read. hints: what its errors tell people to do next, by the kind
    of refusal, the name of a code, or "doubt"; in place of the usual words. row: what each row of a list becomes.
    """

    operation: Operation
    method: str
    path: str
    query: str
    body: dict[str, Any] | None
    format: str
    answer_limit: int = MEGABYTE
    hints: Mapping[str, str] = NO_HINTS
    row: Row | None = None

    @property
    def only_reads(self) -> bool:
        """Whether nothing can come of it at the server: a GET is safe (RFC 9110, 9.2.1) unless it is the other form of
        something that is not."""
        return self.method == "GET" and self.operation.other_method is None

    def describe(self) -> str:
        """Method, path and query, as they go into logs."""
        return f"{self.method} {self.path}?{self.query}" if self.query else f"{self.method} {self.path}"


def build_request(
    module: ModuleType, arguments: dict[str, Any], format: str, hints: Mapping[str, str] = NO_HINTS
) -> Request:
    """The request of a generated operation module.

    Raises TypeError where `module` is none, or its arguments are not those of the operation; TypeError or ValueError
    where an argument is outside the limits that openapi.yaml sets.
    """
    from mailpartner_contract import OPERATIONS

    get_kwargs = getattr(module, "_get_kwargs", None)
    if get_kwargs is None:
        raise TypeError(f"{module!r} is not an operation module of mailpartner_client.api.")
    kwargs = _kwargs(get_kwargs, arguments)
    method, path = kwargs["method"].upper(), kwargs["url"]
    operation = OPERATIONS.get((method, path))
    if operation is None:
        raise TypeError(f"{method} {path} is not in openapi.yaml; add it there and run `make generate`.")
    for name, limits in operation.limits.items():
        if name in arguments:
            _check(name, arguments[name], limits)
    parameters = kwargs.get("params", {})
    if format != "json":
        parameters = {**parameters, "_format": format}
    body = kwargs.get("json")
    if operation.key_in == "body":
        body = {name: value for name, value in body.items() if name != "apiKey"}
    if body is not None:
        json_bytes(body)  # what JSON cannot carry is a mistake of the caller, told before anything is sent
    limit = MEGABYTE if rows_of(operation.answer) is None else LIST_LIMIT
    return Request(operation, method, path, _query(parameters), body, format, limit, hints)


def _kwargs(get_kwargs: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    try:
        return get_kwargs(**arguments)
    except TypeError as error:
        fault = error
    options = sorted(arguments.keys() & CallOptions.__annotations__.keys())
    if not options:
        raise fault
    given = ", ".join(f"{name}=..." for name in options)
    raise TypeError(f"{options[0]} is an option, no argument: with_options({given}).call(...). Nothing was sent.")


def _check(name: str, value: object, limits: tuple[int, int]) -> None:
    # True is an int too, and would be sent as text; so would a member of an enum.
    if type(value) is not int:
        raise TypeError(f"{name} must be an int, not {type(value).__name__}. Nothing was sent.")
    low, high = limits
    if not low <= value <= high:
        raise ValueError(f"{name} must be from {low} to {high}. Nothing was sent.")


def json_bytes(body: dict[str, Any]) -> bytes:
    """A JSON body as it is sent."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")


def _query(parameters: dict[str, Any]) -> str:
    plain = {name: str(value).lower() if isinstance(value, bool) else value for name, value in parameters.items()}
    return urlencode(plain, doseq=True, quote_via=quote)
