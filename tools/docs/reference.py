"""openapi.yaml as the API reference shows it: operations with their parameters, codes, answers and examples."""

from __future__ import annotations

import json
from typing import Any

from references import METHODS, resolved

from mailpartner.errors import KINDS

JSON, XML = "application/json", "application/xml"

Node = dict[str, Any]


def _exception(kind: str) -> str | None:
    """The Python exception of a class that openapi.yaml gives its codes, None for success."""
    return KINDS[kind].__name__ if kind in KINDS else None


class Contract:
    """A parsed openapi.yaml."""

    def __init__(self, spec: Node) -> None:
        self._spec = spec

    def shown(self) -> Node:
        """All that the template of the page asks for."""
        operations = [self._operation(method, path) for path in self._spec["paths"] for method in self._methods(path)]
        lists = [name for operation in operations for name in operation["code_lists"]]
        shared = [name for name in dict.fromkeys(lists) if lists.count(name) == len(operations)]
        for operation in operations:
            operation["codes"] = [
                row for name in operation["code_lists"] if name not in shared for row in self._codes(name)
            ]
        return {
            "info": self._spec["info"],
            "source": self._spec["externalDocs"],
            "server": self._spec["servers"][0],
            "rate": self._spec["x-rate-limit"],
            "key": self._spec["components"]["securitySchemes"]["apiKey"],
            "operations": operations,
            "shared_codes": [row for name in shared for row in self._codes(name)],
        }

    def _methods(self, path: str) -> list[str]:
        return [method for method in self._spec["paths"][path] if method in METHODS]

    def _resolve(self, node: Node) -> Node:
        return resolved(self._spec, node)

    def _operation(self, method: str, path: str) -> Node:
        item = self._spec["paths"][path]
        operation = item[method]
        answer = self._resolve(operation["responses"]["200"])
        secured = operation.get("security", self._spec["security"])
        return {
            "id": operation["operationId"],
            "method": method.upper(),
            "path": path,
            "summary": operation["summary"],
            "description": operation["description"].strip(),
            "repeatable": operation.get("x-idempotent", False),
            "inputs": [*(self._key_inputs() if secured else []), *self._inputs(item, operation)],
            "code_lists": operation["x-codes"],
            "answer": self._fields(answer["content"][JSON]["schema"]),
            "about_answer": answer["description"].strip(),
            "examples": self._examples(answer["content"]),
        }

    def _key_inputs(self) -> list[Node]:
        scheme = self._spec["components"]["securitySchemes"]["apiKey"]
        about = {"type": "string", "example": "YOUR_API_KEY", "description": scheme["description"]}
        return [_input(scheme["name"], scheme["in"], True, about)]

    def _inputs(self, item: Node, operation: Node) -> list[Node]:
        listed = [self._resolve(one) for one in [*item.get("parameters", []), *operation.get("parameters", [])]]
        inputs = [_input(one["name"], one["in"], one["required"], {**one["schema"], **one}) for one in listed]
        content = self._resolve(operation.get("requestBody", {})).get("content", {})
        body = self._resolve(content.get(JSON, {}).get("schema", {}))
        required = body.get("required", [])
        fields = body.get("properties", {}).items()
        return [*(_input(name, "body", name in required, self._resolve(about)) for name, about in fields), *inputs]

    def _fields(self, schema: Node) -> list[Node]:
        """The properties of an answer in the order of its XML entries, those of its rows after their list."""
        schema = self._resolve(schema)
        rows = []
        for name in schema.get("x-xml-order") or schema["properties"]:
            about = self._resolve(schema["properties"][name])
            required = name in schema.get("required", [])
            rows.append(
                {"name": name, "type": _type(about), "required": required, "about": about["description"].strip()}
            )
            if about.get("type") == "array":
                inner = self._fields(about["items"])
                rows += [{**row, "name": f"{name}[].{row['name']}"} for row in inner]
        return rows

    def _codes(self, name: str) -> list[Node]:
        schema = self._spec["components"]["schemas"][name]
        columns = ("x-enum-varnames", "x-enum-texts", "x-enum-descriptions", "x-enum-classes")
        rows = zip(schema["enum"], *(schema[column] for column in columns), strict=True)
        return [
            {"code": code, "name": name, "text": text, "meaning": meaning, "kind": kind, "error": _exception(kind)}
            for code, name, text, meaning, kind in rows
        ]

    def _examples(self, content: Node) -> list[Node]:
        as_xml = content[XML]["examples"]
        return [
            {
                "summary": self._resolve(example)["summary"],
                "json": json.dumps(self._resolve(example)["value"], indent=2, ensure_ascii=False),
                "xml": self._resolve(as_xml[name])["value"].strip() if name in as_xml else None,
            }
            for name, example in content[JSON]["examples"].items()
        ]


def _input(name: str, where: str, required: bool, about: Node) -> Node:
    return {
        "name": name,
        "where": where,
        "required": required,
        "type": _type(about),
        "choices": about.get("enum", []),
        "example": about.get("example"),
        "about": about["description"].strip(),
    }


def _type(schema: Node) -> str:
    if "enum" in schema:
        return " or ".join(str(value) for value in schema["enum"])
    if "minimum" in schema and "maximum" in schema:
        return f"{schema['type']} from {schema['minimum']} to {schema['maximum']}"
    return str(schema["type"])
