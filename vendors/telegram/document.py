"""Telegram's Bot API as an OpenAPI document, from the JSON form of its specification.

Telegram publishes no OpenAPI document. The JSON form has `methods` and `types`, each with `fields` of
`{"name", "types", "required"}`.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vendors.specification import FORM, JSON, Specification

_PLAIN = {
    "String": {"type": "string"},
    "Integer": {"type": "integer"},
    "Float": {"type": "number"},
    "Boolean": {"type": "boolean"},
    "InputFile": {"type": "string"},  # an id, an address, or the name of a part of the form
}


def read_specification(file: Path) -> Specification:
    """The specification in a file. Raises `OSError` and `ValueError`."""
    document = json.loads(file.read_text(encoding="utf-8"))
    try:
        return Specification(to_openapi(document))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not Telegram's specification: {error!r} is missing") from error


def to_openapi(document: Mapping[str, Any]) -> dict[str, Any]:
    """The same as an OpenAPI document; a method takes its fields as JSON or as a form, by POST or GET."""
    paths = {}
    for name, method in document["methods"].items():
        schema = _describe_object(method.get("fields", []))
        encoding = {
            field["name"]: {"contentType": JSON}
            for field in method.get("fields", [])
            if any(kind not in _PLAIN for kind in field["types"])
        }
        content = {JSON: {"schema": schema}, FORM: {"schema": schema, "encoding": encoding}}
        operation = {"requestBody": {"content": content}}
        paths[f"/bot{{token}}/{name}"] = {"get": operation, "post": operation}
    schemas = {name: _describe_type(kind) for name, kind in document["types"].items() if name not in _PLAIN}
    return {
        "openapi": "3.0.3",
        "info": {"title": "Telegram Bot API", "version": document["version"]},
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _describe_type(kind: Mapping[str, Any]) -> dict[str, Any]:
    if kind.get("subtypes"):
        return {"anyOf": [_refer(name) for name in kind["subtypes"]]}
    return _describe_object(kind.get("fields", []))


def _describe_object(fields: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    described: dict[str, Any] = {"type": "object", "properties": {one["name"]: _describe(one) for one in fields}}
    required = [one["name"] for one in fields if one["required"]]
    return described | ({"required": required} if required else {})


def _describe(field: Mapping[str, Any]) -> dict[str, Any]:
    kinds = [_refer(name) for name in field["types"]]
    return kinds[0] if len(kinds) == 1 else {"anyOf": kinds}


def _refer(name: str) -> dict[str, Any]:
    if name.startswith("Array of "):
        return {"type": "array", "items": _refer(name.removeprefix("Array of "))}
    return dict(_PLAIN[name]) if name in _PLAIN else {"$ref": f"#/components/schemas/{name}"}
