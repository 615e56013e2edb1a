"""Write generated/mailpartner_contract.py: the facts of openapi.yaml that the generator leaves out.

The generated client knows URLs, parameters and models. It does not know the order of the XML entries, what a
code means and which error it is, whether a repeat is harmless, or where the key goes: those stand in the x-
extensions of openapi.yaml (explained at its top) and are put into plain Python data here.
"""

from __future__ import annotations

import re
from typing import Any

from references import METHODS, resolved

HEAD = '''\
"""Facts of the API that the generated client leaves out. Written by `make generate` from openapi.yaml; do not edit."""

from typing import Final, NamedTuple


class Code(NamedTuple):
    """A code that openapi.yaml lists: its name, its kind of outcome, the vendor's French text, its English meaning."""

    name: str
    kind: str
    text: "str | None"
    meaning: str


class Shape(NamedTuple):
    """The shape of a JSON value. An object's fields stand in the order of its XML entries."""

    type: str
    fields: "tuple[tuple[str, Shape], ...]" = ()
    required: "frozenset[str]" = frozenset()
    items: "Shape | None" = None


class Operation(NamedTuple):
    """One operation, as `OPERATIONS` lists it under its method and path."""

    id: str
    model: str
    answer: Shape
    codes: "dict[int, Code]"
    repeatable: bool
    key_in: str
    other_method: "str | None"
    limits: "dict[str, tuple[int, int]]"

'''


class ContractError(Exception):
    """openapi.yaml says something that this project cannot carry."""


def contract_source(spec: dict[str, Any]) -> str:
    """The text of mailpartner_contract.py for a parsed openapi.yaml."""
    document = _Document(spec)
    operations = "".join(
        f"({method.upper()!r}, {path!r}): {document.operation_source(path, operation)},\n"
        for method, path, operation in document.operations()
    )
    rate = spec["x-rate-limit"]
    server = f"SERVER: Final = {spec['servers'][0]['url']!r}\n\n"
    server += f"RATE_LIMIT: Final = ({rate['requests']!r}, {rate['seconds']!r})  # requests, seconds\n\n"
    table = f"OPERATIONS: Final[dict[tuple[str, str], Operation]] = {{\n{operations}}}\n"
    return HEAD + server + "".join(document.constants.values()) + table


class _Document:
    def __init__(self, spec: dict[str, Any]) -> None:
        self._spec = spec
        self.constants: dict[str, str] = {}

    def operations(self) -> list[tuple[str, str, dict[str, Any]]]:
        return [
            (method, path, item[method])
            for path, item in self._spec["paths"].items()
            for method in METHODS
            if method in item
        ]

    def operation_source(self, path: str, operation: dict[str, Any]) -> str:
        answer = self._resolve(operation["responses"]["200"])["content"]["application/json"]["schema"]
        if "$ref" not in answer:
            raise ContractError(f"{operation['operationId']}: its answer must be a component, the model's name is its")
        model = answer["$ref"].rsplit("/", 1)[1]
        codes = "".join(f"**{self._codes(name)}," for name in reversed(operation["x-codes"]))
        return (
            f"Operation(id={operation['operationId']!r}, model={model!r}, answer={self._shape(answer)}, "
            f"codes={{{codes}}}, repeatable={bool(operation.get('x-repeatable', False))!r}, "
            f"key_in={self._key_in(operation)!r}, other_method={self._other_method(operation)!r}, "
            f"limits={self._limits(path, operation)!r})"
        )

    def _resolve(self, node: dict[str, Any]) -> dict[str, Any]:
        return resolved(self._spec, node)

    def _shape(self, node: dict[str, Any]) -> str:
        """The source of a shape; a component's is a constant of its own, written before who uses it."""
        source = self._shape_source(self._resolve(node))
        if "$ref" not in node:
            return source
        return self._constant(node["$ref"].rsplit("/", 1)[1], f"Final = {source}")

    def _shape_source(self, schema: dict[str, Any]) -> str:
        kind = schema.get("type", "any")
        if kind == "array":
            return f"Shape('array', items={self._shape(schema['items'])})"
        if kind != "object":
            return f"Shape({kind!r})"
        properties = schema.get("properties", {})
        order = schema.get("x-entry-order", list(properties))
        if sorted(order) != sorted(properties):
            raise ContractError(f"x-entry-order {order} does not list exactly the properties {list(properties)}")
        fields = "".join(f"({name!r}, {self._shape(properties[name])})," for name in order)
        required = sorted(schema.get("required", []))
        return f"Shape('object', fields=({fields}), required=frozenset({required!r}))"

    def _codes(self, name: str) -> str:
        rows = _code_list(name, self._spec["components"]["schemas"][name])
        source = "".join(f"{code}: Code{row!r}," for code, row in sorted(rows.items()))
        return self._constant(name, f"Final[dict[int, Code]] = {{{source}}}")

    def _constant(self, component: str, definition: str) -> str:
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", component).upper()
        self.constants[name] = f"{name}: {definition}\n\n"
        return name

    def _key_in(self, operation: dict[str, Any]) -> str:
        """Where the key travels: in the query, or in the JSON body if that has a property for it."""
        content = self._resolve(operation.get("requestBody", {})).get("content", {})
        body = self._resolve(content.get("application/json", {}).get("schema", {}))
        return "body" if "apiKey" in body.get("properties", {}) else "query"

    def _other_method(self, operation: dict[str, Any]) -> str | None:
        for method, _, other in self.operations():
            if other.get("x-other-form-of") == operation["operationId"]:
                return method.upper()
        return None

    def _limits(self, path: str, operation: dict[str, Any]) -> dict[str, tuple[int, int]]:
        listed = [*self._spec["paths"][path].get("parameters", []), *operation.get("parameters", [])]
        parameters = [self._resolve(parameter) for parameter in listed]
        return {
            parameter["name"]: (parameter["schema"]["minimum"], parameter["schema"]["maximum"])
            for parameter in parameters
            if {"minimum", "maximum"} <= parameter["schema"].keys()
        }


def _code_list(name: str, schema: dict[str, Any]) -> dict[int, tuple[str, str, str | None, str]]:
    columns = ("x-enum-varnames", "x-enum-classes", "x-enum-texts", "x-enum-descriptions")
    for column in columns:
        if len(schema[column]) != len(schema["enum"]):
            raise ContractError(f"{name}: {column} has {len(schema[column])} rows, enum has {len(schema['enum'])}")
    return dict(zip(schema["enum"], zip(*(schema[column] for column in columns), strict=True), strict=True))
