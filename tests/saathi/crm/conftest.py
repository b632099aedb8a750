"""The project's own CRM over the small network, on both databases."""

import pytest

from saathi.crm.sql import SqlCrm
from saathi.store import Database
from tests.saathi.crm.network import NOW, fill


@pytest.fixture
async def crm(database: Database) -> SqlCrm:
    await database.write(fill)
    return SqlCrm(database, clock=lambda: NOW)
