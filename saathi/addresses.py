"""Where people write from: a WhatsApp or Telegram address, its conversation, and the partner it belongs to, if any.

An address that nobody has linked has a conversation of its own without a partner; a linked one shares the partner's one
conversation over all chat channels. What identifies an address is what the vendor keeps stable, never a number alone.
"""

import uuid
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from saathi.store.statements import insert_if_absent
from saathi.store.tables import addresses, conversations


@dataclass(frozen=True, slots=True)
class Known:
    """An address as it stands. `partner` is None while nobody has linked it; `heard_at` is in seconds since the epoch,
    when the person last wrote from there."""

    channel: str
    address: str
    conversation: str
    partner: str | None
    heard_at: float


def find(connection: Connection, channel: str, address: str) -> Known | None:
    """What is known of an address; None before it has written."""
    query = (
        select(addresses, conversations.c.partner)
        .select_from(addresses.join(conversations, conversations.c.id == addresses.c.conversation))
        .where(addresses.c.channel == channel, addresses.c.address == address)
    )
    row = connection.execute(query).mappings().first()
    return Known(**{name: row[name] for name in Known.__slots__}) if row else None


def enter(connection: Connection, channel: str, address: str, now: float) -> Known:
    """Notes that somebody writes from the address, and begins a conversation for a new one."""
    mine = (addresses.c.channel == channel) & (addresses.c.address == address)
    if connection.execute(update(addresses).where(mine).values(heard_at=now)).rowcount == 0:
        row = {"channel": channel, "address": address, "heard_at": now, "created_at": now}
        row["conversation"] = _begin(connection, now)
        if not insert_if_absent(connection, addresses, row):  # another process met it in the same moment
            connection.execute(conversations.delete().where(conversations.c.id == row["conversation"]))
    known = find(connection, channel, address)
    assert known is not None
    return known


def list_of(connection: Connection, partner: str) -> list[Known]:
    """The addresses that belong to the partner, the last heard first."""
    query = (
        select(addresses, conversations.c.partner)
        .select_from(addresses.join(conversations, conversations.c.id == addresses.c.conversation))
        .where(conversations.c.partner == partner)
        .order_by(addresses.c.heard_at.desc())
    )
    rows = connection.execute(query).mappings()
    return [Known(**{name: row[name] for name in Known.__slots__}) for row in rows]


def move(connection: Connection, channel: str, address: str, conversation: str) -> None:
    """Lets the address write in another conversation from now on."""
    mine = (addresses.c.channel == channel) & (addresses.c.address == address)
    connection.execute(update(addresses).where(mine).values(conversation=conversation))


def move_apart(connection: Connection, channel: str, address: str, now: float) -> None:
    """Gives the address a conversation of its own, which belongs to nobody."""
    move(connection, channel, address, _begin(connection, now))


def _begin(connection: Connection, now: float) -> str:
    conversation = uuid.uuid4().hex
    connection.execute(insert(conversations).values(id=conversation, created_at=now))
    return conversation
