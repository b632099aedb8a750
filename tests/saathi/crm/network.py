"""A small network for tests: two partners with customers and leads of their own."""

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, insert

from saathi.crm.writing import find_ending, note_sounds
from saathi.demo.network import Rows
from saathi.store.tables import metadata

NOW = 1_795_000_000.0
DAY = 86_400.0
MINE, THEIRS = "P1001", "P1002"
_LEADS: list[tuple[str, str, str, str, str, str, int, float | None]] = [
    (MINE, "L-1042", "Shabnam Ansari", "+910000014821", "home-loan", "documents", 9, None),
    (MINE, "L-1043", "Ramesh Kumar", "+910000017730", "term", "submitted", 3, 82.0),
    (MINE, "L-1044", "Ramesh Chaudhary", "+910000014829", "term", "approved", 30, 40.0),
    (THEIRS, "L-2001", "Shabnam Sheikh", "+910000014821", "term", "new", 1, None),
]
# What happened on L-1042, and its papers, each with the days since.
EVENTS = [
    ("call_answered", 14.0), ("quote_asked", 11.0), ("met", 10.0), ("replied", 8.0), ("message_opened", 6.5),
    ("link_opened", 6.0), ("document_sent", 5.5), ("form_begun", 5.0), ("call_asked", 2.0), ("call_missed", 1.0),
]  # fmt: skip
PAPERS: list[tuple[str, str, str | None, float]] = [
    ("pan", "verified", None, 8.0), ("address", "refused", "photo_unclear", 6.0), ("income", "received", None, 5.5),
    ("statement", "requested", None, 5.0),
]  # fmt: skip


def make_rows() -> Rows:
    """Three customers of one partner, one of the other, by table."""
    rows: Rows = defaultdict(list)
    for partner, reference, name, phone, kind, stage, days, score in _LEADS:
        times = {"created_at": NOW - 60 * DAY, "updated_at": NOW - days * DAY}
        customer = f"C-{reference[2:]}"
        about = {"id": customer, "partner": partner, "name": name, "phone": phone, "ending": find_ending(phone)}
        rows["customers"].append({**about, "region": "Bihar", "age": 34, **times})
        place = {"stage": stage, "stage_since": NOW - days * DAY, "reason": None, "score": score}
        lead = {"reference": reference, "partner": partner, "customer": customer, "kind": kind, "source": "referral"}
        rows["leads"].append({**lead, **place, "product": None, "amount": 5_000_000_00, **times})
        for number, (past, since) in enumerate((("new", 60), (stage, days))):
            row = {"id": f"{reference}-{number}", "lead": reference, "stage": past, "by": "network"}
            rows["lead_stages"].append({**row, "reason": None, "at": NOW - since * DAY})
        order: dict[str, Any] = {"id": f"A-{reference[2:]}", "partner": partner, "lead": reference}
        order |= {"customer": customer, "product": "himgiri-home", "stage": stage, "submitted_at": NOW - 5 * DAY}
        rows["applications"].append({**order, "amount": 5_000_000_00, "updated_at": NOW})
    for number, (kind, days) in enumerate(EVENTS):
        rows["lead_events"].append({"id": f"e{number}", "lead": "L-1042", "kind": kind, "at": NOW - days * DAY})
    for kind, state, reason, days in PAPERS:
        row = {"lead": "L-1042", "kind": kind, "state": state, "reason": reason, "at": NOW - days * DAY}
        rows["lead_documents"].append(row)
    return rows


def fill(connection: Connection) -> None:
    """Writes them."""
    for table, rows in make_rows().items():
        connection.execute(insert(metadata.tables[table]), rows)
    for customer in make_rows()["customers"]:
        note_sounds(connection, customer["partner"], customer["id"], customer["name"])
