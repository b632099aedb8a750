"""Reading the project's own CRM: each query is held to its partner by its first condition."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, RowMapping, Table, bindparam, func, select, union_all

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
from saathi.leads.sounds import list_near, pick_closest, sounds_of
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

ENDING = 4  # last digits of a phone number that are kept apart, to find it by
# The order of all leads is that of an index. Some are not to be looked for by it, past all others: it has no sums.
_since = leads.c.stage_since + 0.0
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
        conditions.append(leads.c.customer.in_(_pad(found)))
    if wanted.ending is not None:
        theirs = (customers.c.partner == partner) & customers.c.ending.in_(_list_endings(wanted.ending))
        conditions.append(leads.c.customer.in_(select(customers.c.id).where(theirs)))
    since = leads.c.stage_since if len(conditions) == 1 else _since
    order = (leads.c.score.is_(None), leads.c.score.desc(), since) if wanted.best_first else (since, leads.c.reference)
    # Chosen and ordered within an index; only the leads of the page are looked up.
    chosen: Any = select(leads.c.reference).where(*conditions).order_by(*order)
    if wanted.names_one:  # of a few, counting is to list them all
        listed = connection.scalars(chosen).all()
        total, chosen = len(listed), listed[skip : skip + most]
    else:
        total, chosen = None, chosen.limit(most).offset(skip)
    query = _WITH_CUSTOMER.where(leads.c.reference.in_(chosen)).order_by(*order)
    page = tuple(_read_lead(row) for row in connection.execute(query).mappings())
    if total is None and len(page) < most and not skip:
        total = len(page)
    if total is None:
        total = connection.scalar(select(func.count()).select_from(leads).where(*conditions)) or 0
    return LeadPage(page, total)


def find_lead(connection: Connection, partner: str, reference: str) -> Lead | None:
    """The partner's lead with this reference."""
    query = _WITH_CUSTOMER.where(leads.c.partner == partner, leads.c.reference == reference)
    row = connection.execute(query).mappings().first()
    return _read_lead(row) if row else None


def read_story(connection: Connection, partner: str, lead: Lead) -> LeadStory:
    """A lead of the partner that was found, with all that is known of it; of its notes, those of this partner."""
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
        notes=_list_notes(connection, partner, lead),
    )


def hold_stories(connection: Connection, references: Collection[str]) -> list[tuple[str, LeadStory]]:
    """Some leads, whosever they are, each with its partner and, of its story, what happened: history and engagement. No
    other transaction changes the leads until this one ends."""
    query = _WITH_CUSTOMER.where(leads.c.reference.in_(references)).order_by(leads.c.reference)
    rows = connection.execute(query.with_for_update(of=leads, key_share=True)).mappings().all()
    history: dict[str, list[StageChange]] = defaultdict(list)
    for row in connection.execute(
        select(lead_stages)
        .where(lead_stages.c.lead.in_(references))
        .order_by(lead_stages.c.lead, lead_stages.c.at, lead_stages.c.number)
    ):
        history[row.lead].append(StageChange(Stage(row.stage), row.at, row.reason, row.by))
    engagement: dict[str, list[Engagement]] = defaultdict(list)
    for row in connection.execute(
        select(lead_events).where(lead_events.c.lead.in_(references)).order_by(lead_events.c.lead, lead_events.c.at)
    ):
        engagement[row.lead].append(Engagement(row.kind, row.at))
    found = [(row["partner"], _read_lead(row)) for row in rows]
    return [
        (partner, LeadStory(lead, tuple(history[lead.reference]), tuple(engagement[lead.reference])))
        for partner, lead in found
    ]


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
    is_of_people = wanted.name is not None or wanted.ending is not None
    # With an empty text no index finds the partner: a few people's leads are found by these people, and not among all
    # that the partner has, as PostgreSQL would where it does not foresee how many these are.
    conditions = [(leads.c.partner.concat("") if is_of_people else leads.c.partner) == partner]
    if wanted.reference is not None:
        conditions.append(leads.c.reference == wanted.reference)
    if wanted.stages or wanted.kinds:  # of each stage by name, an index finds the kind
        conditions.append(leads.c.stage.in_(sorted(wanted.stages or Stage)))
    if wanted.kinds:
        conditions.append(leads.c.kind.in_(sorted(wanted.kinds)))
    if wanted.products is not None:
        conditions.append(leads.c.product.in_(sorted(wanted.products)))
    if wanted.unmoved_since is not None:
        conditions.append(_since <= wanted.unmoved_since)
    for column, span in ((leads.c.created_at, wanted.created), (_since, wanted.moved)):
        if span is not None:
            conditions.append((column >= span[0]) & (column < span[1]))
    return conditions


def _find_named(connection: Connection, partner: str, name: str) -> list[str]:
    """The partner's customers of that name: those that sound alike, else those that sound nearly so; of these, the ones
    whose whole name is about as close as the closest."""
    sounds = sounds_of(name)
    candidates = _find_sounding(connection, partner, sounds)
    if sounds and not candidates:
        known = connection.scalars(_select_sounds(partner, sounds)).all()
        nearby = [other for sound in sounds for other in list_near(sound, known)]
        candidates = _find_sounding(connection, partner, nearby)
    return pick_closest(name, candidates)


def _find_sounding(connection: Connection, partner: str, sounds: Sequence[str]) -> list[tuple[str, str]]:
    """Id and name of the customers of whose names most parts have one of the sounds."""
    if not sounds:
        return []
    wanted = _pad(list(dict.fromkeys(sounds)))
    named = {_name_bind(number): sound for number, sound in enumerate(wanted)}
    found = connection.execute(_select_sounding(len(wanted)), {"partner": partner, **named})
    return [(id_, name) for id_, name in found.all()]


@lru_cache
def _select_sounding(sounds: int) -> Any:
    """What finds customers by so many sounds. Each has a lookup of its own: where PostgreSQL plans for any partner, it
    takes a list of eight sounds for a reason to read all names that the partner has."""
    theirs = customer_names.c.partner == bindparam("partner")
    each = (
        select(customer_names.c.customer).where(theirs, customer_names.c.sound == bindparam(_name_bind(number)))
        for number in range(sounds)
    )
    alike = union_all(*each).subquery()
    most_alike = (
        select(alike.c.customer)
        .group_by(alike.c.customer)
        .order_by(func.count().desc(), alike.c.customer)
        .limit(_MOST_CANDIDATES)
    )
    return select(customers.c.id, customers.c.name).where(customers.c.id.in_(most_alike))


def _name_bind(number: int) -> str:
    return f"sound_{number}"


def _select_sounds(partner: str, sounds: Sequence[str]) -> Any:
    """The partner's sounds that begin like one of these: the first letter is the one that people get right."""
    sound = customer_names.c.sound
    theirs = select(sound).where(customer_names.c.partner == partner).distinct()
    # A range each, which an index finds, and LIKE does not everywhere. No sound begins with z: it is written j.
    firsts = sorted({one[0] for one in sounds})
    return union_all(*(theirs.where(sound >= first, sound < chr(ord(first) + 1)) for first in firsts))


def _pad(values: Sequence[str]) -> list[str]:
    """The values, of which there are some, filled up to a power of two with empty ones, which nothing has: lists of few
    lengths are statements of few kinds, which PostgreSQL is told once and not with each question."""
    longer = min(1 << (len(values) - 1).bit_length(), max(_MOST_CANDIDATES, len(values)))
    return [*values, *[""] * (longer - len(values))]


def _list_endings(ending: str) -> list[str]:
    """What may be kept of a phone number that ends so, each of which an index finds."""
    longer = range(ENDING - len(ending) + 1)
    return [f"{number:0{more}}{ending}" if more else ending for more in longer for number in range(10**more)]


def _list_parts(connection: Connection, lead: Lead, table: Table, *then: Column[Any]) -> Sequence[Row[Any]]:
    return connection.execute(select(table).where(table.c.lead == lead.reference).order_by(table.c.at, *then)).all()


def _list_notes(connection: Connection, partner: str, lead: Lead) -> tuple[Note, ...]:
    own = (lead_notes.c.partner == partner) & (lead_notes.c.lead == lead.reference)
    rows = connection.execute(select(lead_notes).where(own).order_by(lead_notes.c.at))
    return tuple(Note(row.text, row.at) for row in rows)


def _read_lead(row: RowMapping) -> Lead:
    customer = Customer(row["customer"], row["name"], row["phone"], row["region"], row["age"])
    own = {name: row[name] for name in Lead.__slots__ if name != "customer"}
    return Lead(**{**own, "customer": customer, "stage": Stage(row["stage"])})


def _pick(row: Mapping[str, Any] | RowMapping, kind: type) -> dict[str, Any]:
    """The columns that a dataclass has fields for."""
    return {field.name: row[field.name] for field in fields(kind)}
