"""PostgreSQL through asyncpg."""

from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import create_async_engine

from saathi.store.database import WAIT_S, Database, T, Work, named_outage


class PostgresDatabase(Database):
    """The store on a server, shared by any number of processes."""

    def __init__(self, url: str) -> None:
        self._engine = create_async_engine(
            url,
            pool_size=8,
            max_overflow=8,
            pool_timeout=WAIT_S,
            connect_args={"timeout": WAIT_S, "command_timeout": 2 * WAIT_S},
        )
        event.listen(self._engine.sync_engine, "checkout", _drop_closed)
        self._reading = self._engine.execution_options(isolation_level="AUTOCOMMIT")  # spares BEGIN and ROLLBACK

    async def write(self, work: Work[T]) -> T:
        with named_outage():
            async with self._engine.begin() as connection:
                return await connection.run_sync(work)

    async def read(self, work: Work[T]) -> T:
        with named_outage():
            async with self._reading.connect() as connection:
                return await connection.run_sync(work)

    async def close(self) -> None:
        await self._engine.dispose()


def _drop_closed(connection: Any, _record: Any, _proxy: Any) -> None:
    """Has a connection replaced that the server has closed: asyncpg knows it without asking."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError
