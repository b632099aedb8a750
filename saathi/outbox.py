"""The durable outbox: every message to a user, numbered within its conversation, before it is sent."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, bindparam, func, insert, select, update

from saathi.messages import Author, Purpose, Reply
from saathi.store.tables import choices, conversations, inbox, outbox, outcomes


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A row of the outbox. `seq` counts from 1 in its conversation; `key` is the key of the message it answers."""

    id: str
    conversation: str
    seq: int
    channel: str
    author: str
    body: dict[str, Any]
    key: str | None
    address: str | None = None
    purpose: str = "reply"
    sent_parts: int = 0
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice that was offered, with the payload that only the store knows."""

    title: str
    payload: str

    @property
    def said(self) -> tuple[str, str | None]:
        """What choosing it says: its title, with the payload when that is a command; else the payload, which is a
        sentence that the user could have typed."""
        return (self.title, self.payload) if self.payload.startswith("/") else (self.payload, None)


_GROW = (
    update(conversations)
    .where(conversations.c.id == bindparam("of"))
    .values(last_seq=conversations.c.last_seq + bindparam("count"))
    .returning(conversations.c.last_seq)
)
_ADD = insert(outbox)


def add(
    connection: Connection,
    conversation: str,
    channel: str,
    replies: list[Reply],
    now: float,
    message: str | None = None,
    address: str | None = None,
) -> list[str]:
    """Queue replies at the end of a conversation; their ids. `message` is the inbox row that they answer, if any, and
    `address` where they are sent, on channels that send."""
    if not replies:
        return []
    last = connection.scalar(_GROW, {"of": conversation, "count": len(replies)}) or 0
    rows, offered = [], []
    for part, reply in enumerate(replies):
        body, choices_of_reply = _render(reply, conversation, now)
        offered += choices_of_reply
        rows.append(
            {
                "id": uuid.uuid4().hex,
                "conversation": conversation,
                "seq": last - len(replies) + part + 1,
                "message": message,
                "part": part,
                "channel": channel,
                "address": address,
                "author": reply.author.value,
                "purpose": reply.purpose.value,
                "body": body,
                "state": "queued",
                "not_before": now,
                "created_at": now,
            }
        )
    connection.execute(_ADD, rows)
    if offered:
        connection.execute(insert(choices), offered)
    return [str(row["id"]) for row in rows]


def find_after(
    connection: Connection, conversation: str, channel: str, seq: int, upto: int | None = None
) -> list[Outgoing]:
    """The conversation's messages on a channel with a number above `seq` (and at most `upto`), in order."""
    query = (
        select(outbox, inbox.c.key)
        .select_from(outbox.outerjoin(inbox, inbox.c.id == outbox.c.message))
        .where(outbox.c.conversation == conversation, outbox.c.channel == channel, outbox.c.seq > seq)
        .order_by(outbox.c.seq)
    )
    if upto is not None:
        query = query.where(outbox.c.seq <= upto)
    return [read(row) for row in connection.execute(query).mappings()]


def find_answer(connection: Connection, key: str) -> list[Outgoing]:
    """The messages that answer the inbox message with this key; empty while it has no answer."""
    query = select(outbox, inbox.c.key).select_from(outbox.join(inbox, inbox.c.id == outbox.c.message))
    rows = connection.execute(query.where(inbox.c.key == key).order_by(outbox.c.part)).mappings()
    return [read(row) for row in rows]


def find_start(connection: Connection, conversation: str, channel: str, seen: int | None = None) -> int:
    """The number after which a client wants messages: the last that it saw, else the last before what is unsent.

    A client that saw more than there is remembers another database; what it saw counts for nothing.
    """
    last = connection.scalar(select(conversations.c.last_seq).where(conversations.c.id == conversation)) or 0
    if seen is not None and seen <= last:
        return seen
    mine = (outbox.c.conversation == conversation) & (outbox.c.channel == channel)
    first_queued = connection.scalar(select(func.min(outbox.c.seq)).where(mine, outbox.c.state == "queued"))
    return last if first_queued is None else int(first_queued) - 1


def mark_sent(connection: Connection, ids: list[str], now: float) -> None:
    """Note that messages have left."""
    queued = outbox.c.id.in_(ids) & (outbox.c.state == "queued")
    connection.execute(update(outbox).where(queued).values(state="sent", sent_at=now))


def find_choice(connection: Connection, conversation: str, choice: str) -> Choice | None:
    """A choice that was offered in this very conversation."""
    query = select(choices.c.title, choices.c.payload)
    row = connection.execute(query.where(choices.c.id == choice, choices.c.conversation == conversation)).first()
    return Choice(*row) if row else None


def find_last_choices(
    connection: Connection, conversation: str, channel: str, address: str | None = None
) -> list[Choice]:
    """What the last message of the conversation on a channel (and to an address) offered, in its order; of several
    parts, the last that offers. Notices of the system come between and change nothing."""
    here = _is_at(conversation, channel, address) & (outbox.c.purpose != Purpose.NOTICE.value)
    last = connection.scalar(select(outbox.c.message).where(here).order_by(outbox.c.seq.desc()).limit(1))
    if last is None:
        return []
    bodies = connection.scalars(select(outbox.c.body).where(here, outbox.c.message == last).order_by(outbox.c.part))
    offered = [body["choices"] for body in bodies if body.get("choices")]
    found = [find_choice(connection, conversation, choice["id"]) for choice in (offered[-1] if offered else [])]
    return [choice for choice in found if choice is not None]


def find_last_answer(connection: Connection, conversation: str, channel: str, address: str | None = None) -> str | None:
    """The id of the last message of the assistant there, for a thumb that rates it; None when that message asks
    something, since the thumb then answers it, and while there is none."""
    query = (
        select(outbox.c.id, outbox.c.body, outcomes.c.route)
        .select_from(outbox.outerjoin(outcomes, outcomes.c.turn == outbox.c.message))
        .where(_is_at(conversation, channel, address), outbox.c.author == Author.ASSISTANT.value)
        .order_by(outbox.c.seq.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    offered = [find_choice(connection, conversation, choice["id"]) for choice in row.body["choices"]]
    if any(choice is not None and choice.payload == "/affirm" for choice in offered):
        return None
    is_asking = row.body["text"].rstrip().endswith("?") or "_form" in (row.route or "")
    return str(row.id) if row.body["citations"] or not is_asking else None


def find_last_purpose(connection: Connection, conversation: str, channel: str, address: str | None) -> str | None:
    """What the last message there was for. Notices of the system come between and change nothing."""
    here = _is_at(conversation, channel, address) & (outbox.c.purpose != Purpose.NOTICE.value)
    query = select(outbox.c.purpose).where(here).order_by(outbox.c.seq.desc())
    return connection.scalar(query.limit(1))


def _is_at(conversation: str, channel: str, address: str | None) -> ColumnElement[bool]:
    return (outbox.c.conversation == conversation) & (outbox.c.channel == channel) & (outbox.c.address == address)


def _render(reply: Reply, conversation: str, now: float) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    offered = [
        {
            "id": uuid.uuid4().hex,
            "conversation": conversation,
            "title": offer.title,
            "payload": offer.payload,
            "created_at": now,
        }
        for offer in reply.offers
    ]
    body = {
        "text": reply.text,
        "choices": [{"id": choice["id"], "title": choice["title"]} for choice in offered],
        "card": reply.card,
        "citations": list(reply.citations),
        "language": reply.language,
    }
    return body, offered


def read(row: RowMapping | dict[str, Any]) -> Outgoing:
    """A row as what is sent."""
    return Outgoing(**{name: row[name] for name in Outgoing.__slots__ if name in row})
