"""What the CRM knows beside leads: applications, tickets, activities. Times are seconds since the epoch, UTC."""

from dataclasses import dataclass
from typing import Literal

TicketState = Literal["open", "waiting", "resolved", "closed"]


@dataclass(frozen=True, slots=True)
class Application:
    """What was handed in to a provider for a customer, the "order" of the HTTP API. `stage`, `reason` are codes as of
    a lead, `amount` is paise."""

    id: str
    lead: str
    customer: str
    product: str
    stage: str
    reason: str | None
    amount: int | None
    submitted_at: float
    updated_at: float
    expected_by: float | None


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the network was asked to look into. `number` is what people call it by, as T-204."""

    number: str
    topic: str
    text: str
    state: TicketState
    resolution: str | None
    lead: str | None
    customer: str | None
    created_at: float
    updated_at: float


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A ticket to be opened; `lead` and `customer` are the partner's own, or the ticket is refused."""

    topic: str
    text: str
    lead: str | None = None
    customer: str | None = None


@dataclass(frozen=True, slots=True)
class CustomerChange:
    """What is to be known of a customer from now on; None leaves what is known."""

    name: str | None = None
    phone: str | None = None
    region: str | None = None
    age: int | None = None


@dataclass(frozen=True, slots=True)
class StageMove:
    """A change of stage that was made: what it was and is. `change` names it, to take it back."""

    change: str
    reference: str
    before: str
    after: str
