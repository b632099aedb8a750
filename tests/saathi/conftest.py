"""The store on both databases, and one conversation in it."""

import time
from collections.abc import AsyncIterator, Callable

import pytest

from saathi import conversations
from saathi.store import Database, open_database


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(
    request: pytest.FixtureRequest, new_database_with_tables: Callable[[str], str]
) -> AsyncIterator[Database]:
    opened = open_database(new_database_with_tables(request.param))
    yield opened
    await opened.close()


@pytest.fixture
async def conversation(database: Database) -> str:
    return await database.write(lambda c: conversations.find_chat(c, "P1001", time.time()))
