"""Conversations: whose they are, in which mode, and who handles their messages just now.

A conversation is handled by one gateway at a time: the one that holds its lease, a column of its row. A gateway that
dies renews nothing, and the conversation is free again after `LEASE_S`.
"""

import uuid
from enum import StrEnum

from sqlalchemy import Connection, insert, select, update

from saathi.store.statements import insert_if_absent
from saathi.store.tables import conversations, people

LEASE_S = 3.0


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


def claim(connection: Connection, conversation: str, owner: str, now: float) -> Mode | None:
    """Take the lease of a free conversation, or keep one's own; the mode, or None when another holds it."""
    statement = (
        update(conversations)
        .where(
            conversations.c.id == conversation,
            (conversations.c.lease_until < now) | (conversations.c.lease_owner == owner),
        )
        .values(lease_owner=owner, lease_until=now + LEASE_S)
        .returning(conversations.c.mode)
    )
    mode = connection.scalar(statement)
    return Mode(mode) if mode else None


def renew(connection: Connection, handled: list[str], owner: str, now: float) -> None:
    """Prolong the leases of the conversations that `owner` handles just now, where they are still its own."""
    held = conversations.c.id.in_(handled) & (conversations.c.lease_owner == owner)
    connection.execute(update(conversations).where(held).values(lease_until=now + LEASE_S))


def release(connection: Connection, conversation: str, owner: str) -> None:
    """Give the lease back, if it is still `owner`'s."""
    held = (conversations.c.id == conversation) & (conversations.c.lease_owner == owner)
    connection.execute(update(conversations).where(held).values(lease_owner=None, lease_until=0))


def set_mode(connection: Connection, conversation: str, mode: Mode) -> None:
    """Change who answers."""
    connection.execute(update(conversations).where(conversations.c.id == conversation).values(mode=mode.value))


def find_pseudonym(connection: Connection, conversation: str) -> str | None:
    """The pseudonym of the conversation's partner; None when nobody is known."""
    joined = conversations.join(people, people.c.partner == conversations.c.partner)
    query = select(people.c.pseudonym).select_from(joined).where(conversations.c.id == conversation)
    return connection.scalar(query)


def _begin(connection: Connection, partner: str, now: float, *, chat_of: str | None) -> str:
    insert_if_absent(connection, people, {"partner": partner, "pseudonym": uuid.uuid4().hex, "created_at": now})
    row = {"id": uuid.uuid4().hex, "partner": partner, "chat_of": chat_of, "created_at": now}
    if chat_of is None:
        connection.execute(insert(conversations).values(row))
        return str(row["id"])
    insert_if_absent(connection, conversations, row)  # another process may have begun it just now
    return str(connection.scalar(select(conversations.c.id).where(conversations.c.chat_of == chat_of)))
