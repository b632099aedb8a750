"""The store on both databases, and one conversation in it."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from saathi import conversations
from saathi.store import Database, open_database
from saathi.store.migrate import migrate


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'saathi.db'}"
    else:
        url = request.getfixturevalue("new_postgresql_database")()
    opened = open_database(url)
    await migrate(opened)
    yield opened
    await opened.close()


@pytest.fixture
async def conversation(database: Database) -> str:
    return await database.write(lambda c: conversations.find_chat(c, "P1001", time.time()))
