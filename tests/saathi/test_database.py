"""How the database is shared, and brought to its newest revision."""

import asyncio
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, func, select

from saathi.settings import ROOT
from saathi.store import Database, Share, open_database
from saathi.store.tables import conversations


async def test_gateways_that_start_together_on_a_fresh_database_take_turns_to_migrate_it(
    new_postgresql_database: Callable[[], str], tmp_path: Path
) -> None:
    url = new_postgresql_database()
    environment = {**os.environ, "DATABASE_URL": url, "DATA_DIR": str(tmp_path)}

    async def migrate() -> tuple[int | None, str]:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "saathi.store.migrate"),
            cwd=ROOT,
            env=environment,
            stderr=asyncio.subprocess.PIPE,
        )
        _, said = await process.communicate()
        return process.returncode, said.decode()

    assert await asyncio.gather(*(migrate() for _ in range(3))) == [(0, "")] * 3
    database = open_database(url)
    assert await database.read(lambda c: c.scalar(select(func.count()).select_from(conversations))) == 0
    await database.close()


async def test_work_that_may_wait_leaves_connections_to_what_may_not(
    new_postgresql_database: Callable[[], str],
) -> None:
    database = open_database(new_postgresql_database())
    share = Share(database, 4)

    def take_long(connection: Connection) -> None:
        connection.execute(select(func.pg_sleep(0.3)))

    waiting = [asyncio.create_task(share.write(take_long)) for _ in range(40)]
    await asyncio.sleep(0.1)
    started = time.monotonic()
    assert await database.write(lambda c: c.scalar(select(1))) == 1
    spent = time.monotonic() - started
    assert not all(task.done() for task in waiting)
    assert spent < 1.0  # all 40 take three seconds; without shares the pool would be empty for most of them
    await asyncio.gather(*waiting)
    await database.close()


async def test_share_is_given_back_by_work_that_fails(database: Database) -> None:
    share = Share(database, 1)

    def fail(_connection: Connection) -> None:
        raise RuntimeError

    results = await asyncio.gather(*(share.write(fail) for _ in range(3)), return_exceptions=True)
    assert [type(result) for result in results] == [RuntimeError] * 3
    assert await share.write(lambda c: c.scalar(select(1))) == 1
