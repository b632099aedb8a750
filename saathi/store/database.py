"""Opening the database, and the two ways to use it: `read` and `write`.

A unit of work is a plain function of a SQLAlchemy connection, so that the same statements serve both databases. On
PostgreSQL it runs on the event loop over asyncpg. SQLite has no asynchronous interface: aiosqlite, which hands each
statement to a thread, took 2.1 ms of processor time for a transaction of one insert; handing over the whole unit and
committing in groups takes 0.45 ms.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

T = TypeVar("T")
Work = Callable[[Connection], T]

# Longer than any transaction of ours; short enough that a channel can still refuse a message in time.
WAIT_S = 2.0


class StoreUnavailable(Exception):
    """The database is locked, gone or did not answer in time; nothing of the transaction was stored."""


class Database(ABC):
    """The store of one process."""

    @abstractmethod
    async def write(self, work: Work[T]) -> T:
        """Run `work` in a transaction: committed when it returns, rolled back when it raises.

        Raises:
            StoreUnavailable: the database could not be reached or written within its deadline.
        """

    @abstractmethod
    async def read(self, work: Work[T]) -> T:
        """Run `work`, which writes nothing; each of its statements sees what is committed by then.

        Raises:
            StoreUnavailable: the database could not be reached within its deadline.
        """

    @abstractmethod
    async def close(self) -> None:
        """Finish what is under way and close all connections."""


class Share:
    """A part of a database for work that may wait: so many units of it at once. Whoever may not wait, as a webhook that
    is to be acknowledged, uses the database itself, and finds a connection that is free."""

    def __init__(self, database: Database, most: int) -> None:
        self._database = database
        self._free = asyncio.Semaphore(most)

    async def write(self, work: Work[T]) -> T:
        """As the database's own."""
        async with self._free:
            return await self._database.write(work)


@contextmanager
def named_outage() -> Iterator[None]:
    """Turn the many errors of a database that is at fault into `StoreUnavailable`."""
    try:
        yield
    except (DBAPIError, PoolTimeout, OSError, TimeoutError) as error:
        if isinstance(error, DBAPIError) and not _is_outage(error):
            raise
        raise StoreUnavailable(str(error).split("\n", 1)[0]) from error


def _is_outage(error: DBAPIError) -> bool:
    """A broken constraint or statement is our own defect and stays what it is; all else is the database's fault."""
    kinds = {"OperationalError", "InterfaceError", "DBAPIError", "InternalError", "DatabaseError"}
    return error.connection_invalidated or type(error).__name__ in kinds
