"""The demo network as HubSpot would hold it, for the stand-in: `python -m saathi.crm.hubspot.demo FILE`, and then
`python -m vendors --hubspot-account FILE`. What HubSpot has no place for in data/crm/hubspot.yml is left out.
"""

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from saathi.crm.hubspot.mapping import ActivityKind, FieldMapping
from saathi.crm.hubspot.records import split_name, write_time
from saathi.demo.network import Network, Rows
from saathi.products import Catalog

_OURS = "saathi_"  # what the custom properties' names begin with
_NUMBERS, _TIMES, _LISTS = {"score", "age"}, {"submitted", "expected"}, {"kind"}
_UNIQUE = {("contacts", "id"), ("deals", "reference"), ("deals", "application"), ("tickets", "key")}


def make_account(rows: Rows, mapping: FieldMapping) -> dict[str, Any]:
    """What the stand-in is filled with, of the rows of the CRM's tables."""
    return _Account(rows, mapping).make()


class _Account:
    def __init__(self, rows: Rows, mapping: FieldMapping) -> None:
        self._rows = rows
        self._mapping = mapping
        ids = self._ids = (str(number) for number in range(1_000_001, 10_000_000))
        self._contacts = {row["id"]: next(ids) for row in rows["customers"]}
        self._deals = {row["reference"]: next(ids) for row in rows["leads"]}
        self._tickets = [(next(ids), row) for row in rows["tickets"]]
        self._stages: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in rows["lead_stages"]:
            self._stages[row["lead"]].append(row)
        self._papers: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in rows["lead_documents"]:
            self._papers[row["lead"]].append(row)
        self._applications = {row["lead"]: row for row in rows["applications"]}

    def make(self) -> dict[str, Any]:
        records: dict[str, list[dict[str, Any]]] = {
            "contacts": [self._make_contact(row) for row in self._rows["customers"]],
            "deals": [self._make_deal(row) for row in self._rows["leads"]],
            "tickets": [self._make_ticket(id_, row) for id_, row in self._tickets],
            "notes": [],
            **{kind: [] for kind in self._mapping.activities},
        }
        for row in self._rows["lead_events"]:
            kind, activity = self._make_activity(row)
            records[kind].append(activity)
        return {"properties": {kind: self._list_properties(kind) for kind in records}, "records": records}

    def _list_properties(self, kind: str) -> list[dict[str, Any]]:
        activity = next((names for one, names in self._mapping.activities.items() if one == kind), None)
        if activity is not None:
            return [{"name": activity.partner}, {"name": activity.event, "type": "enumeration"}]
        papers = self._mapping.papers.values() if kind == "deals" else ()
        return [*self._list_mapped(kind), *({"name": name, "type": "enumeration"} for name in papers)]

    def _list_mapped(self, kind: str) -> list[dict[str, Any]]:
        names = getattr(self._mapping, kind).model_dump()
        return [
            {
                "name": name,
                "type": "number" if field in _NUMBERS else "datetime" if field in _TIMES
                else "enumeration" if field in _LISTS else "string",
                "unique": (kind, field) in _UNIQUE,
            }
            for field, name in names.items() if name.startswith(_OURS)
        ]  # fmt: skip

    def _make_contact(self, row: Mapping[str, Any]) -> dict[str, Any]:
        names = self._mapping.contacts
        first, last = split_name(row["name"])
        values = {
            names.partner: row["partner"], names.id: row["id"], names.first_name: first, names.last_name: last,
            names.phone: row["phone"], names.region: row["region"], names.age: row["age"],
        }  # fmt: skip
        return self._make(self._contacts[row["id"]], row, values)

    def _make_deal(self, row: Mapping[str, Any]) -> dict[str, Any]:
        names, mapping = self._mapping.deals, self._mapping
        reference = row["reference"]
        application = self._applications.get(reference, {})
        amount, submitted, expected = row["amount"], application.get("submitted_at"), application.get("expected_by")
        values = {
            names.partner: row["partner"], names.reference: reference, names.kind: mapping.kinds.write(row["kind"]),
            names.product: row["product"] or application.get("product"),
            names.source: mapping.sources.write(row["source"]),
            names.stage: mapping.stages[row["stage"]][0], names.reason: mapping.reasons.write(row["reason"]),
            names.amount: None if amount is None else str(Decimal(amount) / 100), names.score: row.get("score"),
            names.application: application.get("id"),
            names.submitted: submitted and write_time(submitted), names.expected: expected and write_time(expected),
        }  # fmt: skip
        changes = sorted(self._stages[reference], key=lambda change: float(change["at"]))
        history = {names.stage: [(mapping.stages[change["stage"]][0], change["at"]) for change in changes]}
        reasons = [(mapping.reasons.write(change["reason"]), change["at"]) for change in changes if change["reason"]]
        contact = self._contacts[row["customer"]]
        papers = {mapping.papers[paper["kind"]]: paper for paper in self._papers[reference]}
        made = self._make(
            self._deals[reference], row, values | {name: _name_state(mapping, paper) for name, paper in papers.items()}
        )
        held = {name: [(_name_state(mapping, paper), paper["at"])] for name, paper in papers.items()}
        return made | {"history": history | {names.reason: reasons} | held, "associated": {"contacts": [contact]}}

    def _make_activity(self, row: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """The type of the record that HubSpot would have of what happened, and the record."""
        code, at = row["kind"], row["at"]
        kind = self._find_type(code)
        names = self._mapping.activities[kind]
        count = names.counts.get(code)
        said = next((one.when for one in names.meanings if one.code == code), {})
        values = {count: "1"} if count else {name: held[0] for name, held in said.items()}
        if not values:
            values = {names.event: self._mapping.events.write(code)}
        made = self._make(next(self._ids), {"created_at": at, "updated_at": at}, {names.at: write_time(at), **values})
        history = {count: [("1", at)]} if count else {}
        return kind, made | {"history": history, "associated": {"deals": [self._deals[row["lead"]]]}}

    def _find_type(self, code: str) -> ActivityKind:
        """The first type of records of which HubSpot's own properties say it; else messages, which say it outright."""
        for kind, names in self._mapping.activities.items():
            if code in names.counts or any(one.code == code for one in names.meanings):
                return kind
        return "communications"

    def _make_ticket(self, id_: str, row: Mapping[str, Any]) -> dict[str, Any]:
        names = self._mapping.tickets
        values = {
            names.partner: row["partner"], names.key: row["key"], names.topic: row["topic"],
            names.subject: row["topic"], names.text: row["text"], names.pipeline: self._mapping.ticket_pipeline,
            names.state: self._mapping.ticket_states[row["state"]][0], names.resolution: row["resolution"],
        }  # fmt: skip
        return self._make(id_, row, values)

    def _make(self, id_: str, row: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
        held = {name: str(value) for name, value in values.items() if value not in {None, ""}}
        return {"id": id_, "properties": held, "created_at": row["created_at"], "updated_at": row["updated_at"]}


def _name_state(mapping: FieldMapping, paper: Mapping[str, Any]) -> str:
    told = (paper["state"], paper["reason"])
    return next(value for value, means in mapping.paper_states.items() if (means.state, means.reason) == told)


def main() -> int:
    """Writes the file."""
    parser = argparse.ArgumentParser(prog="python -m saathi.crm.hubspot.demo", description=__doc__)
    parser.add_argument("file", type=Path, help="where to write it")
    file = parser.parse_args().file
    account = make_account(Network(Catalog.load(), time.time()).make(), FieldMapping.load())
    file.write_text(json.dumps(account, ensure_ascii=False), encoding="utf-8")
    sys.stdout.write(f"{len(account['records']['deals']):,} leads in {file}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
