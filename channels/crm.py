"""The CRM over HTTP, for the host app on behalf of its partner: customers, applications, tickets, scores of leads."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Annotated, Any, TypeVar, get_args

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from channels.api import authenticate
from channels.errors import ApiError, read_body
from channels.knowledge import write_time
from channels.services import SERVICES
from language import Language
from saathi.crm.events import Age, Code, Id, Name, Phone, Region
from saathi.crm.model import Application, CustomerChange, NewTicket, Ticket
from saathi.crm.port import Crm
from saathi.crm.scores import KeptScore, LeadScores
from saathi.leads.model import Customer
from saathi.scoring.explaining import Explainer

Found = TypeVar("Found")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_KEY = re.compile(r"[!-~]{1,255}")


@dataclass(frozen=True, slots=True)
class CrmParts:
    """What the handlers work with; without a usable model there are no scores."""

    crm: Crm
    scores: LeadScores | None
    explainer: Explainer


CRM = web.AppKey("crm", CrmParts)


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Change(_Body):
    name: Name | None = None
    phone: Phone | None = None
    region: Region | None = None
    age: Age | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "_Change":
        if not self.model_fields_set or any(getattr(self, name) is None for name in self.model_fields_set):
            raise ValueError("give some of name, phone, region, age; what is not given stays, and null is no value")
        return self


class _Ticket(_Body):
    topic: Code
    text: Annotated[str, StringConstraints(pattern=r"^[^\x00]*[^\s\x00][^\x00]*$"), Field(max_length=2000)]
    lead: Id | None = None
    customer: Id | None = None


def routes() -> list[web.RouteDef]:
    """The API's addresses for it."""
    return [
        web.get("/api/crm/customer/{id}", show_customer),
        web.put("/api/crm/customer/{id}", change_customer),
        web.get("/api/crm/orders/{customer_id}", list_orders),
        web.post("/api/crm/ticket", open_ticket),
        web.get("/api/ecommerce/order/{id}", show_order),
        web.get("/api/leads/{id}/score", show_score),
    ]


async def show_customer(request: web.Request) -> web.Response:
    """A customer of the partner."""
    partner = await _admit(request)
    customer = await request.app[CRM].crm.read_customer(partner, _read_id(request, "id", "customer"))
    return _answer(customer, "customer", _write_customer)


async def change_customer(request: web.Request) -> web.Response:
    """Change what is known of a customer of the partner."""
    partner = await _admit(request)
    customer = _read_id(request, "id", "customer")
    change = await read_body(request, _Change)
    changed = await request.app[CRM].crm.change_customer(partner, customer, CustomerChange(**change.model_dump()))
    return _answer(changed, "customer", _write_customer)


async def list_orders(request: web.Request) -> web.Response:
    """What was handed in for a customer of the partner, the newest first."""
    partner = await _admit(request)
    found = await request.app[CRM].crm.list_applications(partner, _read_id(request, "customer_id", "customer"))
    return _answer(found, "customer", lambda orders: [_write_order(order) for order in orders])


async def show_order(request: web.Request) -> web.Response:
    """One application of the partner's."""
    partner = await _admit(request)
    order = await request.app[CRM].crm.read_application(partner, _read_id(request, "id", "order"))
    return _answer(order, "order", _write_order)


async def open_ticket(request: web.Request) -> web.Response:
    """Open a ticket, once a key."""
    partner = await _admit(request)
    key = request.headers.get("Idempotency-Key", "")
    if not _KEY.fullmatch(key):
        raise ApiError(422, "invalid", "Idempotency-Key: a header of 1 to 255 visible characters, another one a ticket")
    body = await read_body(request, _Ticket)
    text = request.app[SERVICES].masker.mask(body.text)
    wanted = NewTicket(body.topic, text, body.lead, body.customer)
    # The partner is part of the key, so that nobody meets another's ticket by it.
    digest = hashlib.sha256(f"{partner}\0{key}".encode()).hexdigest()
    ticket = await request.app[CRM].crm.open_ticket(partner, wanted, digest)
    if ticket is not None and NewTicket(ticket.topic, ticket.text, ticket.lead, ticket.customer) != wanted:
        raise ApiError(409, "key_reused", "Idempotency-Key: another ticket was opened with it")
    return _answer(ticket, "lead or customer", _write_ticket, status=201)


async def show_score(request: web.Request) -> web.Response:
    """How likely something comes of a lead of the partner's, and why."""
    partner = await _admit(request)
    parts, reference = request.app[CRM], _read_id(request, "id", "lead")
    if parts.scores is None:
        raise ApiError(503, "unavailable", "There are no scores just now; leads can be read without.")
    kept = await parts.scores.read(partner, reference)
    return _answer(kept, "lead", lambda found: _write_score(reference, found, parts.explainer))


async def _admit(request: web.Request) -> str:
    """The partner whose token it is. What the API asks for a partner has a limit of its own, beside the chat's."""
    principal = authenticate(request)
    if principal.role is not None:
        raise ApiError(403, "forbidden", "Staff have no customers of their own; use a partner's token.")
    services = request.app[SERVICES]
    if not await services.limiter.admit(f"crm:{principal.subject}"):
        raise ApiError(429, "too_fast", services.wording.say("too_fast", "en"))
    return principal.subject


def _read_id(request: web.Request, name: str, what: str) -> str:
    """The id in the address; what can be none's is not there, as any other that is not."""
    named = request.match_info[name]
    if not _ID.fullmatch(named):
        raise _not_there(what)
    return named


def _not_there(what: str) -> ApiError:
    """The one answer for what does not exist and for what is another's."""
    return ApiError(404, "not_found", f"There is no such {what} of yours.")


def _answer(found: Found | None, what: str, write: Callable[[Found], Any], status: int = 200) -> web.Response:
    if found is None:
        raise _not_there(what)
    return web.json_response(write(found), status=status)


def _write_customer(customer: Customer) -> dict[str, Any]:
    return asdict(customer)


def _write_order(order: Application) -> dict[str, Any]:
    return {
        "id": order.id,
        "lead": order.lead,
        "customer": order.customer,
        "product": order.product,
        "stage": order.stage,
        "reason": order.reason,
        "amount_paise": order.amount,
        "submitted_at": write_time(order.submitted_at),
        "updated_at": write_time(order.updated_at),
        "expected_by": None if order.expected_by is None else write_time(order.expected_by),
    }


def _write_ticket(ticket: Ticket) -> dict[str, Any]:
    times = {"created_at": write_time(ticket.created_at), "updated_at": write_time(ticket.updated_at)}
    return {**asdict(ticket), **times}


def _write_score(reference: str, kept: KeptScore, explainer: Explainer) -> dict[str, Any]:
    score = kept.score
    languages: tuple[Language, ...] = get_args(Language)
    return {
        "reference": reference,
        "score": score.points,
        "probability": score.probability,
        "base": score.base,
        "contributions": [asdict(part) for part in score.contributions],
        "reasons": {
            language: [asdict(reason) for reason in explainer.list_reasons(score, language)] for language in languages
        },
        "model": kept.model,
        "at": write_time(kept.at),
    }
