"""What users think of an answer, and what their app tells of them."""

from typing import Any, Literal

from sqlalchemy import Connection, insert, select

from saathi.store.statements import upsert
from saathi.store.tables import events, feedback, outbox

Thumb = Literal["up", "down"]


def rate(connection: Connection, conversation: str, reply: str, value: Thumb, reason: str | None, now: float) -> bool:
    """Keep the last rating of a reply of this conversation; False when there is no such reply."""
    found = select(outbox.c.id).where(outbox.c.id == reply, outbox.c.conversation == conversation)
    if connection.scalar(found) is None:
        return False
    upsert(connection, feedback, {"reply": reply, "value": value, "reason": reason, "at": now})
    return True


def note_event(connection: Connection, conversation: str, name: str, data: dict[str, Any], now: float) -> None:
    """Keep an event of the user's app, such as a page that was opened."""
    connection.execute(insert(events).values(conversation=conversation, name=name, data=data, at=now))
