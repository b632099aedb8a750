"""Handing a conversation to a person, with the packet that spares the user from telling it again."""

from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, literal, select

from saathi import attempts, conversations
from saathi.store.tables import handoffs, inbox, outbox

TRANSCRIPT_LENGTH = 50


class Handoff(StrEnum):
    """What came of handing over: the conversation waits for a person because of this message, or did so before."""

    OPENED = "opened"
    WAITING = "waiting"


def open_handoff(
    connection: Connection, conversation: str, message: str, reason: str, slots: dict[str, Any], now: float
) -> Handoff:
    """Queue the conversation for a person and close its attempts.

    Args:
        message: id of the inbox message that led here; the same message opens no second handoff.
        reason: `asked_for_human` or `failed_attempts`.
    """
    waiting = select(handoffs.c.message).where(handoffs.c.conversation == conversation, handoffs.c.is_open)
    open_for = connection.scalar(waiting)
    if open_for is not None:
        return Handoff.OPENED if open_for == message else Handoff.WAITING
    packet = _pack(connection, conversation, message, reason, slots)
    row = {"message": message, "conversation": conversation, "packet": packet, "is_open": True, "created_at": now}
    connection.execute(insert(handoffs).values(row))
    conversations.set_mode(connection, conversation, conversations.Mode.WAITING)
    attempts.close(connection, conversation)
    return Handoff.OPENED


def was_opened_by(connection: Connection, message: str) -> bool:
    """True when this message has led to a handoff: its turn is being repeated."""
    return connection.scalar(select(handoffs.c.message).where(handoffs.c.message == message)) is not None


def find_open(connection: Connection) -> list[dict[str, Any]]:
    """The packets of all conversations that wait for a person, oldest first."""
    return list(connection.scalars(select(handoffs.c.packet).where(handoffs.c.is_open).order_by(handoffs.c.created_at)))


def _pack(
    connection: Connection, conversation: str, message: str, reason: str, slots: dict[str, Any]
) -> dict[str, Any]:
    asked = connection.execute(select(inbox).where(inbox.c.id == message)).mappings().first()
    return {
        "query": asked["text"] if asked else "",
        "attempted_solutions": attempts.find_solutions(connection, conversation),
        "transcript": _read_transcript(connection, conversation),
        "slots": slots,
        "lead": None,
        "language": asked["language"] if asked else None,
        "channel": asked["channel"] if asked else None,
        "reason": reason,
    }


def _read_transcript(connection: Connection, conversation: str) -> list[dict[str, Any]]:
    """The last messages of both sides, oldest first: author, text and time."""
    said = select(literal("user").label("author"), inbox.c.text, inbox.c.received_at.label("at"))
    told = select(outbox.c.author, outbox.c.body["text"].as_string().label("text"), outbox.c.created_at.label("at"))
    both = said.where(inbox.c.conversation == conversation).union_all(told.where(outbox.c.conversation == conversation))
    lines = connection.execute(both.order_by("at").limit(None)).mappings().all()
    return [dict(line) for line in lines[-TRANSCRIPT_LENGTH:]]
