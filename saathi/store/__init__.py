"""The database: its tables, how it is opened, and its migrations."""

from sqlalchemy import make_url

from saathi.store.database import Database, Share, StoreUnavailable
from saathi.store.postgresql import PostgresDatabase
from saathi.store.sqlite import SqliteDatabase

__all__ = ["Database", "Share", "StoreUnavailable", "open_database"]


def open_database(url: str) -> Database:
    """The database at `url`, a SQLAlchemy address of SQLite or PostgreSQL."""
    return SqliteDatabase(url) if make_url(url).get_backend_name() == "sqlite" else PostgresDatabase(url)
