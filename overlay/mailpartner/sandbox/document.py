"""What openapi.yaml says: paths, parameters, codes, texts, examples. The sandbox repeats none of it by hand.

Where the sandbox has to name something, it uses the document's own names: the `operationId`, the components
`UnsubscribeId`, `MessageId`, `SubaccountPageNumber` and `ResponseFormat`, the properties of a request's body, and the
names of the codes (`x-enum-varnames`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

Node = Mapping[str, Any]

FORMAT = "ResponseFormat"
METHODS = ("get", "post", "put", "patch", "delete")
SUCCESS = "success"
MAX_CHARACTERS = 10_000_000
MAX_NODES = 300_000  # thirty times what openapi.yaml has; a document of nested aliases has billions
MAX_DEPTH = 100  # seven times that of openapi.yaml; the YAML library crashes on one of thousands


class DocumentError(Exception):
    """The API description cannot be read, or lacks something that the sandbox needs. Its text is one line."""


@dataclass(frozen=True)
class Code:
    """A code that an operation may answer; `kind` is its class in the document, `text` the vendor's, if any."""

    name: str
    number: int
    kind: str
    text: str | None

    @property
    def is_success(self) -> bool:
        """Return whether the code says that the operation was carried out."""
        return self.kind == SUCCESS


@dataclass(frozen=True)
class Parameter:
    """An argument by its name in a request, with its schema and the document's example of it."""

    name: str
    schema: Node
    example: Any = None


@dataclass(frozen=True)
class MediaType:
    """How an operation answers in one media type; `examples` by name."""

    name: str
    schema: Node
    examples: Mapping[str, Any]


@dataclass(frozen=True)
class Operation:
    """One method on one path.

    Attributes:
        id: The operationId.
        alias_of: The operationId of the operation that this one is another form of, or its own.
        is_safe: True if it changes nothing.
        in_body: True if the arguments, and so the key, travel in a JSON body.
        parameters: By the name of the component, or by their own name.
        codes: By name.
        answers: By format: "json", "xml".
        example: The document's example of the whole body, if there is one.
    """

    id: str
    alias_of: str
    method: str
    path: str
    is_safe: bool
    in_body: bool
    parameters: Mapping[str, Parameter]
    codes: Mapping[str, Code]
    answers: Mapping[str, MediaType]
    example: Mapping[str, Any] | None

    def code(self, name: str) -> Code:
        """Return the code of this name. Raises DocumentError if the document lists none."""
        if name not in self.codes:
            raise DocumentError(f"{self.id}: none of its x-codes lists a code called {name}")
        return self.codes[name]

    @property
    def success(self) -> Code:
        """The code of a success."""
        return next(code for code in self.codes.values() if code.is_success)

    def success_example(self) -> dict[str, Any]:
        """Return the first JSON example of a success, empty if there is none."""
        return next((value for value in self.answers["json"].examples.values() if value.get("success")), {})


class Document:
    """An API description.

    Attributes:
        key: The name of the argument that carries the key.
        operations: For each path, its operations by method in capitals.
        main_operations: Those that are not another form of one, by operationId.
        codes: The codes of all operations by name; of two with the same name, one.
        rate_limit: So many requests in so many seconds.
        time_zone: That of a schedule.
        attachment_bytes: How long an attachment may be.
    """

    def __init__(self, text: str) -> None:
        if len(text) > MAX_CHARACTERS:
            raise DocumentError(f"the API description has more than {MAX_CHARACTERS:,} characters")
        self._nodes = 0
        try:
            self._root: Node = _load(text)
            self.key = self._key_name()
            limit, sending = self._root["x-rate-limit"], self._root["x-sending"]
            self.rate_limit: tuple[int, float] = int(limit["requests"]), float(limit["seconds"])
            self.time_zone: str = sending["time-zone"]
            self.attachment_bytes: int = sending["attachment-bytes"]
            self.operations: dict[str, dict[str, Operation]] = {
                path: {method.upper(): self._operation(path, item, method) for method in METHODS if method in item}
                for path, item in self._root["paths"].items()
            }
            every = [operation for methods in self.operations.values() for operation in methods.values()]
            self.main_operations = {item.id: item for item in every if item.id == item.alias_of}
            self.codes = {name: code for item in self.main_operations.values() for name, code in item.codes.items()}
        except RecursionError:
            raise DocumentError("the API description refers to itself without end ($ref or alias)") from None
        except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
            reason = " ".join(str(error).split())
            raise DocumentError(
                f"not an openapi.yaml the sandbox can serve: {type(error).__name__}: {reason}"
            ) from None

    def has_alias(self, operation: Operation) -> bool:
        """Return whether another method on the same path does the same."""
        siblings = self.operations[operation.path].values()
        return any(other.alias_of == operation.alias_of for other in siblings if other is not operation)

    def _operation(self, path: str, item: Node, method: str) -> Operation:
        node: Node = item[method]
        content: Node = self._resolved(node.get("requestBody", {})).get("content", {})
        body: Node = next(iter(content.values()), {})
        properties: Node = body.get("schema", {}).get("properties", {})
        return Operation(
            id=node["operationId"],
            alias_of=node.get("x-alias-of", node["operationId"]),
            method=method.upper(),
            path=path,
            is_safe=bool(node.get("x-safe")),
            in_body=self.key in properties,
            parameters=dict(self._parameters([*item.get("parameters", []), *node.get("parameters", [])], properties)),
            codes={code.name: code for name in reversed(node["x-codes"]) for code in self._codes(name)},
            answers=self._answers(self._resolved(node["responses"]["200"])["content"]),
            example=body.get("example"),
        )

    def _key_name(self) -> str:
        """Return the name of the argument that the document's first security scheme puts the key in."""
        scheme = next(iter(self._root["security"][0]))
        return str(self._root["components"]["securitySchemes"][scheme]["name"])

    def _parameters(self, listed: list[Node], body: Node) -> Iterator[tuple[str, Parameter]]:
        format_name = self._root["components"]["parameters"].get(FORMAT, {}).get("name")
        for node in listed:
            found = self._resolved(node)
            handle = str(node["$ref"]).rpartition("/")[2] if "$ref" in node else found["name"]
            example = found.get("example", found["schema"].get("example"))
            yield handle, Parameter(found["name"], found["schema"], example)
        for name, schema in body.items():
            yield (FORMAT if name == format_name else name), Parameter(name, schema, schema.get("example"))

    def _codes(self, name: str) -> Iterator[Code]:
        schema = self._root["components"]["schemas"][name]
        columns = (schema["x-enum-varnames"], schema["enum"], schema["x-enum-classes"], schema["x-enum-texts"])
        return (Code(*row) for row in zip(*columns, strict=True))

    def _answers(self, content: Node) -> dict[str, MediaType]:
        return {
            name.rpartition("/")[2]: MediaType(
                name,
                node["schema"],
                {example: found["value"] for example, found in node.get("examples", {}).items()},
            )
            for name, node in content.items()
        }

    def _resolved(self, node: Any) -> Any:
        """Return the node with every $ref in it replaced by what it refers to."""
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise DocumentError(f"the API description expands to more than {MAX_NODES:,} values ($ref or alias)")
        if isinstance(node, dict):
            if "$ref" in node:
                target: Any = self._root
                for step in node["$ref"].removeprefix("#/").split("/"):
                    target = target[step]
                return self._resolved(target)
            return {name: self._resolved(value) for name, value in node.items()}
        return [self._resolved(value) for value in node] if isinstance(node, list) else node


def _load(text: str) -> Any:
    """Return the value of a YAML text, after a look at what its aliases, which merge keys copy, expand to."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    expanded: dict[str | None, int] = {}  # the values in each anchor
    open_nodes: list[tuple[str | None, int]] = []  # anchor, and the values before it
    count = 0
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, yaml.CollectionStartEvent):
            open_nodes.append((event.anchor, count))
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = open_nodes.pop()
            expanded[anchor] = count - before
        elif isinstance(event, yaml.AliasEvent):
            if any(anchor == event.anchor for anchor, _ in open_nodes):
                raise RecursionError
            count += expanded.get(event.anchor, 0)
        count += isinstance(event, yaml.NodeEvent)
        if len(open_nodes) > MAX_DEPTH:
            raise DocumentError(f"the API description is nested more than {MAX_DEPTH} deep")
        if count > MAX_NODES:
            raise DocumentError(f"the API description expands to more than {MAX_NODES:,} values ($ref or alias)")
    return yaml.load(text, Loader=loader)  # noqa: S506  (both are the safe one)


@lru_cache(maxsize=4)
def _document(text: str) -> Document:
    return Document(text)


def read_document(spec: str | Path | None = None) -> Document:
    """Return the description in the file `spec`, by default the installed package's or the checkout's."""
    path = Path(spec) if spec is not None else files("mailpartner").joinpath("openapi", "full.yaml")
    try:
        return _document(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentError(f"cannot read the API description: {error}") from None
