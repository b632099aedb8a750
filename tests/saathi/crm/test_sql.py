"""The project's own tables as the CRM, on both databases."""

import json
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, select, text

import saathi.store
from saathi.crm import events
from saathi.crm.events import Event
from saathi.crm.sql import SqlCrm
from saathi.store import Database
from saathi.store.crm_tables import activities
from saathi.store.migrate import migrate
from tests.saathi.crm.contract import CrmContract, HandOver, list_notes
from tests.saathi.crm.network import MINE, NOW, THEIRS


@pytest.fixture
def hand_over(database: Database) -> HandOver:
    """By the only event that can."""

    async def tell(number: str, partner: str) -> None:
        customer = {"id": f"C-{number}", "name": "Shabnam Ansari", "region": "Bihar"}
        raw = {"id": f"e-{number}-{partner}", "type": "customer.changed", "at": "2026-11-18T00:00:00Z"}
        event = Event.model_validate_json(
            json.dumps({**raw, "partner": partner, "customer": customer}), context={"latest": NOW}
        )
        assert await database.write(lambda c: events.take(c, event, None, NOW))

    return tell


class TestSqlCrm(CrmContract):
    """All that a CRM does."""


async def test_closed_conversation_is_one_activity(database: Database, crm: SqlCrm) -> None:
    for _ in range(2):
        await crm.record_conversation(MINE, "c1", "asked for L-1042", "c1-closed")
    rows = await database.read(lambda c: c.execute(select(activities)).all())
    assert [(row.partner, row.conversation, row.text) for row in rows] == [(MINE, "c1", "asked for L-1042")]


async def test_notes_from_before_notes_had_a_partner_are_of_whom_the_lead_is(database: Database, crm: SqlCrm) -> None:
    def write_as_before(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(Path(saathi.store.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.downgrade(config, "0008")
        note = "INSERT INTO lead_notes (id, lead, text, at) VALUES (:id, :lead, 'old', 1)"
        for lead in ("L-1042", "L-2001"):
            connection.execute(text(note), {"id": f"n-{lead}", "lead": lead})

    await database.write(write_as_before)
    await migrate(database)
    assert await list_notes(crm, MINE) == ["old"]
    theirs = await crm.read_lead(THEIRS, "L-2001")
    assert theirs is not None
    assert [note.text for note in theirs.notes] == ["old"]
    assert await crm.remove_note(MINE, "L-1042", "n-L-1042")
    assert await list_notes(crm, MINE) == []
