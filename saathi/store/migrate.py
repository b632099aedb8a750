"""Bring the database to the newest revision: `python -m saathi.store.migrate`."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, func, select

from saathi.settings import Settings
from saathi.store import Database, open_database

_LOCK = 0x5AA7  # ours among PostgreSQL's advisory locks
_LOOK_AGAIN_S = 0.2


async def migrate(database: Database) -> None:
    """Apply all revisions that the database lacks; none is a no-op. Processes that start together take turns."""
    while not await database.write(_upgrade):  # noqa: ASYNC110 - the other process has no way to wake this one
        await asyncio.sleep(_LOOK_AGAIN_S)


def _upgrade(connection: Connection) -> bool:
    """False when another process is at it; SQLite lets the other one write first by itself."""
    if connection.dialect.name == "postgresql":
        is_mine = connection.scalar(select(func.pg_try_advisory_xact_lock(_LOCK)))  # until the transaction ends
        if not is_mine:
            return False
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    return True


async def _main() -> None:
    settings = Settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = open_database(settings.store_url)
    try:
        await migrate(database)
    finally:
        await database.close()


if __name__ == "__main__":
    asyncio.run(_main())
