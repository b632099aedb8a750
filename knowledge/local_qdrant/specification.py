"""Checks requests against Qdrant's OpenAPI document (openapi.json of its repository, OpenAPI 3.0).

Stricter than the document in one thing: what it names no property for is refused, since a server leaves a
misspelt field out without a word. `_NEWER` lists what servers newer than the document know.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

_NEWER = {"Rrf": {"weights": {"type": "array", "items": {"type": "number"}}}}  # since Qdrant 1.17
_TYPES = {"integer": int, "number": float}


class Misfit(Exception):
    """A request that does not fit the document; the message names the fault and its place."""


class Specification:
    """The document's paths and schemas. Raises `ValueError` when the document is no OpenAPI document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        try:
            components = document["components"]["schemas"]
            self.version = str(document["info"]["version"])
            self._paths = [(_pattern(path), methods) for path, methods in document["paths"].items()]
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not an OpenAPI document: {error!r} is missing") from error
        self._definitions = {name: _translate(schema, _NEWER.get(name, {})) for name, schema in components.items()}

    @classmethod
    def read(cls, path: Path) -> "Specification":
        """The document in a JSON file. Raises `OSError` and `ValueError`."""
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def check(self, method: str, path: str, query: Mapping[str, str], body: bytes) -> None:
        """Raises `Misfit` when the request has no place in the document, or does not fit it."""
        operation = self._find(method.lower(), path)
        self._check_query(query, [one for one in operation.get("parameters") or [] if one["in"] == "query"])
        wanted = operation.get("requestBody")
        if not body:
            if (wanted or {}).get("required"):
                raise Misfit("the body is missing")
            return
        if wanted is None:
            raise Misfit(f"{method} {path} takes no body")
        try:
            given = json.loads(body)
        except ValueError as error:
            raise Misfit(f"the body is no JSON: {error}") from error
        self._check(given, wanted["content"]["application/json"]["schema"], "body")

    def _find(self, method: str, path: str) -> dict[str, Any]:
        fitting = [methods for pattern, methods in self._paths if pattern.fullmatch(path)]
        if not fitting:
            raise Misfit(f"the document has no path {path}")
        # A literal path such as /collections/aliases comes before one with a name in its place.
        for methods in fitting:
            if method in methods:
                found: dict[str, Any] = methods[method]
                return found
        raise Misfit(f"the document has no {method.upper()} at {path}")

    def _check_query(self, query: Mapping[str, str], parameters: list[dict[str, Any]]) -> None:
        known = {one["name"]: one for one in parameters}
        for name, text in query.items():
            if name not in known:
                raise Misfit(f"the document has no query parameter {name} here")
            self._check(_read(text, known[name]["schema"]), known[name]["schema"], f"query parameter {name}")
        for name, one in known.items():
            if one.get("required") and name not in query:
                raise Misfit(f"the query parameter {name} is missing")

    def _check(self, value: Any, schema: dict[str, Any], where: str) -> None:
        whole = {**_translate(schema), "$defs": self._definitions}
        error = best_match(Draft202012Validator(whole).iter_errors(value))
        if error is not None:
            error = _deepest(error)
            place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path)
            raise Misfit(f"{where}{place}: {error.message[:300]}")


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)))


def _read(text: str, schema: Mapping[str, Any]) -> Any:
    """A query parameter's text as the value that its schema wants; left as text when it is none."""
    if schema.get("type") == "boolean":
        return {"true": True, "false": False}.get(text, text)
    try:
        return _TYPES.get(schema.get("type", ""), str)(text)
    except ValueError:
        return text


def _deepest(error: ValidationError) -> ValidationError:
    """The error that says most of a value that fits none of several alternatives: the one furthest inside it."""
    inner = list(error.context or [])
    return max(map(_deepest, inner), key=lambda one: len(one.absolute_path)) if inner else error


def _translate(schema: Any, more: Mapping[str, Any] | None = None) -> Any:
    """A schema of OpenAPI 3.0 as JSON Schema: `nullable` becomes an alternative, references move, objects close."""
    if isinstance(schema, list):
        return [_translate(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {"$ref": "#/$defs/" + schema["$ref"].rsplit("/", 1)[-1]}
    if set(schema) <= {"nullable", "description", "default"} and schema.get("nullable"):
        return {"type": "null"}
    out = {key: _inside(key, value) for key, value in schema.items() if key not in {"nullable", "format", "example"}}
    if more:
        out["properties"] |= more
    if "properties" in out and "additionalProperties" not in out:
        out["additionalProperties"] = False
    return {"anyOf": [out, {"type": "null"}]} if schema.get("nullable") else out


def _inside(key: str, value: Any) -> Any:
    if key == "properties":
        return {name: _translate(schema) for name, schema in value.items()}
    return _translate(value) if key in {"items", "anyOf", "oneOf", "additionalProperties"} else value
