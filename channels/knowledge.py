"""What staff see of the knowledge: its latest changes, and who hears of them."""

import re
import secrets
import time
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from channels.api import authenticate
from channels.errors import ApiError, read_body
from channels.services import SERVICES
from channels.tokens import Principal
from saathi import knowledge_changes, subscribers
from saathi.knowledge_changes import Change
from saathi.subscribers import Subscriber

LATEST_CHANGES = 100
_MAY = frozenset({"designer", "operator"})
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_ID = re.compile(r"[0-9a-f]{32}")


def routes() -> list[web.RouteDef]:
    """The addresses of the knowledge."""
    return [
        web.get("/api/knowledge/changes", list_changes),
        web.get("/api/knowledge/subscribers", list_subscribers),
        web.post("/api/knowledge/subscribers", add_subscriber),
        web.delete("/api/knowledge/subscribers/{id}", remove_subscriber),
    ]


class _Subscription(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    url: str = Field(max_length=2000)
    secret: str | None = Field(None, min_length=32, max_length=128, pattern="^[!-~]+$")


async def list_changes(request: web.Request) -> web.Response:
    """The latest changes of the articles, newest first."""
    _admit(request)
    found = await request.app[SERVICES].database.read(lambda c: knowledge_changes.find_latest(c, LATEST_CHANGES))
    return web.json_response([write_change(change) for change in found])


async def list_subscribers(request: web.Request) -> web.Response:
    """Who hears of changes, and how their deliveries stand."""
    _admit(request)
    found = await request.app[SERVICES].database.read(subscribers.find_all)
    return web.json_response([_write_subscriber(subscriber) for subscriber in found])


async def add_subscriber(request: web.Request) -> web.Response:
    """A new subscriber; its secret is told in this answer alone."""
    member = _admit(request)
    wanted = await read_body(request, _Subscription)
    _check_url(wanted.url)
    secret = wanted.secret or secrets.token_hex(32)
    database, now = request.app[SERVICES].database, time.time()
    made = await database.write(lambda c: subscribers.add(c, wanted.url, secret, member.subject, now))
    return web.json_response({"id": made, "url": wanted.url, "secret": secret}, status=201)


async def remove_subscriber(request: web.Request) -> web.Response:
    """Forget a subscriber; what it was still to be told is dropped."""
    _admit(request)
    wanted = request.match_info["id"]
    known = bool(_ID.fullmatch(wanted)) and await request.app[SERVICES].database.write(
        lambda c: subscribers.remove(c, wanted)
    )
    if not known:
        raise ApiError(404, "not_found", "There is no such subscriber.")
    return web.Response(status=204)


def write_change(change: Change) -> dict[str, Any]:
    """A change as the API and the subscribers get it; `at` is ISO 8601, UTC."""
    return {**asdict(change), "at": write_time(change.at)}


def write_time(seconds: float) -> str:
    """A time as ISO 8601, UTC, in milliseconds."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _admit(request: web.Request) -> Principal:
    member = authenticate(request)
    if member.role not in _MAY:
        raise ApiError(403, "forbidden", "This needs a token of a designer or an operator.")
    return member


def _check_url(url: str) -> None:
    """Operators name the address, so one of their own network is welcome; in the clear it goes to this machine alone.

    Raises:
        ApiError: 422.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port  # reading the port checks it
    except ValueError as error:
        raise ApiError(422, "invalid", f"url: {error}") from error
    if not host or parts.username or parts.fragment or not url.isascii() or not url.isprintable() or " " in url:
        raise ApiError(422, "invalid", "url: Write an absolute address in ASCII, without a user and without a #.")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOOPBACK):
        raise ApiError(422, "invalid", "url: Write an https address; http is for this machine alone.")


def _write_subscriber(subscriber: Subscriber) -> dict[str, Any]:
    return {**asdict(subscriber), "created_at": write_time(subscriber.created_at)}
