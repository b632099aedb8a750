"""A small network for tests: two partners with customers and leads of their own."""

from sqlalchemy import Connection, insert

from saathi.crm.writing import find_ending, note_sounds
from saathi.store.crm_tables import applications, customers, lead_stages, leads

NOW = 1_795_000_000.0
DAY = 86_400.0
MINE, THEIRS = "P1001", "P1002"


def fill(connection: Connection) -> None:
    """Three customers of one partner, one of the other."""
    _add(connection, MINE, "L-1042", "Shabnam Ansari", "+910000014821", kind="home-loan", stage="documents", days=9)
    _add(
        connection, MINE, "L-1043", "Ramesh Kumar", "+910000017730", kind="term", stage="submitted", days=3, score=82.0
    )
    _add(
        connection,
        MINE,
        "L-1044",
        "Ramesh Chaudhary",
        "+910000014829",
        kind="term",
        stage="approved",
        days=30,
        score=40.0,
    )
    _add(connection, THEIRS, "L-2001", "Shabnam Sheikh", "+910000014821", kind="term", stage="new", days=1)


def _add(
    connection: Connection, partner: str, reference: str, name: str, phone: str, *, kind: str, stage: str, days: int,
    score: float | None = None,
) -> None:  # fmt: skip
    times = {"created_at": NOW - 60 * DAY, "updated_at": NOW - days * DAY}
    customer = f"C-{reference[2:]}"
    about = {"id": customer, "partner": partner, "name": name, "phone": phone, "ending": find_ending(phone)}
    connection.execute(insert(customers).values(**about, region="Bihar", age=34, **times))
    note_sounds(connection, partner, customer, name)
    place = {"stage": stage, "stage_since": NOW - days * DAY, "reason": None, "score": score}
    lead = {"reference": reference, "partner": partner, "customer": customer, "kind": kind, "source": "referral"}
    connection.execute(insert(leads).values(**lead, **place, product=None, amount=5_000_000_00, **times))
    for number, (past, since) in enumerate((("new", 60), (stage, days))):
        row = {"id": f"{reference}-{number}", "lead": reference, "stage": past, "by": "network"}
        connection.execute(insert(lead_stages).values(**row, reason=None, at=NOW - since * DAY))
    order = {"id": f"A-{reference[2:]}", "partner": partner, "lead": reference, "customer": customer}
    connection.execute(
        insert(applications).values(
            **order, product="himgiri-home", stage="submitted", submitted_at=NOW - 5 * DAY, updated_at=NOW
        )
    )
