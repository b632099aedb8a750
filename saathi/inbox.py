"""The durable inbox: each authentic message of a user once, in order of arrival.

A message may have its replies `prepared`: it takes no turn, and they are told when what came before it is answered. A
notice stands in the same line; nobody has said it, so it has no text.
"""

import uuid
from dataclasses import dataclass

from pydantic import TypeAdapter
from sqlalchemy import Connection, bindparam, insert, select, update

from language import Language
from saathi import addresses
from saathi.messages import Incoming, Reply
from saathi.store.statements import insert_if_absent
from saathi.store.tables import conversations, inbox, people


@dataclass(frozen=True, slots=True)
class Pending:
    """A stored message that has no answer yet. `id` names it to Rasa and to everything that a turn writes; `pseudonym`
    is of the partner who wrote it, None where nobody is known; `prepared` are the replies of one that takes no turn."""

    id: str
    conversation: str
    channel: str
    text: str
    payload: str | None
    language: Language
    received_at: float
    address: str | None = None
    pseudonym: str | None = None
    prepared: tuple[Reply, ...] | None = None


_REPLIES = TypeAdapter(tuple[Reply, ...])
_NEXT = (
    select(inbox, people.c.language.label("fixed"), people.c.pseudonym)
    .select_from(
        inbox.outerjoin(conversations, conversations.c.id == inbox.c.conversation).outerjoin(
            people, people.c.partner == conversations.c.partner
        )
    )
    .where(inbox.c.state == "pending", inbox.c.conversation == bindparam("of_conversation"))
    .order_by(inbox.c.number)
    .limit(1)
)
_MARK = update(inbox).where(inbox.c.id == bindparam("of_message"), inbox.c.state == "pending")


def store(connection: Connection, incoming: Incoming, now: float) -> str | None:
    """Store a message once, to be answered, and note when its address has written; its id, or None for a known one."""
    return _insert(connection, incoming, "pending", now)


def prepare(connection: Connection, message: str, replies: list[Reply]) -> None:
    """Say what answers a message that was stored in this transaction: it will take no turn."""
    connection.execute(update(inbox).where(inbox.c.id == message).values(prepared=_write(replies)))


def store_notice(
    connection: Connection, conversation: str, channel: str, reply: Reply, now: float, address: str | None = None
) -> None:
    """Have something told that answers nothing, behind the answers to all that has been written before."""
    key = f"notice:{uuid.uuid4().hex}"
    row = _make_row(Incoming(conversation, channel, key, "", reply.language, address=address), "pending", now)
    connection.execute(insert(inbox).values(**row, prepared=_write([reply])))


def store_done(connection: Connection, incoming: Incoming, now: float) -> str | None:
    """Store a message that needs no turn, because the channel answers it itself; its id, or None for a known one."""
    return _insert(connection, incoming, "done", now)


def find_next(connection: Connection, conversation: str) -> Pending | None:
    """The oldest message of the conversation that has no answer yet, in the language that its person has fixed."""
    row = connection.execute(_NEXT, {"of_conversation": conversation}).mappings().first()
    if row is None:
        return None
    kept = {name: row[name] for name in Pending.__slots__}
    prepared = None if row["prepared"] is None else _REPLIES.validate_python(row["prepared"])
    return Pending(**{**kept, "language": row["fixed"] or row["language"], "prepared": prepared})


def find_place_in_line(connection: Connection, channel: str, address: str) -> str | None:
    """The conversation where an address's last message waits for its answer: the former one, while a turn is under way
    there and the address has been linked meanwhile. None when nothing waits."""
    waiting = (inbox.c.channel == channel) & (inbox.c.address == address) & (inbox.c.state == "pending")
    return connection.scalar(select(inbox.c.conversation).where(waiting).order_by(inbox.c.number.desc()).limit(1))


def find_waiting(connection: Connection, now: float) -> list[str]:
    """Conversations that have a message without an answer, and no gateway that handles them."""
    joined = inbox.join(conversations, conversations.c.id == inbox.c.conversation)
    query = (
        select(inbox.c.conversation)
        .select_from(joined)
        .where(inbox.c.state == "pending", conversations.c.lease_until < now)
        .group_by(inbox.c.conversation)
        .order_by(inbox.c.conversation)
    )
    return list(connection.scalars(query))


def find_language(connection: Connection, conversation: str) -> Language | None:
    """The language that the conversation's person has fixed, else that of the last message in words; None before one.

    A message without words, a picture say, is stored as its kind in brackets; a notice has none.
    """
    query = (
        select(people.c.language, inbox.c.language)
        .select_from(inbox.join(conversations, conversations.c.id == inbox.c.conversation))
        .outerjoin(people, people.c.partner == conversations.c.partner)
        .where(inbox.c.conversation == conversation, inbox.c.text.not_like("[%]"), inbox.c.text != "")
        .order_by(inbox.c.number.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return (row[0] or row[1]) if row else None


def mark_done(connection: Connection, message: str) -> bool:
    """Note that a message has its answer; False when it had one before."""
    return connection.execute(_MARK, {"of_message": message, "state": "done", "prepared": None}).rowcount == 1


def _insert(connection: Connection, incoming: Incoming, state: str, now: float) -> str | None:
    row = _make_row(incoming, state, now)
    if not insert_if_absent(connection, inbox, row):
        return None
    if incoming.address is not None:
        addresses.note_heard(connection, incoming.channel, incoming.address, now)
    return str(row["id"])


def _make_row(incoming: Incoming, state: str, now: float) -> dict[str, object]:
    return {
        "id": uuid.uuid4().hex,
        "key": incoming.key,
        "conversation": incoming.conversation,
        "channel": incoming.channel,
        "address": incoming.address,
        "text": incoming.text,
        "payload": incoming.payload,
        "language": incoming.language,
        "state": state,
        "received_at": now,
    }


def _write(replies: list[Reply]) -> object:
    return _REPLIES.dump_python(tuple(replies), mode="json")
