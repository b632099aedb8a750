"""What the network's CRM tells of leads and customers, taken over into the project's own tables.

A lead or a customer is told as it stands, not as what changed, so that events may come in any order: the newest
decides, and an older one adds no more than its place in the history. Each event counts once, for ever, by its id.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)
from sqlalchemy import Connection, Table, insert, select, update

from saathi.crm import scores
from saathi.crm.writing import find_ending, note_sounds
from saathi.leads.model import Stage
from saathi.scoring.model import LeadScorer
from saathi.store.crm_tables import (
    applications,
    crm_events,
    customer_names,
    customers,
    lead_events,
    lead_stages,
    leads,
)
from saathi.store.statements import insert_if_absent

NAME = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
EARLIEST_YEAR = 2000
_KEY = "e:"  # before an event's id where ids of other writes stand too

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
Name = Annotated[str, StringConstraints(pattern=NAME, max_length=120)]
Phone = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{7,14}$")]
Region = Annotated[str, StringConstraints(pattern=NAME, max_length=32)]


def _read_whole(number: object) -> object:
    """JSON knows no whole numbers: 47.0 is one too."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


Whole = Annotated[int, BeforeValidator(_read_whole)]
Age = Annotated[Whole, Field(ge=0, le=120)]


class Unmet(Exception):
    """An event needs something that was not told yet; the message says what. Sent again after that, it is taken."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class CustomerState(_Part):
    """A customer as the CRM knows them."""

    id: Id
    name: Name
    phone: Phone | None = None
    region: Region
    age: Age | None = None


class LeadState(_Part):
    """A lead as it stands. `by` says who brought it to this stage."""

    reference: Id
    customer: Id
    kind: str
    product: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")] | None = None
    source: Code
    stage: Stage
    reason: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,47}$")] | None = None
    by: Literal["partner", "provider", "network", "customer"] = "network"
    amount_paise: Annotated[Whole, Field(ge=0, le=10**15)] | None = None

    @field_validator("kind")
    @classmethod
    def _is_sold(cls, kind: str, info: ValidationInfo) -> str:
        return _admit(kind, info, "kinds")


class Happening(_Part):
    """What the customer or the partner did."""

    lead: Id
    kind: str

    @field_validator("kind")
    @classmethod
    def _has_words(cls, kind: str, info: ValidationInfo) -> str:
        return _admit(kind, info, "engagement")


class Event(_Part):
    """One event. To be validated with a context: the `kinds` of products and of `engagement` that there are, and the
    `latest` time (seconds since the epoch) that an event may be of."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,59}$")]
    type: Literal["lead.created", "lead.changed", "lead.event", "customer.changed"]
    at: AwareDatetime
    partner: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")] | None = None
    lead: LeadState | None = None
    customer: CustomerState | None = None
    event: Happening | None = None

    @field_validator("at")
    @classmethod
    def _has_been(cls, at: datetime, info: ValidationInfo) -> datetime:
        """A time far ahead would make all that follows look old."""
        if at.year < EARLIEST_YEAR or at.timestamp() > (info.context or {})["latest"]:
            raise ValueError(f"a time from {EARLIEST_YEAR} up to now")
        return at

    @model_validator(mode="after")
    def _fits_its_type(self) -> "Event":
        wanted = {"lead.event": {"event"}, "customer.changed": {"partner", "customer"}}.get(
            self.type, {"partner", "lead"}
        )
        more = {"customer"} if self.type in {"lead.created", "lead.changed"} else set()
        given = {name for name in ("partner", "lead", "customer", "event") if getattr(self, name) is not None}
        if not wanted <= given <= wanted | more:
            optional = f", may carry {', '.join(sorted(more))}" if more else ""
            raise ValueError(f"{self.type} carries {', '.join(sorted(wanted))}{optional}, and nothing else")
        if self.lead and self.customer and self.lead.customer != self.customer.id:
            raise ValueError("lead.customer and customer.id name two customers")
        return self


def take(connection: Connection, event: Event, scorer: LeadScorer | None, now: float) -> bool:
    """Takes an event over and scores the leads that it touches; False when it was taken before.

    Raises:
        Unmet: the lead or customer that it names was not told yet. Nothing may be kept of the transaction then.
    """
    at = event.at.timestamp()
    if not insert_if_absent(connection, crm_events, _describe(event, at, now)):
        return False
    if event.event is not None:
        touched = {_note_happening(connection, event.id, event.event, at)}
    else:
        touched = _take_state(connection, event, at)
    if scorer is not None:
        scores.refresh(connection, scorer, touched, now)
    return True


def _admit(code: str, info: ValidationInfo, vocabulary: str) -> str:
    allowed: Mapping[str, object] = (info.context or {})[vocabulary]
    if code not in allowed:
        raise ValueError(f"one of {', '.join(allowed)}")
    return code


def _describe(event: Event, at: float, now: float) -> dict[str, Any]:
    lead = event.lead.reference if event.lead else None
    customer = event.lead.customer if event.lead else event.customer.id if event.customer else None
    return {"id": event.id, "type": event.type, "lead": lead, "customer": customer, "at": at, "received_at": now}


def _note_happening(connection: Connection, event: str, told: Happening, at: float) -> str:
    held = select(leads.c.updated_at).where(leads.c.reference == told.lead).with_for_update(key_share=True)
    updated_at = connection.scalar(held)
    if updated_at is None:
        raise Unmet(f"event.lead: {told.lead} was not told yet; send it as lead.created first")
    insert_if_absent(connection, lead_events, {"id": _KEY + event, "lead": told.lead, "kind": told.kind, "at": at})
    _set_lead(connection, told.lead, updated_at=max(updated_at, at))
    return told.lead


def _take_state(connection: Connection, event: Event, at: float) -> set[str]:
    """Takes over how a customer and, maybe, a lead stand; the references of the leads that this touches."""
    customer = event.lead.customer if event.lead else event.customer.id if event.customer else ""
    partner, touched = _take_customer(connection, customer, event, at)
    if event.lead is not None:
        _take_lead(connection, event.lead, partner, event.id, at)
        touched.add(event.lead.reference)
    return touched


def _take_customer(connection: Connection, customer: str, event: Event, at: float) -> tuple[str, set[str]]:
    """Whose customer it is after the event, and the leads that came to another partner by it."""
    told, partner = event.customer, event.partner or ""
    if told is not None:
        row = {**told.model_dump(), "partner": partner, "ending": find_ending(told.phone) if told.phone else None}
        if insert_if_absent(connection, customers, {**row, "created_at": at, "updated_at": at}):
            note_sounds(connection, partner, customer, told.name)
            return partner, set()
    held = select(customers).where(customers.c.id == customer).with_for_update(key_share=True)
    known = connection.execute(held).first()
    if known is None:
        raise Unmet(f"lead.customer: {customer} was not told yet; send `customer` along")
    if told is not None and at >= known.updated_at:
        _set_customer(connection, customer, **{**row, "partner": known.partner}, updated_at=at)
        _name_anew(connection, known.partner, customer, told.name)
    if partner == known.partner or not _is_newest(connection, crm_events.c.customer == customer, at):
        return known.partner, set()
    return partner, _hand_over(connection, customer, partner)


def _hand_over(connection: Connection, customer: str, partner: str) -> set[str]:
    """Gives a customer to another partner, with all leads and applications; tickets stay with who opened them."""
    _set_customer(connection, customer, partner=partner)
    name = connection.scalar(select(customers.c.name).where(customers.c.id == customer)) or ""
    _name_anew(connection, partner, customer, name)
    moved: tuple[Table, ...] = (leads, applications)
    for table in moved:
        connection.execute(update(table).where(table.c.customer == customer).values(partner=partner))
    return set(connection.scalars(select(leads.c.reference).where(leads.c.customer == customer)))


def _take_lead(connection: Connection, told: LeadState, partner: str, event: str, at: float) -> None:
    about: dict[str, Any] = told.model_dump(include={"customer", "kind", "product", "source"})
    about |= {"partner": partner, "amount": told.amount_paise}
    place = {"stage": told.stage.value, "stage_since": at, "reason": told.reason}
    row = {"reference": told.reference, **about, **place, "created_at": at, "updated_at": at}
    insert_if_absent(connection, leads, row)
    held = select(leads).where(leads.c.reference == told.reference).with_for_update(key_share=True)
    known = connection.execute(held).one()
    if _is_newest(connection, crm_events.c.lead == told.reference, at):
        _set_lead(connection, told.reference, **about)
    times = {"created_at": min(known.created_at, at), "updated_at": max(known.updated_at, at)}
    _set_lead(connection, told.reference, **times, **_note_stage(connection, told, event, at, known.stage_since))


def _note_stage(
    connection: Connection, told: LeadState, event: str, at: float, since: float
) -> dict[str, str | float | None]:
    """Writes a stage into the lead's history, unless it stood there already; what of the lead changes by that."""
    history = connection.execute(
        select(lead_stages).where(lead_stages.c.lead == told.reference).order_by(lead_stages.c.at, lead_stages.c.number)
    ).all()
    before = next((row for row in reversed(history) if row.at <= at), None)
    after = next((row for row in history if row.at > at), None)
    is_known = before is not None and (before.stage, before.reason) == (told.stage, told.reason)
    if is_known:
        return {}
    if after is not None and (after.stage, after.reason) == (told.stage, told.reason):  # it came to that earlier
        connection.execute(update(lead_stages).where(lead_stages.c.number == after.number).values(at=at))
        return {"stage_since": at} if after is history[-1] else {}
    place = {"stage": told.stage.value, "reason": told.reason}
    connection.execute(insert(lead_stages).values(id=_KEY + event, lead=told.reference, **place, by=told.by, at=at))
    if after is not None:
        return {}
    stays = before is not None and before.stage == told.stage  # for another reason
    return {**place, "stage_since": since if stays else at}


def _is_newest(connection: Connection, subject: Any, at: float) -> bool:
    return connection.scalar(select(crm_events.c.id).where(subject, crm_events.c.at > at).limit(1)) is None


def _name_anew(connection: Connection, partner: str, customer: str, name: str) -> None:
    connection.execute(customer_names.delete().where(customer_names.c.customer == customer))
    note_sounds(connection, partner, customer, name)


def _set_lead(connection: Connection, reference: str, **values: Any) -> None:
    connection.execute(update(leads).where(leads.c.reference == reference).values(**values))


def _set_customer(connection: Connection, customer: str, **values: Any) -> None:
    connection.execute(update(customers).where(customers.c.id == customer).values(**values))
