"""An openapi.yaml with the line of each of its places, so that a finding can say where it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from references import METHODS, at, resolved

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Node = Mapping[str, Any]
Place = tuple[str | int, ...]


class DocumentError(Exception):
    """openapi.yaml cannot be read. One line."""


class Document:
    """A parsed openapi.yaml. `root`: what it says; `path`: where it is. Raises DocumentError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._nodes: Any = yaml.compose(path.read_text(encoding="utf-8"), Loader=LOADER)
            root: Any = self._nodes and LOADER("").construct_document(self._nodes)
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise DocumentError(f"{path.name} cannot be read: {' '.join(str(error).split())}") from None
        if not isinstance(root, dict):
            raise DocumentError(f"{path.name} cannot be read: it is empty, or no mapping")
        self.root: dict[str, Any] = root

    @property
    def version(self) -> str:
        """info.version."""
        return str(self.root["info"]["version"])

    @property
    def schemas(self) -> dict[str, dict[str, Any]]:
        """The schemas of components, by name."""
        return dict(self.root["components"]["schemas"])

    def operations(self) -> Iterator[tuple[Place, Node]]:
        """Each operation with its place: ("paths", path, method)."""
        for path, item in self.root["paths"].items():
            for method in METHODS:
                if method in item:
                    yield ("paths", path, method), item[method]

    def resolved(self, node: Node) -> Node:
        """What a node refers to, if it is a $ref, else the node."""
        return resolved(self.root, node)

    def at(self, place: Place) -> Any:
        """What stands at a place. Raises KeyError or IndexError."""
        return at(self.root, place)

    def line(self, place: Place) -> int:
        """The line of a place, or of what is nearest above it."""
        node: yaml.Node = self._nodes
        line = 1
        for step in place:
            found = _below(node, step)
            if found is None:
                break
            node, line = found
        return line

    def where(self, place: Place) -> str:
        """A place for people and editors: file:line and the path in the document."""
        return f"{self.path.name}:{self.line(place)} at {'.'.join(map(str, place))}"


class Finding(NamedTuple):
    """Something that is wrong: where, and a sentence that says what to do."""

    place: Place
    message: str


def name_of(reference: Node) -> str:
    """The last part of a $ref: the name of the component."""
    return str(reference["$ref"]).rpartition("/")[2]


def _below(node: yaml.Node, step: str | int) -> tuple[yaml.Node, int] | None:
    """A part of a mapping or a sequence, and its line: that of its key, if it has one."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return value, key.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item = node.value[step]
        return item, item.start_mark.line + 1
    return None
