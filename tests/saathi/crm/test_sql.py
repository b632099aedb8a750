"""The project's own tables as the CRM, on both databases."""

from sqlalchemy import select

from saathi.crm.sql import SqlCrm
from saathi.store import Database
from saathi.store.crm_tables import activities
from tests.saathi.crm.contract import CrmContract
from tests.saathi.crm.network import MINE


class TestSqlCrm(CrmContract):
    """All that a CRM does."""


async def test_closed_conversation_is_one_activity(database: Database, crm: SqlCrm) -> None:
    for _ in range(2):
        await crm.record_conversation(MINE, "c1", "asked for L-1042", "c1-closed")
    rows = await database.read(lambda c: c.execute(select(activities)).all())
    assert [(row.partner, row.conversation, row.text) for row in rows] == [(MINE, "c1", "asked for L-1042")]
