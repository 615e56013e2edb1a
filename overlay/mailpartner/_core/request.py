"""Build the request of an operation from its arguments, without the key."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import quote, urlencode

from mailpartner._core.options import CallOptions
from mailpartner._core.schema import rows_of
from mailpartner._secret import MASK, Secret, revealed

if TYPE_CHECKING:
    from types import ModuleType

    from mailpartner.contract import Limits, Operation
    from mailpartner.errors import Hint

MEBIBYTE: Final = 1 << 20
LIST_LIMIT: Final = 256 * MEBIBYTE
NO_HINTS: Final[Mapping[str, Hint]] = MappingProxyType({})

RowFactory = Callable[[dict[str, Any]], Any]


class Request(NamedTuple):
    """A request without the key.

    Attributes:
        query: The query, encoded for a URL.
        body: The JSON object to send, or None.
        format: The requested format, "json" or "xml".
        response_limit: Bytes of the response body that are read at most.
        hints: What errors tell the reader to do next, by error kind, code name or "doubt"; instead of the general text.
        row: Builds the result of each row of a list.
    """

    operation: Operation
    method: str
    path: str
    query: str
    body: dict[str, Any] | None
    format: str
    response_limit: int = MEBIBYTE
    hints: Mapping[str, Hint] = NO_HINTS
    row: RowFactory | None = None

    def describe(self) -> str:
        """Return method, path and query, for logs."""
        return f"{self.method} {self.path}?{self.query}" if self.query else f"{self.method} {self.path}"


def build_request(
    module: ModuleType,
    arguments: Mapping[str, Any],
    format: str,
    hints: Mapping[str, Hint] = NO_HINTS,
    row: RowFactory | None = None,
) -> Request:
    """Build the request of a generated operation module.

    Raises:
        TypeError: If `module` is not an operation module, or the arguments are not those of the operation.
        ValueError: If an argument is outside the limits in openapi.yaml.
    """
    from mailpartner.contract import OPERATIONS

    get_kwargs = getattr(module, "_get_kwargs", None)
    if get_kwargs is None:
        raise TypeError(f"{module!r} is not an operation module of mailpartner.generated.api.")
    kwargs = _kwargs(get_kwargs, arguments)
    method, path = kwargs["method"].upper(), kwargs["url"]
    operation = OPERATIONS.get((method, path))
    if operation is None:
        raise TypeError(f"{method} {path} is not in openapi.yaml; add it there and run `make generate`.")
    body = kwargs.get("json")
    parameters = kwargs.get("params", {})
    _check_arguments({**arguments, **parameters, **(body or {})}, operation.limits)
    requested = format if operation.takes_format else "json"
    if requested != "json":
        parameters = {**parameters, "_format": requested}
    if body is not None:
        if operation.key_in == "body":
            body = {name: value for name, value in body.items() if name != "apiKey"}
        json_bytes(body)  # a value that JSON cannot express is reported before anything is sent
    limit = MEBIBYTE if rows_of(operation.response) is None else LIST_LIMIT
    query = "&".join(_encode(name, value) for name, value in parameters.items())
    return Request(operation, method, path, query, body, requested, limit, hints, row)


Redact = tuple[Callable[[bytes], bytes], Callable[[str], str]]


def redact_secrets(request: Request, redact: Callable[[bytes], bytes], redact_text: Callable[[str], str]) -> Redact:
    """Return functions that redact bytes and text as these do, and the secrets that the request sends, too."""
    body = request.body or {}
    values = [each.reveal() for each in body.values() if isinstance(each, Secret)]
    if not values:
        return redact, redact_text
    written = [form for value in values for form in (value, quote(value, safe=""), json.dumps(value)[1:-1])]

    def text(given: str) -> str:
        for each in written:
            given = given.replace(each, MASK)
        return redact_text(given)

    def data(given: bytes) -> bytes:
        for each in written:
            given = given.replace(each.encode("utf-8"), MASK.encode())
        return redact(given)

    return data, text


def _kwargs(get_kwargs: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
    try:
        return get_kwargs(**arguments)
    except AttributeError:  # a dict in place of a model
        fault = TypeError("An argument is not the model of mailpartner.generated.models that it must be.")
    except TypeError as error:
        fault = error
    options = sorted(arguments.keys() & CallOptions.__annotations__.keys())
    if not options:
        raise fault
    given = ", ".join(f"{name}=..." for name in options)
    raise TypeError(
        f"{options[0]} is an option of the client: write with_options({given}).call(...). Nothing was sent."
    )


def _check_arguments(given: Mapping[str, Any], limits: Mapping[str, Limits]) -> None:
    for path, limit in limits.items():
        name = path if path in given else _python_name(path)  # None for a parameter is only there under that name
        for value in (given[name],) if name in given else _values_at(given, path):
            check_limits(path, value, limit)


def _python_name(name: str) -> str:
    """Return how the generated client calls a parameter."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _values_at(node: Any, path: str) -> Iterator[Any]:
    """Yield the values at a path such as `a.b` or `a[].b`, where [] stands for each item of a list."""
    name, _, rest = path.partition(".")
    value = node.get(name.removesuffix("[]")) if isinstance(node, dict) else None
    for each in value if name.endswith("[]") and isinstance(value, list) else (value,):
        if rest:
            yield from _values_at(each, rest)
        elif each is not None:
            yield each


_PATTERNS: Final = {
    r"^[^\sA-Z]+$": "be in lower case, without spaces",
    r"^[!-~]+$": "be visible ASCII characters, without spaces",
    r"^[!-~]+/[!-~]+$": "be a media type such as application/pdf",
}
"""What patterns of openapi.yaml ask for, in words."""


def check_limits(name: str, value: object, limits: Limits) -> None:
    """Check an argument against its limits.

    Raises:
        TypeError: If it is of another type than the contract says; a bool is not a number.
        ValueError: If it is outside the limits.
    """
    if limits.minimum is not None or limits.maximum is not None:
        # A bool is an int too, and would be sent as text; so would a member of an enum.
        if type(value) is not int:
            raise TypeError(f"{name} must be an int, not {type(value).__name__}. Nothing was sent.")
        low, high = limits.minimum, limits.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            raise ValueError(f"{name} must be {_range(low, high)}. Nothing was sent.")
        return
    if isinstance(value, Secret):
        value = value.reveal()
    if isinstance(value, str):
        if limits.pattern is not None and not re.fullmatch(limits.pattern, value):
            wanted = _PATTERNS.get(limits.pattern, f"match {limits.pattern}")
            raise ValueError(f"{name} must {wanted}. Nothing was sent.")
        _check_size(name, len(value), limits.min_length, limits.max_length, "characters")
    elif isinstance(value, (list, tuple, dict)):
        _check_size(name, len(value), limits.min_items, limits.max_items, "items")
    else:
        raise TypeError(f"{name} must not be of type {type(value).__name__}. Nothing was sent.")


def _check_size(name: str, size: int, low: int | None, high: int | None, unit: str) -> None:
    if (low is not None and size < low) or (high is not None and size > high):
        raise ValueError(f"{name} must have {_range(low, high)} {unit}, not {size}. Nothing was sent.")


def _range(low: int | None, high: int | None) -> str:
    if low is None or high is None:
        return f"at most {high}" if low is None else f"at least {low}"
    return f"from {low} to {high}"


_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=revealed)


def json_bytes(body: dict[str, Any]) -> bytes:
    """Encode a JSON body as it is sent. Part by part, because a message with attachments may have 20 MB."""
    encoded = io.BytesIO()
    for part in _ENCODER.iterencode(body):
        encoded.write(part.encode("utf-8"))
    return encoded.getvalue()


def _encode(name: str, value: Any) -> str:
    is_plain = type(value) is int or (type(value) is str and value.isascii() and value.isalnum())
    if is_plain and name.isidentifier():  # what most calls send
        return f"{name}={value}"
    plain = str(value).lower() if isinstance(value, bool) else value
    return urlencode({name: plain}, doseq=True, quote_via=quote)
