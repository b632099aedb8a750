"""The HTTP API: one-off questions, packets for people, demo tokens. Described by `openapi.yaml`."""

import asyncio
import time
import uuid
from typing import Any, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from channels.delivery import wait_for
from channels.errors import ApiError, read_body
from channels.guard import find_fault
from channels.services import SERVICES, Services
from channels.tokens import BadToken, Principal, Role
from language import detect
from saathi import conversations, handoffs, outbox, outcomes
from saathi.messages import Incoming, Outcome
from saathi.outbox import Outgoing
from saathi.outcomes import TurnOutcome

CHANNEL = "api"
Model = TypeVar("Model", bound=BaseModel)
ANSWER_WITHIN_S = 15.0
DEMO_PARTNERS = range(1001, 1201)


def routes() -> list[web.RouteDef]:
    """The API's addresses."""
    return [
        web.post("/api/ask", ask),
        web.get("/api/handoffs", list_handoffs),
        web.get("/api/recommendations", recommend),
    ]


def demo_routes() -> list[web.RouteDef]:
    """What only a demo has."""
    return [web.post("/api/demo/token", issue_demo_token), web.get("/api/demo/last-turn", show_last_turn)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Question(_Body):
    query: str
    conversation: str | None = Field(None, pattern="^[0-9a-f]{32}$")


class _Demo(_Body):
    partner_id: str | None = None
    staff: Role | None = None


async def ask(request: web.Request) -> web.Response:
    """Answer one question: in a conversation of its own, or in the one that is named."""
    services = request.app[SERVICES]
    partner = authenticate(request)
    if partner.role is not None:
        raise ApiError(403, "forbidden", "Staff have no conversation of their own; use a partner's token.")
    question = await read_body(request, _Question)
    fault = find_fault(question.query)
    if fault is not None:
        raise ApiError(422, fault.value, services.wording.say(fault.value, "en"))
    text = services.masker.mask(question.query)
    language = detect(text)
    if not await services.limiter.admit(partner.subject):
        raise ApiError(429, "too_fast", services.wording.say("too_fast", language))
    conversation = await services.database.write(lambda c: _place(c, partner.subject, question.conversation))
    incoming = Incoming(conversation, CHANNEL, f"{CHANNEL}:{uuid.uuid4().hex}", text, language)
    rows = await _take_turn(services, incoming)
    outcome = await services.database.read(lambda c: outcomes.find(c, incoming.key))
    return web.json_response(_write_answer(rows, outcome, incoming))


async def list_handoffs(request: web.Request) -> web.Response:
    """The packets of conversations that wait for a person."""
    if authenticate(request).role is None:
        raise ApiError(403, "forbidden", "This needs a token of staff.")
    return web.json_response(await request.app[SERVICES].database.read(handoffs.find_open))


async def recommend(request: web.Request) -> web.Response:
    """Courses for a skill gap: not built yet, and said so."""
    authenticate(request)
    raise ApiError(501, "not_implemented", "Recommendations come with learning; they do not exist yet.")


async def issue_demo_token(request: web.Request) -> web.Response:
    """A token for a demo partner or a demo member of staff."""
    body = await read_body(request, _Demo)
    tokens = request.app[SERVICES].tokens
    if body.staff is not None and body.partner_id is None:
        return web.json_response({"token": tokens.issue(f"demo-{body.staff}", body.staff)})
    if body.partner_id in {f"P{number}" for number in DEMO_PARTNERS} and body.staff is None:
        return web.json_response({"token": tokens.issue(str(body.partner_id))})
    raise ApiError(422, "unknown_person", "Name one `partner_id` from P1001 to P1200, or one `staff` role.")


async def show_last_turn(request: web.Request) -> web.Response:
    """How the last turn of the partner's chat, or of the conversation that is named, came about."""
    services, partner = request.app[SERVICES], authenticate(request)
    named = request.query.get("conversation")
    conversation = await services.database.write(
        lambda c: (
            _place(c, partner.subject, named) if named else conversations.find_chat(c, partner.subject, time.time())
        )
    )
    trace = services.traces.find(conversation)
    if trace is None:
        raise ApiError(404, "not_found", "There is no turn of that conversation yet.")
    return web.json_response(trace)


def authenticate(request: web.Request) -> Principal:
    """The bearer of the request's token.

    Raises:
        ApiError: 401, there is none or it is not valid.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    try:
        return request.app[SERVICES].tokens.verify(token.strip() if scheme.lower() == "bearer" else None)
    except BadToken as error:
        raise ApiError(401, "unauthorised", "Send a valid token: `Authorization: Bearer <token>`.") from error


def _place(connection: Connection, partner: str, named: str | None) -> str:
    now = time.time()
    if named is None:
        return conversations.begin_one_off(connection, partner, now)
    if not conversations.is_owned(connection, named, partner):
        raise ApiError(404, "not_found", "There is no such conversation of yours.")
    return named


async def _take_turn(services: Services, incoming: Incoming) -> list[Outgoing]:
    """The replies to a message, at the latest when its promise of an answer is over."""
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            with services.delivery.listen(incoming.conversation) as signals:
                await services.worker.accept(incoming)
                while True:
                    rows = await services.database.read(lambda c: outbox.find_answer(c, incoming.key))
                    if rows:
                        return rows
                    await wait_for(signals)
    except TimeoutError as error:
        raise ApiError(503, "unavailable", services.wording.say("apology", incoming.language)) from error


def _write_answer(rows: list[Outgoing], outcome: TurnOutcome | None, incoming: Incoming) -> dict[str, Any]:
    cards = [row.body["card"] for row in rows if row.body["card"]]
    card = cards[0] if cards else {}
    link = card.get("link")
    return {
        "answer": {
            "text": "\n\n".join(row.body["text"] for row in rows if row.body["text"]),
            "definition": card.get("definition"),
            "script": card.get("script"),
            "link": link["url"] if link else None,
        },
        "citations": [citation for row in rows for citation in row.body["citations"]],
        "intent": outcome.intent if outcome else None,
        "language": incoming.language,
        "handoff": outcome is not None and outcome.outcome is Outcome.HANDED_OVER,
        "conversation": incoming.conversation,
    }
