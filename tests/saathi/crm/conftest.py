"""The project's own CRM over the small network, on both databases; and HubSpot's account of the same."""

from collections.abc import AsyncIterator

import pytest

from saathi.crm.sql import SqlCrm
from saathi.store import Database
from tests.saathi.crm.account import RunningHubSpot, run_hubspot
from tests.saathi.crm.network import NOW, fill


@pytest.fixture
async def crm(database: Database) -> SqlCrm:
    await database.write(fill)
    return SqlCrm(database, clock=lambda: NOW)


@pytest.fixture
async def hubspot() -> AsyncIterator[RunningHubSpot]:
    async with run_hubspot() as running:
        yield running
