"""What openapi.yaml says, read at start: paths, parameters, codes, texts, examples. Nothing of it is repeated here.

What the sandbox must name to decide anything, it names by the document's own handles: `operationId`, the components
`UnsubscribeId` and `ResponseFormat`, and the names of the codes (`x-enum-varnames`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml

Node = Mapping[str, Any]

FORMAT = "ResponseFormat"
METHODS = ("get", "post", "put", "patch", "delete")
SUCCESS = "success"


class DocumentError(Exception):
    """openapi.yaml cannot be read, or lacks something that the sandbox needs. One line."""


@dataclass(frozen=True)
class Code:
    """A code an operation may answer: its name, its number, its kind of outcome, its text if it has one."""

    name: str
    number: int
    kind: str
    text: str | None

    @property
    def good(self) -> bool:
        """Whether it says that the operation was done."""
        return self.kind == SUCCESS


@dataclass(frozen=True)
class Parameter:
    """An argument as it is called on the wire, and the schema its value must fit."""

    name: str
    schema: Node


@dataclass(frozen=True)
class Answers:
    """How an operation answers in one media type: the schema, and the examples by their name."""

    media_type: str
    schema: Node
    examples: Mapping[str, Any]


@dataclass(frozen=True)
class Operation:
    """One method on one path."""

    id: str
    form_of: str  # the operation it is another form of, or itself
    method: str
    path: str
    in_body: bool  # whether its arguments, and so the key, travel in a JSON body
    key: str  # the name of the argument that carries the key
    parameters: Mapping[str, Parameter]  # by the name of their component, or by their own name
    codes: Mapping[str, Code]
    answers: Mapping[str, Answers]  # by format: json, xml

    def code(self, name: str) -> Code:
        """The code of this name; a DocumentError where the document lists none."""
        if name not in self.codes:
            raise DocumentError(f"{self.id}: none of its x-codes lists a code called {name}")
        return self.codes[name]

    @property
    def success(self) -> Code:
        """The code that says that it was done."""
        return next(code for code in self.codes.values() if code.good)

    def format_in(self, arguments: Mapping[str, Any]) -> str:
        """The format that a request asks for; the first one of the document where it asks for none that exists."""
        asked = arguments.get(self.parameters[FORMAT].name) if FORMAT in self.parameters else None
        return asked if isinstance(asked, str) and asked in self.answers else next(iter(self.answers))


class Document:
    """An openapi.yaml. `operations` holds, for each path, its operations by method in capitals."""

    def __init__(self, text: str) -> None:
        try:
            self._root: Node = _parsed(text)
            self.key = self._key_name()  # the name of the argument that carries the key
            limit = self._root["x-rate-limit"]
            self.rate_limit: tuple[int, float] = int(limit["requests"]), float(limit["seconds"])
            self.operations: dict[str, dict[str, Operation]] = {
                path: {method.upper(): self._operation(path, item, method) for method in METHODS if method in item}
                for path, item in self._root["paths"].items()
            }
        except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
            reason = " ".join(str(error).split())
            raise DocumentError(
                f"not an openapi.yaml the sandbox can serve: {type(error).__name__}: {reason}"
            ) from None

    def codes(self) -> dict[str, Code]:
        """The codes of all operations by name; where two have the same name, one of them."""
        operations = [operation for methods in self.operations.values() for operation in methods.values()]
        return {name: code for operation in operations for name, code in operation.codes.items()}

    def has_other_form(self, operation: Operation) -> bool:
        """Whether another method on the same path does the same."""
        siblings = self.operations[operation.path].values()
        return any(other.form_of == operation.form_of for other in siblings if other is not operation)

    def _operation(self, path: str, item: Node, method: str) -> Operation:
        node: Node = item[method]
        body = self._body_properties(node)
        return Operation(
            id=node["operationId"],
            form_of=node.get("x-alias-of", node["operationId"]),
            method=method.upper(),
            path=path,
            in_body=self.key in body,
            key=self.key,
            parameters=dict(self._parameters([*item.get("parameters", []), *node.get("parameters", [])], body)),
            codes={code.name: code for name in reversed(node["x-codes"]) for code in self._codes(name)},
            answers=self._answers(self._resolved(node["responses"]["200"])["content"]),
        )

    def _key_name(self) -> str:
        """The name of the argument that the document's first security scheme puts the key in."""
        scheme = next(iter(self._root["security"][0]))
        return str(self._root["components"]["securitySchemes"][scheme]["name"])

    def _body_properties(self, node: Node) -> Node:
        content: Node = self._resolved(node.get("requestBody", {})).get("content", {})
        properties = [media_type["schema"].get("properties", {}) for media_type in content.values()]
        return properties[0] if properties else {}

    def _parameters(self, listed: list[Node], body: Node) -> Iterator[tuple[str, Parameter]]:
        format_name = self._root["components"]["parameters"].get(FORMAT, {}).get("name")
        for node in listed:
            resolved = self._resolved(node)
            yield _handle(node, resolved["name"]), Parameter(resolved["name"], resolved["schema"])
        for name, schema in body.items():
            yield (FORMAT if name == format_name else name), Parameter(name, schema)

    def _codes(self, name: str) -> Iterator[Code]:
        schema = self._root["components"]["schemas"][name]
        columns = (schema["x-enum-varnames"], schema["enum"], schema["x-enum-classes"], schema["x-enum-texts"])
        return (Code(*row) for row in zip(*columns, strict=True))

    def _answers(self, content: Node) -> dict[str, Answers]:
        return {
            media_type.rpartition("/")[2]: Answers(
                media_type,
                node["schema"],
                {name: example["value"] for name, example in node.get("examples", {}).items()},
            )
            for media_type, node in content.items()
        }

    def _resolved(self, node: Any) -> Any:
        """The node with every $ref in it replaced by what it refers to."""
        if isinstance(node, dict):
            if "$ref" in node:
                target: Any = self._root
                for step in node["$ref"].removeprefix("#/").split("/"):
                    target = target[step]
                return self._resolved(target)
            return {name: self._resolved(value) for name, value in node.items()}
        return [self._resolved(value) for value in node] if isinstance(node, list) else node


def read_document(spec: str | Path | None = None) -> Document:
    """The openapi.yaml at `spec`; without one, that of the installed package or of the checkout."""
    try:
        return Document((Path(spec) if spec is not None else _own()).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentError(f"cannot read the API description: {error}") from None


def _own() -> Traversable:
    return files("mailpartner").joinpath("openapi", "full.yaml")


@lru_cache(maxsize=4)
def _parsed(text: str) -> Any:
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  (both are the safe one)


def _handle(node: Node, name: str) -> str:
    return str(node["$ref"]).rpartition("/")[2] if "$ref" in node else name
