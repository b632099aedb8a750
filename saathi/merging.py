"""Merging the conversation of an address that nobody had linked into the chat of the partner it belongs to now.

Rows keep their ids and times, so keys, ratings and the vendor's message ids go on naming them. What Rasa remembers of
the old conversation (a form half filled in, the last question) stays behind: it was nobody's.

Safe without waiting for a turn: a gateway that holds the old conversation's lease may be in the middle of one of its
pending messages, so those stay until that message is finished; the transaction that finishes it brings the rest
(`follow`). Where the lease is free, they go at once, and whoever wants the lease waits for the row that is locked here.
The chat's own lease is not needed: its numbers are given out under the lock of its row, and nothing else of it changes.
"""

from sqlalchemy import Connection, Table, and_, delete, exists, select, update

from saathi import addresses, attempts
from saathi.conversations import Mode
from saathi.store import crm_tables, tables
from saathi.store.tables import conversations, inbox, outbox

_MOVED = (tables.choices, tables.handoffs, tables.events, tables.surveys, crm_tables.reminders)
_MOVED_ONCE = (tables.attempts, tables.look_ups)  # their keys hold the conversation
_RANKS = (Mode.ASSISTANT, Mode.WAITING, Mode.HUMAN)


def merge(connection: Connection, old: str, chat: str, now: float) -> None:
    """Move all that the conversation `old` holds to the end of `chat`; `old` stays, empty."""
    # keeps the lease as it is; messages may go on coming in, and follow later
    held = select(conversations).where(conversations.c.id == old).with_for_update(key_share=True)
    row = connection.execute(held).mappings().one()
    _move_outbox(connection, old, chat, row["last_seq"])
    _keep_larger_count(connection, old, chat)
    messages = update(inbox).where(inbox.c.conversation == old)
    if row["lease_until"] >= now:
        messages = messages.where(inbox.c.state == "done")
    connection.execute(messages.values(conversation=chat))
    for table in _MOVED_ONCE:
        _drop_doubles(connection, table, old, chat)
    for table in (*_MOVED, *_MOVED_ONCE):
        connection.execute(update(table).where(table.c.conversation == old).values(conversation=chat))
    _raise_mode(connection, chat, Mode(row["mode"]))
    emptied = {"last_seq": 0, "mode": Mode.ASSISTANT.value}
    connection.execute(update(conversations).where(conversations.c.id == old).values(emptied))


def follow(connection: Connection, conversation: str, channel: str, address: str | None, now: float) -> None:
    """After a turn, with its lease given back: bring the rest of a conversation whose address was linked meanwhile."""
    known = addresses.find(connection, channel, address) if address is not None else None
    if known is None or known.partner is None or known.conversation == conversation:
        return
    whose = connection.scalar(select(conversations.c.partner).where(conversations.c.id == conversation))
    if whose is None:  # what a partner said while the address was theirs stays theirs
        merge(connection, conversation, known.conversation, now)


def _move_outbox(connection: Connection, old: str, chat: str, length: int) -> None:
    grown = update(conversations).where(conversations.c.id == chat)
    grown = grown.values(last_seq=conversations.c.last_seq + length)
    last = connection.scalar(grown.returning(conversations.c.last_seq)) or 0
    moved = update(outbox).where(outbox.c.conversation == old)
    connection.execute(moved.values(conversation=chat, seq=outbox.c.seq + (last - length)))


def _keep_larger_count(connection: Connection, old: str, chat: str) -> None:
    """One failure here and one there are no reason for a person to take over: the larger count stays, not the sum."""
    is_larger = attempts.count(connection, old) > attempts.count(connection, chat)
    attempts.close(connection, chat if is_larger else old)


def _drop_doubles(connection: Connection, table: Table, old: str, chat: str) -> None:
    """A turn that was under way while the rest moved may note once more what has moved."""
    twin = table.alias()
    others = [column.name for column in table.primary_key if column.name != "conversation"]
    same = and_(twin.c.conversation == chat, *(twin.c[name] == table.c[name] for name in others))
    connection.execute(delete(table).where(table.c.conversation == old, exists(select(twin.c.message).where(same))))


def _raise_mode(connection: Connection, chat: str, mode: Mode) -> None:
    below = [lower.value for lower in _RANKS[: _RANKS.index(mode)]]
    raised = update(conversations).where(conversations.c.id == chat, conversations.c.mode.in_(below))
    connection.execute(raised.values(mode=mode.value))
