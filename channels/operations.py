"""What operators ask for: `/health` and `/metrics`."""

import asyncio
import ipaddress
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, web
from sqlalchemy import select

from channels.api import authenticate
from channels.errors import ApiError
from channels.services import SERVICES, Services
from saathi.store import StoreUnavailable
from saathi.store.tables import conversations

SESSION = web.AppKey("session", ClientSession)
LOOK_WITHIN_S = 2.0


def routes() -> list[web.RouteDef]:
    """The operators' addresses."""
    return [web.get("/health", show_health), web.get("/metrics", show_metrics)]


async def show_health(request: web.Request) -> web.Response:
    """200 when all parts are up, else 503."""
    services = request.app[SERVICES]
    rasa, actions, database = await asyncio.gather(
        services.door.is_up(LOOK_WITHIN_S),
        _ask_actions(request.app[SESSION], services.settings.actions_url),
        _is_database_up(services),
    )
    is_ok = rasa and actions is not None and database
    health = {
        "status": "ok" if is_ok else "degraded",
        "rasa": _word(rasa),
        "actions": _word(actions is not None),
        "database": _word(database),
        "knowledge": actions or {"articles": 0, "chunks": 0},
    }
    return web.json_response(health, status=200 if is_ok else 503)


async def show_metrics(request: web.Request) -> web.Response:
    """Prometheus' text, for loopback or staff."""
    if not _is_loopback(request) and authenticate(request).role is None:
        raise ApiError(403, "forbidden", "Metrics are for this machine, or for a token of staff.")
    body = request.app[SERVICES].metrics.write()
    return web.Response(body=body, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})


async def _ask_actions(session: ClientSession, url: str) -> dict[str, Any] | None:
    """What the action server says of its knowledge; None when it is down."""
    try:
        timeout = ClientTimeout(total=LOOK_WITHIN_S)
        async with session.get(url.rstrip("/") + "/health", timeout=timeout) as response:
            knowledge = (await response.json())["knowledge"] if response.status == 200 else None
            return knowledge and {"articles": int(knowledge["articles"]), "chunks": int(knowledge["chunks"])}
    except (ClientError, TimeoutError, ValueError, KeyError, TypeError):
        return None


async def _is_database_up(services: Services) -> bool:
    try:
        async with asyncio.timeout(LOOK_WITHIN_S):
            await services.database.read(lambda c: c.scalar(select(conversations.c.id).limit(1)))
    except (StoreUnavailable, TimeoutError):
        return False
    return True


def _is_loopback(request: web.Request) -> bool:
    """By the socket's own peer: a forwarding header proves nothing, and one means that a proxy stands before us."""
    peer = (request.transport and request.transport.get_extra_info("peername")) or ("",)
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(peer[0]).is_loopback
    except ValueError:
        return False


def _word(is_up: bool) -> str:
    return "up" if is_up else "down"
