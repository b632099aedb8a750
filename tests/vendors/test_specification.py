"""Requests are read as a document says, forms as well as JSON; and the faults that are played."""

import json
from urllib.parse import urlencode

import pytest

from vendors.faults import Fault, Faults
from vendors.specification import FORM, JSON, Misfit, NoSuchPath, Specification
from vendors.telegram.document import to_openapi
from vendors.twilio.errors import answer_status

PROPERTIES = {
    "To": {"type": "string", "minLength": 2},
    "Count": {"type": "integer"},
    "Force": {"type": "boolean"},
    "Urls": {"type": "array", "items": {"type": "string"}},
    "Kind": {"$ref": "#/components/schemas/kind"},
    "Shape": {"type": "object"},
}
ACCOUNT = {"name": "Account", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^AC[0-9]{2}$"}}
BODY = {
    "schema": {"type": "object", "properties": PROPERTIES, "required": ["To"]},
    "encoding": {"Shape": {"contentType": JSON}},
}
DOCUMENT = {
    "info": {"version": "1"},
    "paths": {
        "/accounts/{Account}/things.json": {"post": {"parameters": [ACCOUNT], "requestBody": {"content": {FORM: BODY}}}}
    },
    "components": {"schemas": {"kind": {"type": "string", "enum": ["a", "b"]}}},
}
TELEGRAM = {
    "version": "Bot API 1",
    "methods": {
        "say": {
            "fields": [
                {"name": "chat", "types": ["Integer", "String"], "required": True},
                {"name": "markup", "types": ["Row", "Hide"], "required": False},
                {"name": "marks", "types": ["Array of Array of Row"], "required": False},
            ]
        }
    },
    "types": {
        "Row": {"fields": [{"name": "text", "types": ["String"], "required": True}]},
        "Hide": {"fields": [{"name": "hide", "types": ["Boolean"], "required": True}]},
        "Either": {"subtypes": ["Row", "Hide"]},
    },
}


def check(fields: list[tuple[str, str]], path: str = "/accounts/AC12/things.json") -> None:
    Specification(DOCUMENT).check("POST", path, {}, urlencode(fields).encode(), FORM)


def test_fields_of_a_form_are_read_as_their_schema_wants() -> None:
    check(
        [("To", "ab"), ("Count", "3"), ("Force", "False"), ("Urls", "x"), ("Urls", "y"), ("Kind", "b"), ("Shape", "{}")]
    )
    check([("To", "  ")])


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ([], "'To' is a required property"),
        ([("To", "a")], "body.To"),
        ([("To", "ab"), ("To", "cd")], "body.To: given 2 times"),
        ([("To", "ab"), ("Count", "three")], "body.Count"),
        ([("To", "ab"), ("Force", "perhaps")], "body.Force"),
        ([("To", "ab"), ("Kind", "c")], "body.Kind"),
        ([("To", "ab"), ("Shape", "{")], "body.Shape: it is no JSON"),
        ([("To", "ab"), ("Shape", "[]")], "body.Shape"),
        ([("To", "ab"), ("to", "ab")], "'to' was unexpected"),
    ],
)
def test_form_that_does_not_fit_is_refused(fields: list[tuple[str, str]], fault: str) -> None:
    with pytest.raises(Misfit) as caught:
        check(fields)
    assert fault in str(caught.value)


def test_place_in_the_path_is_checked() -> None:
    with pytest.raises(Misfit, match="path parameter Account"):
        check([("To", "ab")], "/accounts/AC1/things.json")
    with pytest.raises(NoSuchPath):
        check([("To", "ab")], "/accounts/AC12/others.json")


def test_telegrams_types_become_schemas() -> None:
    known = Specification(to_openapi(TELEGRAM))
    for body in ({"chat": 1}, {"chat": "@a", "markup": {"hide": True}}, {"chat": 1, "marks": [[{"text": "x"}]]}):
        known.check("POST", "/bot0/say", {}, json.dumps(body).encode())
    for body in ({}, {"chat": 1.5}, {"chat": 1, "markup": {"show": True}}, {"chat": 1, "marks": [{"text": "x"}]}):
        with pytest.raises(Misfit):
            known.check("POST", "/bot0/say", {}, json.dumps(body).encode())
    known.check_form("POST", "/bot0/say", [("chat", "1"), ("markup", '{"text": "x"}')])
    with pytest.raises(Misfit, match=r"body\.markup"):
        known.check_form("POST", "/bot0/say", [("chat", "1"), ("markup", '{"text": 3}')])


def test_fault_of_an_address_stands_beside_the_one_of_everybody() -> None:
    faults = Faults(answer_status)
    faults.play(Fault(status=500, path="/Messages"))
    faults.play(Fault(status=429, address="a", calls=1))
    taken = [faults.take("/Messages.json", address) for address in ("b", "a", "a")]
    assert [fault.status if fault else None for fault in taken] == [500, 429, 500]
    assert faults.take("/Calls.json", "a") is None


@pytest.mark.parametrize("retry_after", [0.2, 3.0])
def test_wait_is_told_in_whole_seconds(retry_after: float) -> None:
    assert int(answer_status(429, retry_after).headers["Retry-After"]) >= 1
    with pytest.raises(ValueError, match="goes with status 429"):
        Fault(status=500, retry_after=retry_after)
