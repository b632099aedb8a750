"""Asking the actions on leads as Rasa does, and what happens to the leads of the tests' network."""

import time
from typing import Any

from sqlalchemy import Connection, delete, insert, update

from saathi.crm.writing import note_sounds
from saathi.store.crm_tables import customers, lead_documents, lead_events, lead_notes, leads
from tests.actions.conftest import HEADERS, Talk, make_call, mark
from tests.saathi.crm.network import MINE

DAY = 86_400.0


async def ask(
    talk: Talk,
    text: str,
    intent: str = "check_lead_status",
    language: str = "en",
    last: str | None = None,
    action: str = "action_look_up_lead",
    spoken: dict[str, Any] | None = None,
    confidence: float = 0.9,
    **named: str,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is said, and the slots that are set; `named` are the entities of the message."""
    call = make_call(action, talk.conversation, "m1", text, language, intent=intent)
    call["tracker"]["slots"] |= {"lead_reference": last, "leads_spoken": spoken}
    call["tracker"]["latest_message"]["intent"]["confidence"] = confidence
    call["tracker"]["latest_message"]["entities"] = mark(text, named)
    async with talk.client.post("/webhook", json=call, headers=HEADERS) as response:
        assert response.status == 200, await response.text()
        body: dict[str, Any] = await response.json()
    slots = {event["name"]: event["value"] for event in body["events"] if event["event"] == "slot"}
    return body["responses"][0], slots


def rows_of(said: dict[str, Any]) -> list[tuple[str, str]]:
    """Labels and values of the card."""
    return [(row["label"], row["value"]) for row in said["custom"]["card"]["rows"]]


def rename(connection: Connection, customer: str, name: str) -> None:
    """Gives a customer another name."""
    connection.execute(update(customers).where(customers.c.id == customer).values(name=name))
    note_sounds(connection, "P1001", customer, name)


def open_another(connection: Connection) -> None:
    """L-1044 waits for its partner."""
    connection.execute(update(leads).where(leads.c.reference == "L-1044").values(stage="contacted"))


def add_story(connection: Connection) -> None:
    """What is known of L-1042 beside its stage."""
    now = time.time()
    for table in (lead_documents, lead_events):
        connection.execute(delete(table).where(table.c.lead == "L-1042"))
    for kind, state in (("pan", "received"), ("income", "requested"), ("statement", "refused")):
        connection.execute(insert(lead_documents).values(lead="L-1042", kind=kind, state=state, at=now - 4 * DAY))
    for number, (kind, days) in enumerate((("message_opened", 5), ("quote_asked", 1))):
        connection.execute(insert(lead_events).values(id=f"e{number}", lead="L-1042", kind=kind, at=now - days * DAY))
    note = {"id": "n1", "lead": "L-1042", "partner": MINE, "text": "wants it before Holi", "at": now - 2 * DAY}
    connection.execute(insert(lead_notes).values(note))
    connection.execute(update(leads).where(leads.c.reference == "L-1042").values(reason="income_missing"))


def add_many(connection: Connection) -> None:
    """Nine leads more."""
    now = time.time()
    for number in range(9):
        lead = {"reference": f"L-110{number}", "partner": "P1001", "customer": "C-1042", "kind": "gold-loan"}
        place = {"source": "referral", "stage": "contacted", "stage_since": now - number * DAY, "amount": 1}
        connection.execute(insert(leads).values(**lead, **place, created_at=now - 10 * DAY, updated_at=now))
