"""Reminders: what a partner is to be told at which hour, on the channel where it was asked for.

Telling one is a single transaction: whoever changes its state from `waiting` puts the message into the outbox, so that
of several gateways one tells it, and one that dies in the middle has told nothing.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from language import Language
from saathi.store.crm_tables import reminders
from saathi.store.statements import insert_if_absent
from saathi.store.tables import inbox

MOST_WAITING = 50  # of one partner


@dataclass(frozen=True, slots=True)
class NewReminder:
    """A wish to be reminded. `key` names it for ever; `lead` is a reference, `due_at` seconds since the epoch."""

    key: str
    conversation: str
    text: str
    lead: str | None
    language: Language
    due_at: float


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder as it stands. `address` is None on channels without addresses."""

    id: str
    partner: str
    conversation: str
    channel: str
    address: str | None
    lead: str | None
    text: str
    language: Language
    due_at: float


def add(connection: Connection, partner: str, wish: NewReminder, channel: str, now: float) -> bool:
    """Keeps a wish; the same one twice is one. It comes back where its message came from, `channel` if the store does
    not know the message. False when the partner has too many already."""
    known = connection.scalar(select(reminders.c.id).where(reminders.c.id == wish.key))
    if known is None and len(list_waiting(connection, partner, MOST_WAITING)) >= MOST_WAITING:
        return False
    heard = connection.execute(select(inbox.c.channel, inbox.c.address).where(inbox.c.id == wish.key)).first()
    place = {"channel": heard.channel if heard else channel, "address": heard.address if heard else None}
    what = {"lead": wish.lead, "text": wish.text, "language": wish.language, "due_at": wish.due_at}
    row = {"id": wish.key, "partner": partner, "conversation": wish.conversation, "state": "waiting"}
    insert_if_absent(connection, reminders, {**row, **place, **what, "created_at": now})
    return True


def list_waiting(connection: Connection, partner: str, most: int) -> list[Reminder]:
    """The partner's reminders that are still to come, the next one first."""
    mine = (reminders.c.partner == partner) & (reminders.c.state == "waiting")
    rows = connection.execute(select(reminders).where(mine).order_by(reminders.c.due_at, reminders.c.id).limit(most))
    return [Reminder(**{name: row[name] for name in Reminder.__slots__}) for row in rows.mappings()]


def cancel(connection: Connection, partner: str, reminder: str) -> bool:
    """Takes the partner's reminder back; True as well when it was taken back before, False when it is not there or has
    been told."""
    mine = (reminders.c.partner == partner) & (reminders.c.id == reminder)
    connection.execute(update(reminders).where(mine, reminders.c.state == "waiting").values(state="cancelled"))
    return connection.scalar(select(reminders.c.state).where(mine)) == "cancelled"


def is_any_due(connection: Connection, now: float) -> bool:
    """True when a reminder's hour has come."""
    due = (reminders.c.state == "waiting") & (reminders.c.due_at <= now)
    return connection.scalar(select(reminders.c.id).where(due).limit(1)) is not None


def take_due(connection: Connection, now: float, most: int) -> list[Reminder]:
    """Reminders whose hour has come, from now on told: put them into the outbox in the same transaction."""
    due = (reminders.c.state == "waiting") & (reminders.c.due_at <= now)
    found = connection.execute(select(reminders).where(due).order_by(reminders.c.due_at).limit(most)).mappings().all()
    return [
        Reminder(**{name: row[name] for name in Reminder.__slots__})
        for row in found
        if connection.execute(update(reminders).where(due, reminders.c.id == row["id"]).values(state="told")).rowcount
    ]
