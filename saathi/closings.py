"""Conversations that have come to an end, until the CRM has taken each as one activity.

A chat ends when its partner says thanks or goodbye after something came up, a call when it is hung up. What came up
since the end before belongs to it; the texts do not. The row is kept, and told until the CRM takes it.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select, update

from saathi import conversations
from saathi.inbox import Pending
from saathi.store.crm_tables import closings
from saathi.store.statements import insert_if_absent
from saathi.store.tables import inbox, outcomes
from saathi.surveys import ANSWERS_NOTHING, CLOSING, DAY_S

LEASE_S = 15.0  # for this long a closing is its writer's alone: longer than an attempt may take
FIRST_PAUSE_S, LONGEST_PAUSE_S = 5.0, 3600.0


@dataclass(frozen=True, slots=True)
class Facts:
    """What is told of a conversation: where and in which language it was last, the intents in order, and how often each
    outcome came."""

    channel: str
    language: str
    intents: list[str]
    outcomes: dict[str, int]


@dataclass(frozen=True, slots=True)
class Closing:
    """One end of a partner's conversation; `id` stays the same in every attempt to write it down."""

    id: str
    partner: str
    conversation: str
    facts: Facts
    attempts: int


def close_chat(connection: Connection, message: Pending, intent: str | None, slots: dict[str, Any], now: float) -> None:
    """Notes the end of a chat if this message, whose turn is recorded, is one: thanks or goodbye, outside of a form."""
    if intent in CLOSING and slots.get("requested_slot") is None:
        close(connection, message.conversation, message.id, now)


def close(connection: Connection, conversation: str, ending: str, now: float) -> None:
    """Notes that a verified partner's conversation has ended, unless nothing came up since it last did.

    Args:
        ending: id of the message or call that ended it; it ends it once.
    """
    partner = conversations.find_partner(connection, conversation)
    facts = _gather(connection, conversation, now) if partner is not None else None
    if facts is None:
        return
    told = {name: getattr(facts, name) for name in Facts.__slots__}
    row = {"id": ending, "partner": partner, "conversation": conversation, "facts": told, "closed_at": now}
    insert_if_absent(connection, closings, {**row, "state": "queued", "attempts": 0, "not_before": now})


def is_any_due(connection: Connection, now: float) -> bool:
    """True when a closing waits whose time has come."""
    due = (closings.c.state == "queued") & (closings.c.not_before <= now)
    return connection.scalar(select(closings.c.id).where(due).limit(1)) is not None


def claim_due(connection: Connection, now: float, limit: int) -> list[Closing]:
    """The closings that are due, oldest first; for `LEASE_S` seconds no other gateway gets them."""
    due = (closings.c.state == "queued") & (closings.c.not_before <= now)
    rows = connection.execute(select(closings).where(due).order_by(closings.c.not_before).limit(limit)).all()
    claimed = []
    for row in rows:
        mine = due & (closings.c.id == row.id)
        if connection.execute(update(closings).where(mine).values(not_before=now + LEASE_S)).rowcount == 1:
            claimed.append(Closing(row.id, row.partner, row.conversation, Facts(**row.facts), row.attempts))
    return claimed


def mark_sent(connection: Connection, closing: Closing) -> None:
    """The CRM has taken it."""
    done = {"state": "sent", "attempts": closing.attempts + 1, "fault": None}
    connection.execute(update(closings).where(closings.c.id == closing.id).values(done))


def mark_failed(connection: Connection, closing: Closing, fault: str, now: float) -> None:
    """The CRM has not taken it: it is due again after a pause that doubles, up to an hour."""
    pause = min(FIRST_PAUSE_S * 2.0 ** min(closing.attempts, 20), LONGEST_PAUSE_S)
    values = {"attempts": closing.attempts + 1, "not_before": now + pause, "fault": fault[:200]}
    connection.execute(update(closings).where(closings.c.id == closing.id).values(values))


def _gather(connection: Connection, conversation: str, now: float) -> Facts | None:
    """What came up since the conversation last ended, within a day; None when nothing did."""
    last = connection.scalar(select(func.max(closings.c.closed_at)).where(closings.c.conversation == conversation))
    turns = connection.execute(
        select(outcomes.c.intent, outcomes.c.outcome, outcomes.c.channel, outcomes.c.language)
        .select_from(outcomes.join(inbox, inbox.c.id == outcomes.c.turn))
        .where(inbox.c.state == "done", inbox.c.conversation == conversation)
        .where(outcomes.c.at > max(last or 0.0, now - DAY_S))
        .order_by(inbox.c.number)
    ).all()
    told = [turn for turn in turns if turn.intent is not None and turn.intent not in ANSWERS_NOTHING]
    if not told:
        return None
    intents = list(dict.fromkeys(turn.intent for turn in told))
    return Facts(told[-1].channel, told[-1].language, intents, dict(Counter(turn.outcome for turn in told)))
