"""SQLite in WAL mode: one writing thread with group commit, a few reading threads.

SQLite admits one writer at a time and makes a second one sleep and try again. Here all writes of the process pass
through one thread; those that wait together are committed together, so that a flush to the disk (`synchronous=FULL`:
what was acknowledged survives a power cut) is paid once for many.
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import SQLAlchemyError

from saathi.store.database import WAIT_S, Database, StoreUnavailable, T, Work, named_outage

READERS = 2
LARGEST_GROUP = 64  # bounds how long the first of a group waits for the last


class SqliteDatabase(Database):
    """The store in a file; see the module."""

    def __init__(self, url: str) -> None:
        self._engine = _open_engine(url)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-read")
        self._writer = threading.Thread(target=self._write_groups, name="store-write", daemon=True)
        self._writer.start()

    async def write(self, work: Work[T]) -> T:
        job = _Job(work)
        self._jobs.put(job)
        result: T = await asyncio.wrap_future(job.future)
        return result

    async def read(self, work: Work[T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    async def close(self) -> None:
        self._jobs.put(None)
        await asyncio.to_thread(self._writer.join)
        self._readers.shutdown()
        self._engine.dispose()

    def _read(self, work: Work[T]) -> T:
        with named_outage(), self._engine.connect() as connection:
            return work(connection)

    def _write_groups(self) -> None:
        while (job := self._jobs.get()) is not None:
            group = [job]
            while len(group) < LARGEST_GROUP and not self._jobs.empty():
                following = self._jobs.get()
                if following is None:
                    self._jobs.put(None)
                    break
                group.append(following)
            self._commit([job for job in group if job.future.set_running_or_notify_cancel()])

    def _commit(self, group: list["_Job"]) -> None:
        """Run a group in one transaction; a job that raises undoes only itself."""
        settled: list[Callable[[], None]] = []
        try:
            with named_outage(), self._engine.connect() as connection:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                settled = [job.run(connection) for job in group]
                connection.commit()
        except (StoreUnavailable, SQLAlchemyError) as error:
            for job in group:
                job.future.set_exception(error)
            return
        for settle in settled:
            settle()


class _Job:
    """A unit of work that waits for the writing thread, and the future of its result."""

    def __init__(self, work: Callable[[Connection], Any]) -> None:
        self.work = work
        self.future: Future[Any] = Future()

    def run(self, connection: Connection) -> Callable[[], None]:
        """Do the work under a savepoint; return what tells the caller, to be called once it is committed."""
        connection.exec_driver_sql("SAVEPOINT job")
        try:
            with named_outage():
                result = self.work(connection)
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - handed to the caller, who awaits it
            connection.exec_driver_sql("ROLLBACK TO job")
            failure = error
            return lambda: self.future.set_exception(failure)
        connection.exec_driver_sql("RELEASE job")
        return lambda: self.future.set_result(result)


def _open_engine(url: str) -> Engine:
    engine = create_engine(
        make_url(url).set(drivername="sqlite"), pool_size=READERS + 1, connect_args={"timeout": WAIT_S}
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}").close()

    return engine
