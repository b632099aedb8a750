"""What an account holds: records with their properties' history, and what they are associated with. In memory."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from vendors.hubspot.schema import KINDS, Property, find_fault, make_schema, read_number, read_time

_STAGES = {"deals": "dealstage", "tickets": "hs_pipeline_stage"}
_ENTERED = "hs_v2_date_entered_current_stage"
_MODIFIED = ("hs_lastmodifieddate", "lastmodifieddate")
_CREATED = ("createdate", "hs_createdate")
_KEPT = 20  # values of a property's history


class Given(BaseModel):
    """A record that the account has from the beginning; `history` holds values with the moment of each, in seconds, the
    oldest first, and `associated` the ids of records by their type."""

    model_config = ConfigDict(extra="forbid")

    id: str
    properties: dict[str, str]
    created_at: float
    updated_at: float
    history: dict[str, list[tuple[str, float]]] = Field(default_factory=dict)
    associated: dict[str, list[str]] = Field(default_factory=dict)


class Account(BaseModel):
    """What an account is filled with: its custom properties, and its records by their type."""

    model_config = ConfigDict(extra="forbid")

    properties: dict[str, list[Property]]
    records: dict[str, list[Given]]


@dataclass
class Record:
    """A record. Each property's history is the oldest first."""

    id: str
    properties: dict[str, str]
    history: dict[str, list[tuple[str, float]]] = field(default_factory=lambda: defaultdict(list))
    associated: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


class Refused(Exception):
    """A write that HubSpot answers with 400; `name` is what it calls the fault."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class Records:
    """All records of an account."""

    def __init__(self, account: Account | None = None, clock: Callable[[], float] = time.time) -> None:
        given = account or Account(properties={}, records={})
        self.schemas = {kind: make_schema(kind, given.properties.get(kind, ())) for kind in KINDS}
        self.by_kind: dict[str, dict[str, Record]] = {kind: {} for kind in KINDS}
        self._unique: dict[tuple[str, str, str], str] = {}
        self._clock = clock
        self._next = 10_000_000_001
        for kind, records in given.records.items():
            for one in records:
                self._take(kind, one)
        for kind, records in given.records.items():
            for one in records:
                for to, ids in one.associated.items():
                    for id_ in ids:
                        self.associate(kind, one.id, to, id_)

    def find(self, kind: str, id_: str, by: str | None = None) -> Record | None:
        """The record with this id, or with this value of the unique property `by`."""
        known = self._unique.get((kind, by, id_), "") if by and by != "hs_object_id" else id_
        return self.by_kind[kind].get(known)

    def create(self, kind: str, properties: Mapping[str, str | None]) -> Record:
        """Raises `Refused`."""
        self._check(kind, properties, None)
        self._next += 1
        record = Record(str(self._next), {"hs_object_id": str(self._next)})
        now = _write_time(self._clock())
        record.properties |= dict.fromkeys(_CREATED, now)
        self.by_kind[kind][record.id] = record
        self._write(kind, record, properties, self._clock())
        return record

    def change(self, kind: str, record: Record, properties: Mapping[str, str | None]) -> None:
        """Raises `Refused`."""
        self._check(kind, properties, record)
        self._write(kind, record, properties, self._clock())

    def associate(self, kind: str, id_: str, to: str, to_id: str) -> None:
        """Both ways, as HubSpot does."""
        for one, its, other, others in ((kind, id_, to, to_id), (to, to_id, kind, id_)):
            ids = self.by_kind[one][its].associated[other]
            if others not in ids:
                ids.append(others)

    def remove(self, kind: str, id_: str) -> None:
        """Into the recycling bin, which nobody here looks into; what is not there stays so."""
        record = self.by_kind[kind].pop(id_, None)
        if record is None:
            return
        for other, ids in record.associated.items():
            for one in ids:
                self.by_kind[other][one].associated[kind].remove(id_)
        for name, value in record.properties.items():
            self._unique.pop((kind, name, value), None)

    def _take(self, kind: str, given: Given) -> None:
        record = Record(given.id, {"hs_object_id": given.id})
        self.by_kind[kind][given.id] = record
        self._write(kind, record, given.properties, given.created_at)
        for name, versions in given.history.items():
            record.history[name] = list(versions)
        record.properties |= dict.fromkeys(_CREATED, _write_time(given.created_at))
        record.properties |= dict.fromkeys(_MODIFIED, _write_time(given.updated_at))
        if kind == "deals" and record.history["dealstage"]:
            record.properties[_ENTERED] = _write_time(record.history["dealstage"][-1][1])

    def _check(self, kind: str, properties: Mapping[str, str | None], record: Record | None) -> None:
        schema = self.schemas[kind]
        for name, value in properties.items():
            if fault := find_fault(schema, name, value):
                raise Refused(*fault)
            owner = self._unique.get((kind, name, value or ""))
            if schema[name].unique and owner not in {None, record.id if record else None}:
                raise Refused("CONFLICTING_UNIQUE_VALUE", f"{owner} already has that value.")

    def _write(self, kind: str, record: Record, properties: Mapping[str, str | None], now: float) -> None:
        schema = self.schemas[kind]
        for name, given in properties.items():
            value = given or ""
            if schema[name].type == "datetime" and (at := read_time(value)) is not None:
                value = _write_time(at)
            if name == _STAGES.get(kind) and kind == "deals" and record.properties.get(name) != value:
                record.properties[_ENTERED] = _write_time(now)
            if schema[name].unique:
                self._unique.pop((kind, name, record.properties.get(name, "")), None)
                if value:
                    self._unique[kind, name, value] = record.id
            if record.properties.get(name, "") != value:
                record.properties[name] = value
                record.history[name] = [*record.history[name], (value, now)][-_KEPT:]
        record.properties |= dict.fromkeys(_MODIFIED, _write_time(now))


def find_matching(
    records: Iterable[Record], schema: Mapping[str, Property], groups: list[list[dict[str, Any]]]
) -> list[Record]:
    """Those for which all conditions of one of the groups hold; all of them without a group."""
    return [
        record
        for record in records
        if not groups or any(all(_holds(record, schema, one) for one in group) for group in groups)
    ]


def sort_by(records: list[Record], schema: Mapping[str, Property], name: str, *, highest_first: bool) -> list[Record]:
    """In order of a property; those without a value come last either way."""
    having = [record for record in records if record.properties.get(name)]
    without = [record for record in records if not record.properties.get(name)]
    return sorted(having, key=lambda record: _key(record, schema, name), reverse=highest_first) + without


def _key(record: Record, schema: Mapping[str, Property], name: str) -> Any:
    return _comparable(schema[name], record.properties[name])


def _comparable(known: Property, value: str) -> Any:
    if known.type == "number":
        return read_number(value) or 0.0
    return read_time(value) or 0.0 if known.type == "datetime" else value.lower()


def _holds(record: Record, schema: Mapping[str, Property], condition: Mapping[str, Any]) -> bool:
    known = schema[condition["propertyName"]]
    held = record.properties.get(known.name, "")
    operator: str = condition["operator"]
    if operator in {"HAS_PROPERTY", "NOT_HAS_PROPERTY"}:
        return bool(held) == (operator == "HAS_PROPERTY")
    if not held:
        return False
    if operator == "IN":
        # of text, HubSpot finds values in small letters alone
        return bool((held if known.type == "enumeration" else held.lower()) in condition["values"])
    mine, theirs = _comparable(known, held), _comparable(known, condition["value"])
    if operator == "BETWEEN":
        return bool(theirs <= mine <= _comparable(known, condition["highValue"]))
    results: dict[str, Any] = {"EQ": mine == theirs, "NEQ": mine != theirs, "LT": mine < theirs, "LTE": mine <= theirs}
    return bool((results | {"GT": mine > theirs, "GTE": mine >= theirs})[operator])


def _write_time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
