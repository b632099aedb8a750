"""Checks requests against a vendor's OpenAPI 3.0 document.

Stricter than the document in one thing: what it names no property for is refused, since a server leaves a
misspelt field out without a word.
"""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

_TYPES = {"integer": int, "number": float}


class Misfit(Exception):
    """A request that does not fit the document; the message names the fault and its place."""


class NoSuchPath(Misfit):
    """A request for what the document does not have at all."""


class Specification:
    """The document's paths and schemas.

    `newer` holds properties by the schema that they extend: what servers newer than the document know. Raises
    `ValueError` when the document is no OpenAPI document.
    """

    def __init__(self, document: Mapping[str, Any], newer: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        try:
            components = document["components"]["schemas"]
            self.version = str(document["info"]["version"])
            self._paths = [(_pattern(path), methods) for path, methods in document["paths"].items()]
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not an OpenAPI document: {error!r} is missing") from error
        self._definitions = {name: _translate(schema, (newer or {}).get(name)) for name, schema in components.items()}

    @classmethod
    def read(cls, path: Path, newer: Mapping[str, Mapping[str, Any]] | None = None) -> "Specification":
        """The document in a JSON file. Raises `OSError` and `ValueError`."""
        return cls(json.loads(path.read_text(encoding="utf-8")), newer)

    def check(self, method: str, path: str, query: Mapping[str, str], body: bytes, content_type: str = JSON) -> None:
        """Raises `Misfit` when the request has no place in the document, or does not fit it."""
        if content_type == FORM:
            self.check_form(method, path, parse_qsl(body.decode(errors="replace"), keep_blank_values=True), query)
            return
        operation = self._enter(method, path, query)
        schema = _find_body(operation, JSON)
        if not body:
            if (operation.get("requestBody") or {}).get("required"):
                raise Misfit("the body is missing")
            return
        if schema is None:
            raise Misfit(f"{method} {path} takes no body of type {JSON}")
        try:
            given = json.loads(body)
        except ValueError as error:
            raise Misfit(f"the body is no JSON: {error}") from error
        self._check(given, schema["schema"], "body")

    def check_form(
        self, method: str, path: str, fields: Iterable[tuple[str, str]], query: Mapping[str, str] | None = None
    ) -> None:
        """The same for the fields of a form. A field is JSON where the document's `encoding` says so, and may come
        several times where its schema is a list."""
        operation = self._enter(method, path, query or {})
        body = _find_body(operation, FORM)
        texts: dict[str, list[str]] = {}
        for name, text in fields:
            texts.setdefault(name, []).append(text)
        if body is None:
            if texts:
                raise Misfit(f"{method} {path} takes no body of type {FORM}")
            return
        known, encoding = body["schema"].get("properties", {}), body.get("encoding", {})
        given: dict[str, Any] = {}
        for name, several in texts.items():
            is_json = encoding.get(name, {}).get("contentType") == JSON
            given[name] = _read_field(name, several, known.get(name, {}), is_json=is_json)
        self._check(given, body["schema"], "body")

    def _enter(self, method: str, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        operation, names = self._find(method.lower(), path)
        parameters = operation.get("parameters") or []
        for one in parameters:
            if one["in"] == "path" and one["name"] in names:
                value = _read(unquote(names[one["name"]]), one["schema"])
                self._check(value, one["schema"], f"path parameter {one['name']}")
        self._check_query(query, [one for one in parameters if one["in"] == "query"])
        return operation

    def _find(self, method: str, path: str) -> tuple[dict[str, Any], dict[str, str]]:
        fitting = [(found, methods) for pattern, methods in self._paths if (found := pattern.fullmatch(path))]
        if not fitting:
            raise NoSuchPath(f"the document has no path {path}")
        # A literal path such as /collections/aliases comes before one with a name in its place.
        for found, methods in fitting:
            if method in methods:
                return methods[method], found.groupdict()
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


def _find_body(operation: Mapping[str, Any], content_type: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = (operation.get("requestBody") or {}).get("content", {}).get(content_type)
    return found


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path)))


def _read(text: str, schema: Mapping[str, Any]) -> Any:
    """A parameter's text as the value that its schema wants; left as text when it is none."""
    if schema.get("type") == "boolean":
        return {"true": True, "false": False}.get(text.lower(), text)
    try:
        return _TYPES.get(schema.get("type", ""), str)(text)
    except ValueError:
        return text


def _read_field(name: str, texts: list[str], schema: Mapping[str, Any], *, is_json: bool) -> Any:
    if is_json:
        try:
            return json.loads(texts[-1])
        except ValueError as error:
            raise Misfit(f"body.{name}: it is no JSON: {error}") from error
    if schema.get("type") == "array":
        return [_read(text, schema.get("items", {})) for text in texts]
    if len(texts) > 1:
        raise Misfit(f"body.{name}: given {len(texts)} times")
    return _read(texts[0], schema)


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
