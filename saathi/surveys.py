"""One question when a conversation comes to its end: how was it, from 1 to 5, and a line of words.

Until people answer at a desk, a conversation ends when its user says thanks or goodbye after the assistant has answered
something. It is asked once a day at most, never in the middle of a form or while a person is awaited, and only where
there is a chat to go on with: in the app, or at an address.
"""

import uuid
from typing import Any

from sqlalchemy import Connection, insert, select, update

from saathi import addresses, outbox
from saathi.conversations import Mode
from saathi.inbox import Pending
from saathi.messages import Outcome, Purpose
from saathi.store.tables import conversations, inbox, outcomes, surveys

DAY_S = 24 * 3600.0
LONGEST_COMMENT = 100

_IN_APP = "inapp"
CLOSING = frozenset({"thank", "goodbye"})
ANSWERS_NOTHING = CLOSING | {"greet", "affirm", "deny", "ask_identity", "ask_capabilities"}


def ask_if_due(connection: Connection, message: Pending, intent: str | None, slots: dict[str, Any], now: float) -> bool:
    """Note that the user is asked now, with the replies to this message; False when it is not the time.

    Args:
        intent: of the message; `slots`: as they are after its turn.
    """
    if intent not in CLOSING or slots.get("requested_slot") is not None or not _is_chat(connection, message):
        return False
    mode = connection.scalar(select(conversations.c.mode).where(conversations.c.id == message.conversation))
    since = now - DAY_S
    if mode != Mode.ASSISTANT.value or _find_latest(connection, message.conversation, since) is not None:
        return False
    if not _has_answered(connection, message, since):
        return False
    connection.execute(insert(surveys).values(id=uuid.uuid4().hex, conversation=message.conversation, asked_at=now))
    return True


def find_open(connection: Connection, conversation: str, channel: str, address: str | None, now: float) -> str | None:
    """The survey that a number typed there answers, or changes: it is the last thing said there, within a day."""
    if outbox.find_last_purpose(connection, conversation, channel, address) != Purpose.SURVEY.value:
        return None
    return _find_latest(connection, conversation, now - DAY_S)


def answer(connection: Connection, survey: str, score: int, comment: str | None, now: float) -> None:
    """Keep a score from 1 to 5 and a masked line, cut to 100 characters. A later answer takes the place of this one;
    one without words leaves the words."""
    values: dict[str, Any] = {"score": score, "answered_at": now}
    if comment:
        values["comment"] = comment[:LONGEST_COMMENT]
    connection.execute(update(surveys).where(surveys.c.id == survey).values(values))


def _is_chat(connection: Connection, message: Pending) -> bool:
    if message.channel == _IN_APP:
        return True
    return message.address is not None and addresses.find(connection, message.channel, message.address) is not None


def _find_latest(connection: Connection, conversation: str, since: float) -> str | None:
    asked = select(surveys.c.id).where(surveys.c.conversation == conversation, surveys.c.asked_at > since)
    return connection.scalar(asked.order_by(surveys.c.asked_at.desc()).limit(1))


def _has_answered(connection: Connection, message: Pending, since: float) -> bool:
    answered = (
        select(outcomes.c.turn)
        .select_from(outcomes.join(inbox, inbox.c.id == outcomes.c.turn))
        .where(
            inbox.c.conversation == message.conversation,
            inbox.c.id != message.id,
            inbox.c.received_at > since,
            outcomes.c.outcome == Outcome.ANSWERED.value,
            outcomes.c.intent.not_in(ANSWERS_NOTHING),
        )
    )
    return connection.scalar(answered.limit(1)) is not None
