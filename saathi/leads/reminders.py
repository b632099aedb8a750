"""Reminders: what a partner is to be told at which hour, on the channel where it was asked for.

Telling one is a single transaction: whoever changes its state from `waiting` puts the message into the outbox, so that
of several gateways one tells it, and one that dies in the middle has told nothing.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass

import structlog
from sqlalchemy import ColumnElement, Connection, select, update

from language import Language
from saathi.crm.port import Crm, CrmUnavailable
from saathi.leads.model import LeadQuery
from saathi.store.crm_tables import reminders
from saathi.store.statements import insert_if_absent
from saathi.store.tables import inbox

MOST_WAITING = 50  # of one partner
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class NewReminder:
    """A wish to be reminded. `key` names it for ever; `text` is what the partner wrote and nothing else, "" for a wish
    without words; `lead` is a reference, `due_at` seconds since the epoch."""

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


def restore(connection: Connection, partner: str, reminder: str, now: float) -> bool:
    """Brings back the partner's reminder that was taken back; False when it is not there or its moment is over."""
    mine = (reminders.c.partner == partner) & (reminders.c.id == reminder)
    gone = (reminders.c.state == "cancelled") & (reminders.c.due_at > now)
    connection.execute(update(reminders).where(mine, gone).values(state="waiting"))
    return connection.scalar(select(reminders.c.state).where(mine)) == "waiting"


def attach(connection: Connection, partner: str, reminder: str, lead: str | None) -> Reminder | None:
    """Keeps one of the partner's leads, or none, with their reminder; None where it is not there or has been told."""
    connection.execute(update(reminders).where(_is_waiting(partner, reminder)).values(lead=lead))
    return find(connection, partner, reminder)


def move(connection: Connection, partner: str, reminder: str, due_at: float) -> Reminder | None:
    """Gives the partner's reminder another moment; None where it is not there or has been told."""
    connection.execute(update(reminders).where(_is_waiting(partner, reminder)).values(due_at=due_at))
    return find(connection, partner, reminder)


def find(connection: Connection, partner: str, reminder: str) -> Reminder | None:
    """The partner's reminder that is still to come."""
    row = connection.execute(select(reminders).where(_is_waiting(partner, reminder))).mappings().first()
    return Reminder(**{name: row[name] for name in Reminder.__slots__}) if row else None


def _is_waiting(partner: str, reminder: str) -> ColumnElement[bool]:
    return (reminders.c.partner == partner) & (reminders.c.id == reminder) & (reminders.c.state == "waiting")


def list_due(connection: Connection, now: float, most: int) -> list[Reminder]:
    """Reminders whose hour has come, of anybody, the first one first."""
    due = (reminders.c.state == "waiting") & (reminders.c.due_at <= now)
    rows = connection.execute(select(reminders).where(due).order_by(reminders.c.due_at).limit(most)).mappings()
    return [Reminder(**{name: row[name] for name in Reminder.__slots__}) for row in rows]


def take(connection: Connection, reminder: Reminder) -> bool:
    """From now on it is told: put it into the outbox in the same transaction. False when it was told or cancelled since
    it was read."""
    mine = (reminders.c.id == reminder.id) & (reminders.c.state == "waiting")
    return connection.execute(update(reminders).where(mine).values(state="told")).rowcount > 0


async def find_customers(crm: Crm, found: Collection[Reminder]) -> dict[str, str]:
    """By the reminder, whom its lead is about. Leads pass from partner to partner: of one that is not the partner's any
    more nothing is said, nor of one while the CRM does not answer."""
    asked = list({(one.partner, one.lead) for one in found if one.lead})

    async def find(partner: str, reference: str) -> str | None:
        try:
            page = await crm.find_leads(partner, LeadQuery(reference=reference), most=1)
        except CrmUnavailable as error:
            _log.warning("leads_unavailable", reason=str(error))
            return None
        return page.leads[0].customer.name if page.leads else None

    names = dict(zip(asked, await asyncio.gather(*(find(*one) for one in asked)), strict=True))
    return {one.id: name for one in found if one.lead and (name := names[one.partner, one.lead]) is not None}
