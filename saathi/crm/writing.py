"""Writing the project's own CRM. Each write has a key, and is made once."""

import itertools

from sqlalchemy import Connection, delete, select, update

from saathi.crm import reading
from saathi.crm.model import CustomerChange, NewTicket, StageMove, Ticket
from saathi.leads.model import Customer, Stage
from saathi.leads.sounds import sounds_of
from saathi.store.crm_tables import activities, customer_names, customers, lead_notes, lead_stages, leads, tickets
from saathi.store.statements import insert_if_absent


def change_customer(
    connection: Connection, partner: str, customer: str, change: CustomerChange, now: float
) -> Customer | None:
    """Changes what is known of a customer; None when the partner has no such customer."""
    known = reading.find_customer(connection, partner, customer)
    if known is None:
        return None
    values = {name: value for name in change.__slots__ if (value := getattr(change, name)) is not None}
    if change.phone is not None:
        values["ending"] = find_ending(change.phone)
    mine = (customers.c.partner == partner) & (customers.c.id == customer)
    connection.execute(update(customers).where(mine).values(**values, updated_at=now))
    if change.name is not None:
        connection.execute(customer_names.delete().where(customer_names.c.customer == customer))
        note_sounds(connection, partner, customer, change.name)
    return reading.find_customer(connection, partner, customer)


def note_sounds(connection: Connection, partner: str, customer: str, name: str) -> None:
    """Has a customer found by the sound of the name."""
    for sound in sounds_of(name):
        insert_if_absent(connection, customer_names, {"partner": partner, "sound": sound, "customer": customer})


def find_ending(phone: str) -> str | None:
    """The end of a phone number by which people name it."""
    digits = "".join(character for character in phone if character.isdecimal())
    return digits[-reading.ENDING :] or None


def open_ticket(connection: Connection, partner: str, ticket: NewTicket, key: str, now: float) -> Ticket | None:
    """Opens a ticket; None when it names a lead or customer that is not the partner's."""
    if ticket.lead is not None and reading.find_lead(connection, partner, ticket.lead) is None:
        return None
    if ticket.customer is not None and reading.find_customer(connection, partner, ticket.customer) is None:
        return None
    named = {"lead": ticket.lead, "customer": ticket.customer, "topic": ticket.topic, "text": ticket.text}
    times = {"created_at": now, "updated_at": now}
    insert_if_absent(connection, tickets, {"key": key, "partner": partner, "state": "open", **named, **times})
    mine = (tickets.c.partner == partner) & (tickets.c.key == key)
    row = connection.execute(select(tickets).where(mine)).mappings().first()
    return reading.read_ticket(row) if row else None


def add_note(connection: Connection, partner: str, reference: str, text: str, key: str, now: float) -> bool:
    """Writes a note to a lead; False when the partner has no such lead."""
    if reading.find_lead(connection, partner, reference) is None:
        return False
    row = {"id": key, "lead": reference, "partner": partner, "text": text, "at": now}
    insert_if_absent(connection, lead_notes, row)
    return True


def remove_note(connection: Connection, partner: str, reference: str, key: str) -> bool:
    """Takes a note of the partner's back; False when the partner has no such lead."""
    if reading.find_lead(connection, partner, reference) is None:
        return False
    own = (lead_notes.c.partner == partner) & (lead_notes.c.lead == reference) & (lead_notes.c.id == key)
    connection.execute(delete(lead_notes).where(own))
    return True


def move_lead(
    connection: Connection, partner: str, reference: str, stage: Stage, reason: str | None, key: str, now: float
) -> StageMove | None:
    """Moves a lead to another stage; None when the partner has no such lead."""
    lead = reading.find_lead(connection, partner, reference)
    if lead is None:
        return None
    before = _find_stage_before(connection, reference, key) or lead.stage
    row = {"id": key, "lead": reference, "stage": stage, "reason": reason, "by": "partner", "at": now}
    if insert_if_absent(connection, lead_stages, row):
        _set_stage(connection, reference, stage, reason, since=now, now=now)
    return StageMove(key, reference, before, stage)


def undo_move(connection: Connection, partner: str, change: str, key: str, now: float) -> StageMove | None:
    """Takes the partner's last change of a stage back; None when it is not there or something came after it."""
    made = connection.execute(
        select(lead_stages)
        .select_from(lead_stages.join(leads, leads.c.reference == lead_stages.c.lead))
        .where(lead_stages.c.id == change, lead_stages.c.by == "partner", leads.c.partner == partner)
    ).first()
    if made is None:
        return None
    changes = list(
        connection.execute(
            select(lead_stages)
            .where(lead_stages.c.lead == made.lead)
            .order_by(lead_stages.c.at.desc(), lead_stages.c.number.desc())
            .limit(2)
        )
    )
    if changes[0].id == key:  # the same wish once more: it is done
        return StageMove(key, made.lead, made.stage, changes[0].stage)
    if changes[0].id != change or len(changes) < 2:
        return None
    before = changes[1]
    row = {"id": key, "lead": made.lead, "stage": before.stage, "reason": before.reason, "by": "partner", "at": now}
    insert_if_absent(connection, lead_stages, row)
    _set_stage(connection, made.lead, Stage(before.stage), before.reason, since=before.at, now=now)
    return StageMove(key, made.lead, made.stage, before.stage)


def record_activity(
    connection: Connection, partner: str, kind: str, text: str, key: str, now: float, conversation: str | None = None
) -> None:
    """Writes down what happened with a partner."""
    row = {"id": key, "partner": partner, "conversation": conversation, "kind": kind, "text": text, "at": now}
    insert_if_absent(connection, activities, row)


def _find_stage_before(connection: Connection, reference: str, key: str) -> Stage | None:
    """The stage before a change that was made already; None when it was not."""
    in_order = lead_stages.c.at, lead_stages.c.number
    changes = list(connection.execute(select(lead_stages).where(lead_stages.c.lead == reference).order_by(*in_order)))
    for earlier, later in itertools.pairwise(changes):
        if later.id == key:
            return Stage(earlier.stage)
    return None


def _set_stage(
    connection: Connection, reference: str, stage: Stage, reason: str | None, since: float, now: float
) -> None:
    values = {"stage": stage, "reason": reason, "stage_since": since, "updated_at": now}
    connection.execute(update(leads).where(leads.c.reference == reference).values(**values))
