"""Setting the PIN of the voice line in the app. Described by `openapi.yaml`."""

import asyncio
import time

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from sqlalchemy import Connection

from channels.api import authenticate
from channels.cors import with_preflights
from channels.errors import ApiError
from channels.notices import tell_of_pin
from channels.services import SERVICES
from saathi import conversations, pins
from saathi.pins import PinHasher

_RUNS = frozenset(run[start : start + pins.LENGTH] for run in ("0123456789", "9876543210") for start in range(5))


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    pin: SecretStr = Field(min_length=pins.LENGTH, max_length=pins.LENGTH)


def routes() -> list[web.RouteDef]:
    """The API's addresses for it."""
    hasher = PinHasher()

    async def set_pin(request: web.Request) -> web.Response:
        """Keep a partner's new PIN and tell all chats of the partner that there is one; a lock by wrong tries ends."""
        services, partner = request.app[SERVICES], _authenticate(request)
        pin = await _read_pin(request)
        if not await services.limiter.admit(partner):
            raise ApiError(429, "too_fast", services.wording.say("too_fast", "en"))
        hashed = await asyncio.to_thread(hasher.hash, pin)
        now = time.time()

        def work(connection: Connection) -> str:
            conversations.find_chat(connection, partner, now)  # whoever has a PIN is one of `people`
            pins.store(connection, partner, hashed, now)
            return tell_of_pin(connection, services.wording, partner, now)

        services.worker.wake(await services.database.write(work))
        return web.Response(status=204)

    async def show_pin(request: web.Request) -> web.Response:
        """Whether the partner has a PIN."""
        services, partner = request.app[SERVICES], _authenticate(request)
        is_set = await services.database.read(lambda c: pins.is_set(c, partner))
        return web.json_response({"is_set": is_set})

    return with_preflights([web.get("/api/pin", show_pin), web.put("/api/pin", set_pin)])


def _authenticate(request: web.Request) -> str:
    principal = authenticate(request)
    if principal.role is not None:
        raise ApiError(403, "forbidden", "Staff have no PIN; use a partner's token.")
    return principal.subject


async def _read_pin(request: web.Request) -> str:
    """The body's PIN. No error names what was sent."""
    try:
        pin = _Body.model_validate_json(await request.read()).pin.get_secret_value()
    except ValidationError as error:
        raise ApiError(422, "invalid", 'Send {"pin": "six digits"}.') from error
    if not (pin.isascii() and pin.isdigit()):
        raise ApiError(422, "invalid", "pin: six digits.")
    if pin in _RUNS or len(set(pin)) == 1:
        raise ApiError(422, "easy", "pin: not one digit six times, and no run such as 123456.")
    return pin
