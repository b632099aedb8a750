"""Writing millions of rows quickly: without secondary indexes, which are made at the end, and ready to be asked."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path

import asyncpg
from sqlalchemy import Connection, Dialect, Index
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex
from tqdm import tqdm

from benchmarks.leads.lookups.rows import COLUMNS, Rows
from saathi.store import Database, open_database
from saathi.store.migrate import migrate
from saathi.store.tables import metadata


async def fill_sqlite(file: Path, batches: Iterable[Rows], leads: int) -> Database:
    """A new database in a file, as the store opens it."""
    database = open_database(f"sqlite:///{file}")
    await _make_tables(database)
    writing = sqlite3.connect(file, isolation_level=None)
    writing.execute("PRAGMA synchronous=OFF").close()
    for rows in _show(batches, leads, "SQLite"):
        writing.execute("BEGIN").close()
        for table, columns in COLUMNS.items():
            marks = ", ".join("?" * len(columns))
            into = f"INSERT INTO {table} ({_quote(columns)}) VALUES ({marks})"
            writing.executemany(into, rows[table]).close()
        writing.execute("COMMIT").close()
    for statement in (*_make_indexes(sqlite.dialect()), "ANALYZE"):
        writing.execute(statement).close()
    writing.close()
    return database


async def fill_postgresql(address: str, batches: Iterable[Rows], leads: int) -> Database:
    """The empty database at `address` (postgresql://...), as the store opens it."""
    database = open_database(address.replace("postgresql:", "postgresql+asyncpg:", 1))
    await _make_tables(database)
    writing = await asyncpg.connect(address)
    await writing.execute("SET session_replication_role = replica")  # rows refer to rows that are there
    for rows in _show(batches, leads, "PostgreSQL"):
        for table, columns in COLUMNS.items():
            await writing.copy_records_to_table(table, columns=columns, records=rows[table])
    indexes = _make_indexes(postgresql.dialect())  # type: ignore[no-untyped-call]
    for statement in (*indexes, "VACUUM ANALYZE"):  # autovacuum's, in its own time
        await writing.execute(statement)
    await writing.close()
    return database


async def _make_tables(database: Database) -> None:
    await migrate(database)

    def drop(connection: Connection) -> None:
        for index in _list_indexes():
            index.drop(connection)

    await database.write(drop)


def _make_indexes(dialect: Dialect) -> list[str]:
    return [str(CreateIndex(index).compile(dialect=dialect)) for index in _list_indexes()]


def _list_indexes() -> list[Index]:
    return [index for table in COLUMNS for index in metadata.tables[table].indexes]


def _show(batches: Iterable[Rows], leads: int, desc: str) -> Iterable[Rows]:
    with tqdm(total=leads, desc=f"  {desc}", unit="lead", leave=False) as bar:
        for rows in batches:
            yield rows
            bar.update(len(rows["leads"]))


def _quote(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
