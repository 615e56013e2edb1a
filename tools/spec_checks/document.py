"""An OpenAPI file with the line of each of its places, so that a finding can say where it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Place = tuple[str | int, ...]


class SpecError(Exception):
    """A document cannot be read or compared, or its version is not as it must be."""


class Document:
    """A parsed file. `root`: what it says; `path`: where it is. Raises SpecError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._nodes: Any = yaml.compose(path.read_text(encoding="utf-8"), Loader=LOADER)
            root: Any = self._nodes and LOADER("").construct_document(self._nodes)
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise SpecError(f"{path.name} cannot be read: {' '.join(str(error).split())}") from None
        if not isinstance(root, dict):
            raise SpecError(f"{path.name} cannot be read: it is empty, or no mapping")
        self.root: dict[str, Any] = root
        self.version = str(root.get("info", {}).get("version"))

    def line(self, place: Place) -> int:
        """Return the line of a place, or of what is nearest above it."""
        node, line = self._nodes, 1
        for step in place:
            if isinstance(node, yaml.SequenceNode):
                parts = {str(number): (item, item) for number, item in enumerate(node.value)}
            else:
                parts = {key.value: (key, item) for key, item in getattr(node, "value", ())}
            if str(step) not in parts:
                break
            key, node = parts[str(step)]
            line = key.start_mark.line + 1
        return line

    def where(self, place: Place) -> str:
        """Return a place for people and editors: file:line and the path in the document."""
        return f"{self.path.name}:{self.line(place)} at {'.'.join(map(str, place))}"
