"""Handing a conversation to a person, with the packet that spares the user from telling it again."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, literal, select, update

from saathi import attempts, conversations
from saathi.escalation_policy import RANKS, EscalationPolicy, Priority, Reason
from saathi.store.tables import handoffs, inbox, outbox

TRANSCRIPT_LENGTH = 50


class State(StrEnum):
    """What came of handing over: the conversation waits for a person because of this message, or did so before."""

    OPENED = "opened"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Handoff:
    """A conversation that waits for a person, and the response that says so."""

    state: State
    response: str


@dataclass(frozen=True, slots=True)
class Cause:
    """What led to a handoff: the reason, and the intent of the message."""

    reason: Reason
    intent: str | None = None


def open_handoff(
    connection: Connection,
    policy: EscalationPolicy,
    conversation: str,
    message: str,
    cause: Cause,
    slots: dict[str, Any],
    now: float,
) -> Handoff:
    """Queue the conversation for a person and settle its attempts; one that waits already may become more urgent.

    Args:
        message: id of the inbox message that led here; the same message opens no second handoff.
    """
    priority = policy.rate(cause.reason, cause.intent)
    waiting = select(handoffs.c.message, handoffs.c.packet).where(
        handoffs.c.conversation == conversation, handoffs.c.is_open
    )
    found = connection.execute(waiting).first()
    if found is not None and found.message != message:
        _raise_priority(connection, found.message, found.packet, priority)
        return Handoff(State.WAITING, policy.responses.waiting)
    if found is None:
        packet = _pack(connection, conversation, message, slots, now)
        packet |= {"reason": cause.reason.value, "priority": priority.value}
        row = {"message": message, "conversation": conversation, "packet": packet, "is_open": True, "created_at": now}
        connection.execute(insert(handoffs).values(row))
        conversations.set_mode(connection, conversation, conversations.Mode.WAITING)
        attempts.settle(connection, conversation)
    return Handoff(State.OPENED, policy.find_response(cause.reason, cause.intent))


def find_reason(connection: Connection, message: str) -> Reason | None:
    """Why this message has led to a handoff; None when it has not. A reason means that its turn is repeated."""
    packet = connection.scalar(select(handoffs.c.packet).where(handoffs.c.message == message))
    return None if packet is None else Reason(packet["reason"])


def find_open(connection: Connection) -> list[dict[str, Any]]:
    """The packets of all conversations that wait for a person, oldest first."""
    return list(connection.scalars(select(handoffs.c.packet).where(handoffs.c.is_open).order_by(handoffs.c.created_at)))


def _raise_priority(connection: Connection, message: str, packet: dict[str, Any], priority: Priority) -> None:
    if RANKS[priority] > RANKS[Priority(packet.get("priority", Priority.NORMAL))]:
        raised = {**packet, "priority": priority.value}
        connection.execute(update(handoffs).where(handoffs.c.message == message).values(packet=raised))


def _pack(connection: Connection, conversation: str, message: str, slots: dict[str, Any], now: float) -> dict[str, Any]:
    asked = connection.execute(select(inbox).where(inbox.c.id == message)).mappings().first()
    return {
        "query": asked["text"] if asked else "",
        "attempted_solutions": attempts.find_solutions(connection, conversation, now),
        "transcript": _read_transcript(connection, conversation),
        "slots": slots,
        "lead": None,
        "language": asked["language"] if asked else None,
        "channel": asked["channel"] if asked else None,
    }


def _read_transcript(connection: Connection, conversation: str) -> list[dict[str, Any]]:
    """The last messages of both sides, oldest first: author, text and time."""
    said = select(literal("user").label("author"), inbox.c.text, inbox.c.received_at.label("at"))
    told = select(outbox.c.author, outbox.c.body["text"].as_string().label("text"), outbox.c.created_at.label("at"))
    said = said.where(inbox.c.conversation == conversation, inbox.c.text != "")  # nobody has said a notice
    both = said.union_all(told.where(outbox.c.conversation == conversation))
    lines = connection.execute(both.order_by("at").limit(None)).mappings().all()
    return [dict(line) for line in lines[-TRANSCRIPT_LENGTH:]]
