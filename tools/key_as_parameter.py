"""The profile of openapi.yaml for code generators that ignore security: the key is a parameter like any other.

Some generators ignore a key in the query (bash, swift6, elixir, perl, orval, kubb, oazapfts): their clients could not
send it at all.
"""

from __future__ import annotations

import json
from typing import Any

from json_only import json_only
from references import METHODS

PARAMETER = "ApiKeyInQuery"
NOTE = "The key is a parameter of each operation, for code generators that ignore security."

Node = dict[str, Any]


def key_as_parameter_text(spec: Node) -> str:
    """The profile of a parsed openapi.yaml, as JSON."""
    return json.dumps(key_as_parameter(spec), indent=2, ensure_ascii=False) + "\n"


def key_as_parameter(spec: Node) -> Node:
    """Return the JSON-only profile without security: a required query parameter stands for the scheme.

    An operation whose body has the key is as it was. The parameter is the first, so that the key comes first in a URL.
    """
    profile = json_only(spec)
    components = profile["components"]
    (scheme,) = components.pop("securitySchemes").values()
    secured = bool(profile.pop("security"))
    components["parameters"] = {
        PARAMETER: {
            "name": scheme["name"],
            "in": scheme["in"],
            "required": True,
            "description": scheme["description"],
            "schema": {"type": "string", "minLength": 1},
            "example": "YOUR_API_KEY",
        },
        **components["parameters"],
    }
    for item in profile["paths"].values():
        for operation in (item[method] for method in METHODS if method in item):
            if operation.pop("security", secured):
                key = {"$ref": f"#/components/parameters/{PARAMETER}"}
                operation["parameters"] = [key, *operation.get("parameters", ())]
    profile["info"]["description"] += NOTE + "\n"
    return profile
