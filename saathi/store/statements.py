"""Statements that SQLite and PostgreSQL write alike but SQLAlchemy keeps apart.

Here and in the modules of the domain, what every message needs is built once: building a statement takes more
processor time than sending it and reading its answer.
"""

from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_if_absent(connection: Connection, table: Table, values: dict[str, Any]) -> bool:
    """Insert a row unless one of its unique keys is taken; True when it was inserted."""
    return connection.execute(_build_insert(connection.dialect.name, table), values).rowcount == 1


def upsert(connection: Connection, table: Table, values: dict[str, Any]) -> None:
    """Insert a row, or overwrite the one that has its primary key."""
    connection.execute(_build_upsert(connection.dialect.name, table, tuple(values)), values)


@cache
def _build_insert(dialect: str, table: Table) -> Executable:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(table).on_conflict_do_nothing()


@cache
def _build_upsert(dialect: str, table: Table, names: tuple[str, ...]) -> Executable:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = insert(table)
    keys = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in names if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)
