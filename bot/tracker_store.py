"""Where turns are stored: one row a turn, written in one transaction, on SQLite or PostgreSQL.

A row holds the turn's events, the events that lead to the state it began in, and the answer. The last turns of a
conversation are read with one query, whatever its length; a turn that drops out of them loses its events and keeps
its message id and answer, so that a repeated message is known for `MEMORY_SECONDS`. Nothing here forgets in silence:
what cannot be read or written raises StoreError.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from bot.errors import ConflictError, StoreError

MEMORY_SECONDS = 7 * 24 * 3600
_THREADS = 4
_TABLE_LOCK = 7_283_141  # any number that nothing else in the database locks

_TURNS = sa.Table(
    "rasa_turns",
    sa.MetaData(),
    sa.Column("conversation", sa.String(200), primary_key=True),
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("message_id", sa.String(200), nullable=False),
    sa.Column("at", sa.Float, nullable=False, index=True),  # unix seconds
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("start", sa.Text),
    sa.Column("events", sa.Text),
    sa.UniqueConstraint("conversation", "message_id"),
)
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class StoredTurn:
    """One row: the `sequence`-th turn of a conversation. Events are in Rasa's own JSON form."""

    conversation: str
    sequence: int
    message_id: str
    answer: dict[str, Any]
    start: list[dict[str, Any]]
    events: list[dict[str, Any]]


@dataclass(frozen=True)
class Opened:
    """What the store knows when a message comes: its answer if it is known, else the conversation so far.

    `turns` is None where the caller already holds `revision`.
    """

    answer: dict[str, Any] | None
    revision: int
    turns: list[StoredTurn] | None


class TurnStore:
    """The store over a database engine; every call works in a thread and raises StoreError when it fails."""

    def __init__(self, engine: Engine, turns_kept: int) -> None:
        """Keep the events of the last `turns_kept` turns of each conversation. Connects at the first use."""
        self._engine = engine
        self._turns_kept = turns_kept
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="store")
        self._is_made = False

    async def open(self, conversation: str, message_id: str, held: int | None) -> Opened:
        """Return what is known of the message and its conversation; `held` is the revision the caller has."""
        return await self._in_thread(lambda db: self._open(db, conversation, message_id, held))

    async def append(self, turn: StoredTurn) -> None:
        """Store a turn; raises ConflictError where its place or its message id is taken."""
        await self._in_thread(lambda db: self._append(db, turn))

    async def purge(self, now: float | None = None) -> int:
        """Delete the answers of dropped turns older than 7 days; return how many."""
        oldest = (time.time() if now is None else now) - MEMORY_SECONDS
        gone = sa.delete(_TURNS).where(_TURNS.c.at < oldest, _TURNS.c.events.is_(None))
        return await self._in_thread(lambda db: int(db.execute(gone).rowcount))

    def close(self) -> None:
        """Wait for what is running and close the connections."""
        self._threads.shutdown()
        self._engine.dispose()

    async def _in_thread(self, work: Callable[[Connection], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._transact, work)

    def _transact(self, work: Callable[[Connection], _Result]) -> _Result:
        try:
            with self._engine.begin() as connection:
                if not self._is_made:
                    _make_table(connection)
                result = work(connection)
            self._is_made = True
        except IntegrityError as error:
            raise ConflictError("another turn of this conversation was stored first") from error
        except SQLAlchemyError as error:
            # the driver's message alone: SQLAlchemy's would carry the row, and with it what the user wrote
            raise StoreError(f"tracker store: {type(error).__name__}: {getattr(error, 'orig', '')}") from None
        return result

    def _open(self, db: Connection, conversation: str, message_id: str, held: int | None) -> Opened:
        mine = _TURNS.c.conversation == conversation
        answer = db.execute(sa.select(_TURNS.c.answer).where(mine, _TURNS.c.message_id == message_id)).scalar()
        if answer is not None:
            return Opened(json.loads(answer), 0, None)
        revision = db.execute(sa.select(sa.func.max(_TURNS.c.sequence)).where(mine)).scalar() or 0
        if revision == held:
            return Opened(None, revision, None)
        rows = db.execute(
            sa.select(_TURNS)
            .where(mine, _TURNS.c.sequence > revision - self._turns_kept, _TURNS.c.events.is_not(None))
            .order_by(_TURNS.c.sequence)
        )
        return Opened(None, revision, [_read(row) for row in rows])

    def _append(self, db: Connection, turn: StoredTurn) -> None:
        db.execute(
            sa.insert(_TURNS).values(
                conversation=turn.conversation,
                sequence=turn.sequence,
                message_id=turn.message_id,
                at=time.time(),
                answer=json.dumps(turn.answer),
                start=json.dumps(turn.start),
                events=json.dumps(turn.events),
            )
        )
        dropped = sa.and_(
            _TURNS.c.conversation == turn.conversation, _TURNS.c.sequence == turn.sequence - self._turns_kept
        )
        db.execute(sa.update(_TURNS).where(dropped).values(start=None, events=None))


def _read(row: sa.engine.Row) -> StoredTurn:
    answer, start, events = (json.loads(column) for column in (row.answer, row.start, row.events))
    return StoredTurn(row.conversation, row.sequence, row.message_id, answer, start, events)


def _make_table(db: Connection) -> None:
    if db.dialect.name == "postgresql":  # two processes that start together must not both create it
        db.execute(sa.select(sa.func.pg_advisory_xact_lock(_TABLE_LOCK)))
    db.execute(sa.schema.CreateTable(_TURNS, if_not_exists=True))
    for index in _TURNS.indexes:
        db.execute(sa.schema.CreateIndex(index, if_not_exists=True))
