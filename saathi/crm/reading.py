"""Reading the project's own CRM: each query is held to its partner by its first condition."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, RowMapping, Table, func, select

from saathi.crm.model import Application, Ticket
from saathi.leads.model import (
    Customer,
    Document,
    Engagement,
    Lead,
    LeadPage,
    LeadQuery,
    LeadStory,
    Note,
    Stage,
    StageChange,
)
from saathi.leads.sounds import closeness, list_near, sounds_of
from saathi.store.crm_tables import (
    applications,
    customer_names,
    customers,
    lead_documents,
    lead_events,
    lead_notes,
    lead_stages,
    leads,
    tickets,
)

_ALIKE = 75.0  # closeness, of 100, from which a name may be the one that is meant
_AS_GOOD = 8.0  # points of closeness by which the best of several names is no better than the next
_MOST_CANDIDATES = 200
_TICKET = "T-"
_WITH_CUSTOMER = select(leads, customers.c.name, customers.c.phone, customers.c.region, customers.c.age).select_from(
    leads.join(customers, customers.c.id == leads.c.customer)
)


def find_leads(connection: Connection, partner: str, wanted: LeadQuery, most: int, skip: int) -> LeadPage:
    """Some of the partner's leads that are wanted, in the order of the query, and how many there are."""
    conditions = _list_conditions(partner, wanted)
    if wanted.name is not None:
        found = _find_named(connection, partner, wanted.name)
        if not found:
            return LeadPage((), 0)
        conditions.append(leads.c.customer.in_(found))
    if wanted.ending is not None:
        theirs = (customers.c.partner == partner) & customers.c.ending.endswith(wanted.ending, autoescape=True)
        conditions.append(leads.c.customer.in_(select(customers.c.id).where(theirs)))
    order = (
        (leads.c.score.is_(None), leads.c.score.desc(), leads.c.stage_since)
        if wanted.best_first
        else (leads.c.stage_since, leads.c.reference)
    )
    query = _WITH_CUSTOMER.where(*conditions).order_by(*order).limit(most).offset(skip)
    page = tuple(_read_lead(row) for row in connection.execute(query).mappings())
    if len(page) < most and not skip:
        return LeadPage(page, len(page))
    return LeadPage(page, connection.scalar(select(func.count()).select_from(leads).where(*conditions)) or 0)


def find_lead(connection: Connection, partner: str, reference: str) -> Lead | None:
    """The partner's lead with this reference."""
    query = _WITH_CUSTOMER.where(leads.c.partner == partner, leads.c.reference == reference)
    row = connection.execute(query).mappings().first()
    return _read_lead(row) if row else None


def read_story(connection: Connection, lead: Lead) -> LeadStory:
    """A lead that was found with all that is known of it."""
    return LeadStory(
        lead,
        history=tuple(
            StageChange(Stage(row.stage), row.at, row.reason, row.by)
            for row in _list_parts(connection, lead, lead_stages, lead_stages.c.number)
        ),
        engagement=tuple(Engagement(row.kind, row.at) for row in _list_parts(connection, lead, lead_events)),
        documents=tuple(
            Document(row.kind, row.state, row.reason, row.at) for row in _list_parts(connection, lead, lead_documents)
        ),
        notes=tuple(Note(row.text, row.at) for row in _list_parts(connection, lead, lead_notes)),
    )


def find_customer(connection: Connection, partner: str, customer: str) -> Customer | None:
    """The partner's customer with this id."""
    query = select(customers).where(customers.c.partner == partner, customers.c.id == customer)
    row = connection.execute(query).mappings().first()
    return Customer(row["id"], row["name"], row["phone"], row["region"], row["age"]) if row else None


def list_applications(connection: Connection, partner: str, customer: str) -> list[Application]:
    """What was handed in for a customer, the newest first."""
    theirs = (applications.c.partner == partner) & (applications.c.customer == customer)
    query = select(applications).where(theirs).order_by(applications.c.submitted_at.desc())
    return [Application(**_pick(row, Application)) for row in connection.execute(query).mappings()]


def find_application(connection: Connection, partner: str, application: str) -> Application | None:
    """The partner's application with this id."""
    query = select(applications).where(applications.c.partner == partner, applications.c.id == application)
    row = connection.execute(query).mappings().first()
    return Application(**_pick(row, Application)) if row else None


def find_ticket(connection: Connection, partner: str, number: str) -> Ticket | None:
    """The partner's ticket with this number, "T-204"."""
    figure = number.upper().removeprefix(_TICKET)
    if not (figure.isascii() and figure.isdecimal() and len(figure) < 10):
        return None
    query = select(tickets).where(tickets.c.partner == partner, tickets.c.id == int(figure))
    row = connection.execute(query).mappings().first()
    return read_ticket(row) if row else None


def list_tickets(connection: Connection, partner: str, most: int) -> list[Ticket]:
    """The partner's tickets, those changed last first."""
    query = select(tickets).where(tickets.c.partner == partner).order_by(tickets.c.updated_at.desc()).limit(most)
    return [read_ticket(row) for row in connection.execute(query).mappings()]


def read_ticket(row: RowMapping) -> Ticket:
    """A row as a ticket."""
    return Ticket(**_pick({**row, "number": f"{_TICKET}{row['id']}"}, Ticket))


def _list_conditions(partner: str, wanted: LeadQuery) -> list[ColumnElement[bool]]:
    conditions = [leads.c.partner == partner]
    if wanted.reference is not None:
        conditions.append(leads.c.reference == wanted.reference)
    if wanted.stages:
        conditions.append(leads.c.stage.in_(sorted(wanted.stages)))
    if wanted.kinds:
        conditions.append(leads.c.kind.in_(sorted(wanted.kinds)))
    if wanted.unmoved_since is not None:
        conditions.append(leads.c.stage_since <= wanted.unmoved_since)
    return conditions


def _find_named(connection: Connection, partner: str, name: str) -> list[str]:
    """The partner's customers of that name: those that sound alike, else those that sound nearly so; of these, the ones
    whose whole name is about as close as the closest."""
    sounds = sounds_of(name)
    candidates = _find_sounding(connection, partner, sounds)
    if not candidates:
        known = connection.scalars(_select_sounds(partner, sounds)).all()
        nearby = [other for sound in sounds for other in list_near(sound, known)]
        candidates = _find_sounding(connection, partner, nearby)
    ranked = sorted(((closeness(name, found), customer) for customer, found in candidates), reverse=True)
    best = ranked[0][0] if ranked else 0.0
    return [customer for close, customer in ranked if close >= max(_ALIKE, best - _AS_GOOD)]


def _find_sounding(connection: Connection, partner: str, sounds: Sequence[str]) -> list[tuple[str, str]]:
    """Id and name of the customers of whose names most parts have one of the sounds."""
    if not sounds:
        return []
    query = (
        select(customers.c.id, customers.c.name)
        .select_from(customer_names.join(customers, customers.c.id == customer_names.c.customer))
        .where(customer_names.c.partner == partner, customer_names.c.sound.in_(sounds))
        .group_by(customers.c.id, customers.c.name)
        .order_by(func.count().desc())
        .limit(_MOST_CANDIDATES)
    )
    return [(row.id, row.name) for row in connection.execute(query)]


def _select_sounds(partner: str, sounds: Sequence[str]) -> Any:
    """The partner's sounds that begin like one of these: the first letter is the one that people get right."""
    begins = [customer_names.c.sound.startswith(sound[0], autoescape=True) for sound in sounds if sound]
    condition = begins[0] if begins else customer_names.c.sound.is_(None)
    for more in begins[1:]:
        condition |= more
    return select(customer_names.c.sound).where(customer_names.c.partner == partner, condition).distinct()


def _list_parts(connection: Connection, lead: Lead, table: Table, *then: Column[Any]) -> Sequence[Row[Any]]:
    return connection.execute(select(table).where(table.c.lead == lead.reference).order_by(table.c.at, *then)).all()


def _read_lead(row: RowMapping) -> Lead:
    customer = Customer(row["customer"], row["name"], row["phone"], row["region"], row["age"])
    own = {name: row[name] for name in Lead.__slots__ if name != "customer"}
    return Lead(**{**own, "customer": customer, "stage": Stage(row["stage"])})


def _pick(row: Mapping[str, Any] | RowMapping, kind: type) -> dict[str, Any]:
    """The columns that a dataclass has fields for."""
    return {field.name: row[field.name] for field in fields(kind)}
