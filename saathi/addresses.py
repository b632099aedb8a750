"""Where people write from: a WhatsApp or Telegram address, its conversation, and the partner it belongs to, if any.

An address that nobody has linked has a conversation of its own without a partner; a linked one shares the partner's one
conversation over all chat channels. What identifies an address is what the vendor keeps stable, never a number alone.
"""

import uuid
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, insert, select, update

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


_KNOWN = select(addresses, conversations.c.partner).select_from(
    addresses.join(conversations, conversations.c.id == addresses.c.conversation)
)
_IS_MINE = (addresses.c.channel == bindparam("of_channel")) & (addresses.c.address == bindparam("of_address"))
_FIND = _KNOWN.where(_IS_MINE)
_CHANGE = update(addresses).where(_IS_MINE)
_BEGIN = insert(conversations)


def find(connection: Connection, channel: str, address: str) -> Known | None:
    """What is known of an address; None before it has written."""
    row = connection.execute(_FIND, {"of_channel": channel, "of_address": address}).mappings().first()
    return Known(**{name: row[name] for name in Known.__slots__}) if row else None


def enter(connection: Connection, channel: str, address: str, now: float) -> Known:
    """What is known of an address that somebody writes from; a new one gets a conversation."""
    known = find(connection, channel, address)
    if known is not None:
        return known
    conversation = _begin(connection, now)
    times = {"heard_at": now, "created_at": now}
    row = {"channel": channel, "address": address, "conversation": conversation, **times}
    if insert_if_absent(connection, addresses, row):
        return Known(channel, address, conversation, None, now)
    # another process met it in the same moment
    connection.execute(conversations.delete().where(conversations.c.id == conversation))
    known = find(connection, channel, address)
    assert known is not None
    return known


def note_heard(connection: Connection, channel: str, address: str, now: float) -> None:
    """Notes that the person has just written from the address."""
    connection.execute(_CHANGE, {"of_channel": channel, "of_address": address, "heard_at": now})


def list_of(connection: Connection, partner: str) -> list[Known]:
    """The addresses that belong to the partner, the last heard first."""
    query = _KNOWN.where(conversations.c.partner == partner).order_by(addresses.c.heard_at.desc())
    rows = connection.execute(query).mappings()
    return [Known(**{name: row[name] for name in Known.__slots__}) for row in rows]


def move(connection: Connection, channel: str, address: str, conversation: str) -> None:
    """Lets the address write in another conversation from now on."""
    connection.execute(_CHANGE, {"of_channel": channel, "of_address": address, "conversation": conversation})


def move_apart(connection: Connection, channel: str, address: str, now: float) -> None:
    """Gives the address a conversation of its own, which belongs to nobody."""
    move(connection, channel, address, _begin(connection, now))


def _begin(connection: Connection, now: float) -> str:
    conversation = uuid.uuid4().hex
    connection.execute(_BEGIN, {"id": conversation, "created_at": now})
    return conversation
