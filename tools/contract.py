"""Write generated/mailpartner_contract/: the facts of openapi.yaml that the generator leaves out.

The generated client knows URLs, parameters and models. It does not know the order of XML entries, what a code means
and which error it is, whether a repeat does harm, the limits of arguments, or where the key goes. Those stand in
openapi.yaml, some of them as x- extensions, which are explained at its top; here they become plain Python data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from references import METHODS, resolved

TYPES = '''\
"""The types of the contract. Written by `make generate` from openapi.yaml; do not edit."""

from typing import NamedTuple


class Code(NamedTuple):
    """A code that openapi.yaml lists."""

    name: str
    kind: str
    """The kind of outcome, x-enum-classes."""
    text: "str | None"
    """The vendor's French text."""
    meaning: str
    """What it means, in English."""
    effect: str
    """What it says of the effect of the request, x-enum-effects."""


class Schema(NamedTuple):
    """The type of a JSON value. An object's fields are in the order of its XML entries."""

    type: str
    fields: "tuple[tuple[str, Schema], ...]" = ()
    essential: "frozenset[str]" = frozenset()
    """The fields without which a success is unreadable, x-essential."""
    items: "Schema | None" = None
    pattern: "str | None" = None
    """What the whole of a string matches."""
    decimal: bool = False
    """Whether a number is read as a decimal, x-decimal."""
    secret: bool = False
    """True for a string that is a secret, format password."""


class Limits(NamedTuple):
    """The limits of an argument; None for no limit."""

    minimum: "int | None" = None
    maximum: "int | None" = None
    min_length: "int | None" = None
    max_length: "int | None" = None
    pattern: "str | None" = None
    min_items: "int | None" = None
    max_items: "int | None" = None


class Sending(NamedTuple):
    """What holds for sending a message, x-sending."""

    placeholder: str
    """How a variable is written in the HTML; its name is the group."""
    own_placeholders: "frozenset[str]"
    """The names that the vendor fills in itself."""
    time_zone: str
    """That of the schedule; assumed."""
    attachment_bytes: int
    """The size that an attachment may have."""


class Operation(NamedTuple):
    """One operation."""

    id: str
    method: str
    path: str
    model: str
    """The generated model of its answer."""
    response: Schema
    codes: "dict[int, Code]"
    safe: bool
    """Whether it changes nothing, x-safe."""
    idempotent: bool
    """Whether it may be repeated after a lost answer, x-idempotent."""
    key_in: str
    """Where the key goes: "query" or "body"."""
    alternate_method: "str | None"
    """Another HTTP method that does the same, x-alias-of."""
    takes_format: bool
    """Whether it knows the parameter _format."""
    answers_secrets: bool
    """True if an answer may hold a secret, format password."""
    limits: "dict[str, Limits]"
    """The limits of its arguments, in the query and in the body; those of a part by its path, as `a.b` or `a[].b`."""
'''

HEAD = '"""{title} Written by `make generate` from openapi.yaml; do not edit."""\n\n'
INT64 = 2**63 - 1
LIMITS = {
    "minimum": "minimum",
    "maximum": "maximum",
    "minLength": "min_length",
    "maxLength": "max_length",
    "pattern": "pattern",
    "minItems": "min_items",
    "maxItems": "max_items",
    "minProperties": "min_items",
    "maxProperties": "max_items",
}
NOT_CARRIED = {"exclusiveMinimum", "exclusiveMaximum", "multipleOf", "uniqueItems"}


class ContractError(Exception):
    """openapi.yaml says something that this project cannot express."""


def contract_sources(spec: dict[str, Any]) -> dict[str, str]:
    """Return the modules of mailpartner_contract for a parsed openapi.yaml: their text by file name."""
    document = _Document(spec)
    operations = "".join(
        f"({method.upper()!r}, {path!r}): {document.operation_source(method, path, operation)},\n"
        for method, path, operation in document.operations()
    )
    rate = spec["x-rate-limit"]
    settings = f"SERVER: Final = {spec['servers'][0]['url']!r}\n\n"
    settings += f"RATE_LIMIT: Final = ({rate['requests']!r}, {rate['seconds']!r})  # requests, seconds\n"
    sending = spec["x-sending"]
    settings += (
        f"SENDING: Final = Sending(placeholder={sending['placeholder']!r}, "
        f"own_placeholders=frozenset({sorted(sending['own-placeholders'])!r}), "
        f"time_zone={sending['time-zone']!r}, attachment_bytes={sending['attachment-bytes']!r})\n"
    )
    names = ("Code", "Limits", "Operation", "Schema", "Sending")
    modules = ", ".join(sorted(document.codes))
    exported = ", ".join(map(repr, sorted([*names, "OPERATIONS", "RATE_LIMIT", "SENDING", "SERVER"])))
    return {
        "types.py": TYPES,
        "codes/__init__.py": HEAD.format(title="The code lists, a module for each."),
        **{f"codes/{name}.py": source for name, source in document.codes.items()},
        "schemas.py": HEAD.format(title="The types of answers.")
        + "from typing import Final\n\nfrom .types import Schema\n\n"
        + "".join(document.schemas.values()),
        "operations.py": HEAD.format(title="The operations, by method and path.")
        + f"from typing import Final\n\nfrom . import schemas\nfrom .codes import {modules}\n"
        + "from .types import Limits, Operation\n\n"
        + f"OPERATIONS: Final[dict[tuple[str, str], Operation]] = {{\n{operations}}}\n",
        "__init__.py": HEAD.format(title="Facts of the API that the generated client leaves out.")
        + "from typing import Final\n\nfrom .operations import OPERATIONS\n"
        + f"from .types import {', '.join(names)}\n\n__all__ = [{exported}]\n\n{settings}",
        "py.typed": "",
    }


class _Document:
    def __init__(self, spec: dict[str, Any]) -> None:
        self._spec = spec
        self.codes: dict[str, str] = {}
        self.schemas: dict[str, str] = {}

    def operations(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Return method, path and node of each operation."""
        return [
            (method, path, item[method])
            for path, item in self._spec["paths"].items()
            for method in METHODS
            if method in item
        ]

    def operation_source(self, method: str, path: str, operation: dict[str, Any]) -> str:
        answer = self._resolve(operation["responses"]["200"])["content"]["application/json"]["schema"]
        if "$ref" not in answer:
            raise ContractError(
                f"{operation['operationId']}: its answer must be a component, whose name is the model's"
            )
        model = answer["$ref"].rsplit("/", 1)[1]
        codes = ", ".join(f"**{self._code_list(name)}.CODES" for name in reversed(operation["x-codes"]))
        parameters, body = self._parameters(path, operation), self._body(operation)
        limits = "".join(source for name, node in {**parameters, **body}.items() for source in self._limits(name, node))
        return (
            f"Operation(id={operation['operationId']!r}, method={method.upper()!r}, path={path!r}, model={model!r}, "
            f"response=schemas.{self._schema(answer)}, codes={{{codes}}}, "
            f"safe={bool(operation.get('x-safe'))!r}, idempotent={bool(operation.get('x-idempotent'))!r}, "
            f"key_in={'body' if 'apiKey' in body else 'query'!r}, "
            f"alternate_method={self._alternate_method(operation)!r}, takes_format={'_format' in parameters!r}, "
            f"answers_secrets={self._has_secrets(answer)!r}, "
            f"limits={{{limits}}})"
        )

    def _resolve(self, node: dict[str, Any]) -> dict[str, Any]:
        return resolved(self._spec, node)

    def _schema(self, node: dict[str, Any]) -> str:
        """Return the source of a schema; that of a component is a constant, written before it is used."""
        source = self._schema_source(self._resolve(node))
        if "$ref" not in node:
            return source
        name = _constant_name(node["$ref"].rsplit("/", 1)[1])
        self.schemas[name] = f"{name}: Final = {source}\n\n"
        return name

    def _schema_source(self, schema: dict[str, Any]) -> str:
        kind = schema.get("type", "any")
        if kind == "array":
            return f"Schema('array', items={self._schema(schema['items'])})"
        if kind != "object":
            pattern = f", pattern={_pattern(schema)!r}" if "pattern" in schema else ""
            decimal = ", decimal=True" if schema.get("x-decimal") else ""
            secret = ", secret=True" if schema.get("format") == "password" else ""
            return f"Schema({kind!r}{pattern}{decimal}{secret})"
        properties = schema.get("properties", {})
        order = schema.get("x-xml-order", list(properties))
        essential = sorted(schema.get("x-essential", []))
        if sorted(order) != sorted(properties):
            raise ContractError(f"x-xml-order {order} does not list exactly the properties {list(properties)}")
        if not set(essential) <= set(properties):
            raise ContractError(f"x-essential {essential} lists other properties than {list(properties)}")
        fields = "".join(f"({name!r}, {self._schema(properties[name])})," for name in order)
        given = f", essential=frozenset({essential!r})" if essential else ""
        return f"Schema('object', fields=({fields}){given})"

    def _has_secrets(self, node: dict[str, Any]) -> bool:
        schema = self._resolve(node)
        parts = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
        return schema.get("format") == "password" or any(map(self._has_secrets, parts))

    def _code_list(self, component: str) -> str:
        """Return the name of a code list's module."""
        name = _constant_name(component).lower()
        rows = _code_rows(component, self._spec["components"]["schemas"][component])
        source = "".join(f"{code}: Code{row!r}," for code, row in sorted(rows.items()))
        self.codes[name] = (
            HEAD.format(title=f"The code list {component}.")
            + "from typing import Final\n\nfrom ..types import Code\n\n"
            + f"CODES: Final[dict[int, Code]] = {{{source}}}\n"
        )
        return name

    def _parameters(self, path: str, operation: dict[str, Any]) -> dict[str, Any]:
        """Return the schemas of the parameters, by name."""
        listed = [*self._spec["paths"][path].get("parameters", []), *operation.get("parameters", [])]
        parameters = [self._resolve(parameter) for parameter in listed]
        return {parameter["name"]: self._resolve(parameter["schema"]) for parameter in parameters}

    def _body(self, operation: dict[str, Any]) -> dict[str, Any]:
        """Return the schemas of the properties of the JSON body, by name."""
        content = self._resolve(operation.get("requestBody", {})).get("content", {})
        body = self._resolve(content.get("application/json", {}).get("schema", {}))
        return {name: self._resolve(node) for name, node in body.get("properties", {}).items()}

    def _alternate_method(self, operation: dict[str, Any]) -> str | None:
        for method, _, other in self.operations():
            if other.get("x-alias-of") == operation["operationId"]:
                return method.upper()
        return None

    def _limits(self, name: str, node: dict[str, Any]) -> Iterator[str]:
        """Yield the limits of an argument and of its parts."""
        schema = self._resolve(node)
        if name not in ("apiKey", "_format") and (source := _limits_source(name, schema)):
            yield f"{name!r}: {source},"
        for part, inner in schema.get("properties", {}).items():
            yield from self._limits(f"{name}.{part}", inner)
        if "items" in schema:
            yield from self._limits(f"{name}[]", schema["items"])


def _limits_source(name: str, schema: dict[str, Any]) -> str:
    if unknown := sorted(NOT_CARRIED & schema.keys()):
        raise ContractError(f"{name}: the contract has no limit called {unknown[0]}")
    limits = {LIMITS[key]: schema[key] for key in LIMITS.keys() & schema.keys() - {"pattern"}}
    if "pattern" in schema:
        limits["pattern"] = _pattern(schema)
    if schema.get("format") == "int64":
        limits.setdefault("maximum", INT64)  # not in the document: JavaScript tools cannot hold it
    given = [f"{limit}={limits[limit]!r}" for limit in dict.fromkeys(LIMITS.values()) if limit in limits]
    return f"Limits({', '.join(given)})" if limits else ""


def _pattern(schema: dict[str, Any]) -> str:
    pattern: str = schema["pattern"]
    if not (pattern.startswith("^") and pattern.endswith("$")):
        raise ContractError(f"the pattern {pattern} must be for the whole text, from ^ to $")
    return pattern


def _constant_name(component: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", component).upper()


def _code_rows(name: str, schema: dict[str, Any]) -> dict[int, tuple[str | None, ...]]:
    columns = ("x-enum-varnames", "x-enum-classes", "x-enum-texts", "x-enum-descriptions", "x-enum-effects")
    for column in columns:
        if len(schema[column]) != len(schema["enum"]):
            raise ContractError(f"{name}: {column} has {len(schema[column])} rows, enum has {len(schema['enum'])}")
    return dict(zip(schema["enum"], zip(*(schema[column] for column in columns), strict=True), strict=True))
