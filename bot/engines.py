"""The two databases that hold the tracker store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.pool import QueuePool

from bot.errors import StoreError

_DEADLINE_SECONDS = 3
_CONNECTIONS = 4


def sqlite_engine(path: Path) -> Engine:
    """Return an engine on the SQLite file `path`, which is made with its folder at the first use.

    A lock held by somebody else is waited for 3 s. A file that vanishes or is exchanged under a running server is an
    error: SQLite would go on writing to the deleted file, and what it stored would be lost at the next start.
    """
    engine = sa.create_engine(
        f"sqlite:///{path}",
        poolclass=QueuePool,
        pool_size=_CONNECTIONS,
        max_overflow=0,
        connect_args={"timeout": _DEADLINE_SECONDS, "check_same_thread": False},
    )

    @sa.event.listens_for(engine, "do_connect")
    def _make_folder(*_: Any) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, record: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        # FULL: what the door has answered survives a power cut as well as a killed process
        connection.execute("PRAGMA synchronous=FULL")
        record.info["file"] = path.stat().st_ino

    @sa.event.listens_for(engine, "checkout")
    def _check(_: Any, record: Any, __: Any) -> None:
        if not path.exists() or path.stat().st_ino != record.info["file"]:
            raise StoreError(f"tracker store: {path} is gone or was exchanged; put it back, or restart Rasa")

    return engine


def postgresql_engine(url: str) -> Engine:
    """Return an engine on PostgreSQL; `url` may name any driver, ours is psycopg2. Each statement has 3 s."""
    return sa.create_engine(
        make_url(url).set(drivername="postgresql+psycopg2"),
        pool_size=_CONNECTIONS,
        max_overflow=0,
        pool_pre_ping=True,
        pool_timeout=_DEADLINE_SECONDS,
        connect_args={
            "connect_timeout": _DEADLINE_SECONDS,
            "options": f"-c statement_timeout={_DEADLINE_SECONDS}s -c lock_timeout={_DEADLINE_SECONDS}s",
        },
    )
