"""Write generated/mailpartner_contract/: the facts of openapi.yaml that the generator leaves out.

The generated client knows URLs, parameters and models. It does not know the order of XML entries, what a code means
and which error it is, whether a repeat does harm, the limits of arguments, or where the key goes. Those stand in
openapi.yaml, some of them as x- extensions, which are explained at its top; here they become plain Python data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from openapi import JSON, Node, body_schema, code_rows, operations, parameters, resolved

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
    "minimum": "minimum", "maximum": "maximum", "minLength": "min_length", "maxLength": "max_length",
    "pattern": "pattern", "minItems": "min_items", "maxItems": "max_items", "minProperties": "min_items",
    "maxProperties": "max_items",
}  # fmt: skip
NOT_CARRIED = {"exclusiveMinimum", "exclusiveMaximum", "multipleOf", "uniqueItems"}


class ContractError(Exception):
    """openapi.yaml says something that this project cannot express."""


def contract_sources(spec: Node) -> dict[str, str]:
    """Return the modules of mailpartner_contract for a parsed openapi.yaml: their text by file name."""
    contract, paths = _Contract(spec), list(spec["paths"])
    made = "".join(
        f"({method.upper()!r}, {path!r}): {contract.operation(method, path, operation)},\n"
        for method, path, operation in sorted(operations(spec), key=lambda each: (paths.index(each[1]), each[0]))
    )
    rate, sending = spec["x-rate-limit"], spec["x-sending"]
    names = ("Code", "Limits", "Operation", "Schema", "Sending")
    exported = sorted([*names, "OPERATIONS", "RATE_LIMIT", "SENDING", "SERVER"])
    return {
        "types.py": TYPES,
        "codes/__init__.py": HEAD.format(title="The code lists, a module for each."),
        **{f"codes/{name}.py": source for name, source in contract.codes.items()},
        "schemas.py": HEAD.format(title="The types of answers.")
        + "from typing import Final\n\nfrom .types import Schema\n\n"
        + "".join(contract.schemas.values()),
        "operations.py": HEAD.format(title="The operations, by method and path.")
        + f"from typing import Final\n\nfrom . import schemas\nfrom .codes import {', '.join(sorted(contract.codes))}\n"
        + "from .types import Limits, Operation\n\n"
        + f"OPERATIONS: Final[dict[tuple[str, str], Operation]] = {{\n{made}}}\n",
        "__init__.py": HEAD.format(title="Facts of the API that the generated client leaves out.")
        + "from typing import Final\n\nfrom .operations import OPERATIONS\n"
        + f"from .types import {', '.join(names)}\n\n__all__ = {exported!r}\n\n"
        + f"SERVER: Final = {spec['servers'][0]['url']!r}\n\n"
        + f"RATE_LIMIT: Final = ({rate['requests']!r}, {rate['seconds']!r})  # requests, seconds\n"
        + f"SENDING: Final = Sending(placeholder={sending['placeholder']!r}, "
        + f"own_placeholders=frozenset({sorted(sending['own-placeholders'])!r}), "
        + f"time_zone={sending['time-zone']!r}, attachment_bytes={sending['attachment-bytes']!r})\n",
        "py.typed": "",
    }


class _Contract:
    """Writes operations, and gathers the sources of the code lists and schemas that they use."""

    def __init__(self, spec: Node) -> None:
        self._spec = spec
        self.codes: dict[str, str] = {}
        self.schemas: dict[str, str] = {}

    def operation(self, method: str, path: str, operation: Node) -> str:
        answer = self._resolve(operation["responses"]["200"])["content"][JSON]["schema"]
        name = operation["operationId"]
        if "$ref" not in answer:
            raise ContractError(f"{name}: its answer must be a component, whose name is the model's")
        queried = {each["name"]: each["schema"] for each in parameters(self._spec, path, operation)}
        body = body_schema(self._spec, operation).get("properties", {})
        aliases = [other for other, _, node in operations(self._spec) if node.get("x-alias-of") == name]
        codes = ", ".join(f"**{self._code_list(each)}.CODES" for each in reversed(operation["x-codes"]))
        limits = "".join(each for part, node in {**queried, **body}.items() for each in self._limits(part, node))
        model = answer["$ref"].rsplit("/", 1)[1]
        return (
            f"Operation(id={name!r}, method={method.upper()!r}, path={path!r}, model={model!r}, "
            f"response=schemas.{self._schema(answer)}, codes={{{codes}}}, "
            f"safe={bool(operation.get('x-safe'))!r}, idempotent={bool(operation.get('x-idempotent'))!r}, "
            f"key_in={'body' if 'apiKey' in body else 'query'!r}, "
            f"alternate_method={aliases[0].upper() if aliases else None!r}, takes_format={'_format' in queried!r}, "
            f"answers_secrets={self._has_secrets(answer)!r}, limits={{{limits}}})"
        )

    def _resolve(self, node: Node) -> Node:
        return resolved(self._spec, node)

    def _schema(self, node: Node) -> str:
        """Return the source of a schema; that of a component is a constant, written before it is used."""
        source = self._schema_source(self._resolve(node))
        if "$ref" not in node:
            return source
        name = _constant_name(node["$ref"].rsplit("/", 1)[1])
        self.schemas[name] = f"{name}: Final = {source}\n\n"
        return name

    def _schema_source(self, schema: Node) -> str:
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

    def _has_secrets(self, node: Node) -> bool:
        schema = self._resolve(node)
        parts = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
        return schema.get("format") == "password" or any(map(self._has_secrets, parts))

    def _code_list(self, component: str) -> str:
        """Return the name of a code list's module."""
        name = _constant_name(component).lower()
        try:
            rows = sorted(code_rows(self._spec["components"]["schemas"][component]), key=lambda row: int(row[0]))
        except ValueError as error:
            raise ContractError(f"{component}: {error}") from None
        source = "".join(f"{code}: Code{tuple(row)!r}," for code, *row in rows)
        self.codes[name] = (
            HEAD.format(title=f"The code list {component}.")
            + "from typing import Final\n\nfrom ..types import Code\n\n"
            + f"CODES: Final[dict[int, Code]] = {{{source}}}\n"
        )
        return name

    def _limits(self, name: str, node: Node) -> Iterator[str]:
        """Yield the limits of an argument and of its parts."""
        schema = self._resolve(node)
        if name not in ("apiKey", "_format") and (limits := _limits(name, schema)):
            yield f"{name!r}: Limits({limits}),"
        for part, inner in schema.get("properties", {}).items():
            yield from self._limits(f"{name}.{part}", inner)
        if "items" in schema:
            yield from self._limits(f"{name}[]", schema["items"])


def _limits(name: str, schema: Node) -> str:
    if unknown := sorted(NOT_CARRIED & schema.keys()):
        raise ContractError(f"{name}: the contract has no limit called {unknown[0]}")
    limits = {limit: schema[key] for key, limit in LIMITS.items() if key in schema}
    if "pattern" in schema:
        limits["pattern"] = _pattern(schema)
    if schema.get("format") == "int64":
        limits.setdefault("maximum", INT64)  # not in the document: JavaScript tools cannot hold it
    return ", ".join(f"{limit}={limits[limit]!r}" for limit in dict.fromkeys(LIMITS.values()) if limit in limits)


def _pattern(schema: Node) -> str:
    pattern: str = schema["pattern"]
    if not (pattern.startswith("^") and pattern.endswith("$")):
        raise ContractError(f"the pattern {pattern} must be for the whole text, from ^ to $")
    return pattern


def _constant_name(component: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", component).upper()
