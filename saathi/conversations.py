"""Conversations: whose they are, in which mode, and who handles their messages just now.

A conversation is handled by one gateway at a time: the one that holds its lease, a column of its row. A gateway that
dies renews nothing, and the conversation is free again after `LEASE_S`.
"""

import uuid
from enum import StrEnum

from sqlalchemy import Connection, bindparam, insert, select, update

from saathi.store.statements import insert_if_absent
from saathi.store.tables import conversations, people

LEASE_S = 3.0

_CLAIM = (
    update(conversations)
    .where(
        conversations.c.id == bindparam("of"),
        (conversations.c.lease_until < bindparam("now")) | (conversations.c.lease_owner == bindparam("owner")),
    )
    .returning(conversations.c.mode)
)
_RELEASE = update(conversations).where(
    conversations.c.id == bindparam("of"), conversations.c.lease_owner == bindparam("owner")
)


class Mode(StrEnum):
    """Who answers: the assistant; the assistant while a person is awaited; a person alone."""

    ASSISTANT = "assistant"
    WAITING = "waiting"
    HUMAN = "human"


def find_chat(connection: Connection, partner: str, now: float) -> str:
    """The id of the partner's one conversation over all chat channels, begun when there is none."""
    found = connection.scalar(select(conversations.c.id).where(conversations.c.chat_of == partner))
    return found or _begin(connection, partner, now, chat_of=partner)


def begin_one_off(connection: Connection, partner: str, now: float) -> str:
    """A conversation of its own for a single question of the partner; returns its id."""
    return _begin(connection, partner, now, chat_of=None)


def is_owned(connection: Connection, conversation: str, partner: str) -> bool:
    """True when the conversation exists and is the partner's."""
    query = select(conversations.c.id).where(conversations.c.id == conversation, conversations.c.partner == partner)
    return connection.scalar(query) is not None


def find_partner(connection: Connection, conversation: str) -> str | None:
    """The verified partner whose conversation it is; None for one of nobody's."""
    return connection.scalar(select(conversations.c.partner).where(conversations.c.id == conversation))


def claim(connection: Connection, conversation: str, owner: str, now: float) -> Mode | None:
    """Take the lease of a free conversation, or keep one's own; the mode, or None when another holds it."""
    lease = {"lease_owner": owner, "lease_until": now + LEASE_S}
    mode = connection.scalar(_CLAIM, {"of": conversation, "now": now, "owner": owner, **lease})
    return Mode(mode) if mode else None


def renew(connection: Connection, handled: list[str], owner: str, now: float) -> None:
    """Prolong the leases of the conversations that `owner` handles just now, where they are still its own."""
    held = conversations.c.id.in_(handled) & (conversations.c.lease_owner == owner)
    connection.execute(update(conversations).where(held).values(lease_until=now + LEASE_S))


def release(connection: Connection, conversation: str, owner: str) -> bool:
    """Give the lease back; False when it is `owner`'s no more."""
    free = {"lease_owner": None, "lease_until": 0.0}
    return connection.execute(_RELEASE, {"of": conversation, "owner": owner, **free}).rowcount == 1


def set_mode(connection: Connection, conversation: str, mode: Mode) -> None:
    """Change who answers."""
    connection.execute(update(conversations).where(conversations.c.id == conversation).values(mode=mode.value))


def _begin(connection: Connection, partner: str, now: float, *, chat_of: str | None) -> str:
    insert_if_absent(connection, people, {"partner": partner, "pseudonym": uuid.uuid4().hex, "created_at": now})
    row = {"id": uuid.uuid4().hex, "partner": partner, "chat_of": chat_of, "created_at": now}
    if chat_of is None:
        connection.execute(insert(conversations).values(row))
        return str(row["id"])
    insert_if_absent(connection, conversations, row)  # another process may have begun it just now
    return str(connection.scalar(select(conversations.c.id).where(conversations.c.chat_of == chat_of)))
