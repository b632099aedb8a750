"""Calls of the voice line: one row a call, with the conversation of its own that it has, and where the call stands."""

import re
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from saathi import addresses, closings
from saathi.addresses import Known
from saathi.store.statements import insert_if_absent
from saathi.store.tables import calls, conversations, handoffs, inbox, surveys

# What stands for a withheld number: BLOCKED, ANONYMOUS, RESTRICTED, UNKNOWN, UNAVAILABLE on a keypad.
_WITHHELD = frozenset({"+2562533", "+266696687", "+7378742833", "+8656696", "+86282452253"})
_NUMBER = re.compile(r"\+[1-9]\d{7,14}")  # E.164


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it stands. `caller` is the number it seems to come from, a hint and never proof; None for a withheld
    one. `partner` is who has proved by PIN to be calling. `state` is the channel's own."""

    sid: str
    conversation: str
    caller: str | None
    state: dict[str, Any]
    ended_at: float | None
    partner: str | None


def enter(connection: Connection, sid: str, caller: str, state: dict[str, Any], now: float) -> Call:
    """The call, held for the length of the transaction; a new one begins in `state`, with a conversation of its own."""
    found = hold(connection, sid)
    if found is not None:
        return found
    conversation = uuid.uuid4().hex
    connection.execute(insert(conversations).values(id=conversation, created_at=now))
    row = {"sid": sid, "conversation": conversation, "caller": _read_number(caller), "state": state, "created_at": now}
    if not insert_if_absent(connection, calls, row):  # another process met it in the same moment
        connection.execute(conversations.delete().where(conversations.c.id == conversation))
    entered = hold(connection, sid)
    assert entered is not None
    return entered


def find(connection: Connection, sid: str) -> Call | None:
    """The call; None for one that never began."""
    return _read(connection, sid, is_held=False)


def hold(connection: Connection, sid: str) -> Call | None:
    """The call, which no other transaction changes until this one ends; None for one that never began."""
    return _read(connection, sid, is_held=True)


def save(connection: Connection, sid: str, state: dict[str, Any]) -> None:
    """Note where the call stands."""
    connection.execute(update(calls).where(calls.c.sid == sid).values(state=state))


def end(connection: Connection, sid: str, now: float) -> None:
    """The caller has hung up, or was hung up on."""
    running = update(calls).where(calls.c.sid == sid, calls.c.ended_at.is_(None))
    conversation = connection.scalar(running.values(ended_at=now).returning(calls.c.conversation))
    if conversation is not None:
        closings.close(connection, conversation, sid, now)


def verify(connection: Connection, call: Call, partner: str) -> None:
    """From now on the call's conversation, and no other, is the partner's."""
    mine = conversations.c.id == call.conversation
    connection.execute(update(conversations).where(mine).values(partner=partner))


def find_linked(connection: Connection, caller: str | None) -> Known | None:
    """The caller's number as a WhatsApp address, if that is linked to a partner: whose PIN to ask for and where to send
    a link, and no proof of anything."""
    known = addresses.find(connection, "whatsapp", f"whatsapp:{caller}") if caller else None
    return known if known is not None and known.partner is not None else None


def note_call_back(connection: Connection, call: Call) -> None:
    """Put the number into the packet of whoever is to call back."""
    waiting = (handoffs.c.conversation == call.conversation) & handoffs.c.is_open
    packet = connection.scalar(select(handoffs.c.packet).where(waiting))
    if packet is not None and call.caller is not None:
        told = {**packet, "slots": {**packet["slots"], "call_back": call.caller}}
        connection.execute(update(handoffs).where(waiting).values(packet=told))


def begin_survey(connection: Connection, call: Call, now: float) -> str:
    """The caller is asked how the call was; the id under which the answer is kept."""
    survey = uuid.uuid4().hex
    connection.execute(insert(surveys).values(id=survey, conversation=call.conversation, asked_at=now))
    return survey


def is_answered(connection: Connection, key: str) -> bool:
    """True when the message with this key has had its turn."""
    return connection.scalar(select(inbox.c.state).where(inbox.c.key == key)) == "done"


def _read(connection: Connection, sid: str, *, is_held: bool) -> Call | None:
    query = (
        select(calls, conversations.c.partner)
        .select_from(calls.join(conversations, conversations.c.id == calls.c.conversation))
        .where(calls.c.sid == sid)
    )
    row = connection.execute(query.with_for_update(of=calls) if is_held else query).mappings().first()
    return Call(**{name: row[name] for name in Call.__slots__}) if row else None


def _read_number(caller: str) -> str | None:
    return caller if _NUMBER.fullmatch(caller) and caller not in _WITHHELD else None
