"""`/api/links`: a signed-in partner's WhatsApp and Telegram addresses; `/api/channels`: where else they can reach us.
Described by `openapi.yaml`."""

import hashlib
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from aiohttp import hdrs, web
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from channels.api import authenticate
from channels.channel import Channel
from channels.cors import with_preflights
from channels.errors import ApiError, read_body
from channels.knowledge import write_time
from channels.notices import mask_address, tell_of_link, tell_of_unlink
from channels.services import SERVICES, Services
from saathi import addresses, inbox, linking
from saathi.addresses import Known
from saathi.linking import Redeemed, Result
from saathi.messages import Purpose
from saathi.settings import Settings

VOICE = "ivr"
_REFUSALS = {
    Result.WRONG: "There is no such code. Ask for one in the chat that you want to link.",
    Result.STALE: "This code is used, or older than ten minutes. Ask for a new one in that chat.",
    Result.OWN: "This code is for the other end: send it from the chat that you want to link.",
}


def routes(channels: Sequence[Channel]) -> list[web.RouteDef]:
    """The addresses of linking; `channels` are those that are on."""
    chats = [channel.name for channel in channels if channel.open_sender is not None]
    has_voice = any(channel.name == VOICE for channel in channels)

    async def list_channels(request: web.Request) -> web.Response:
        """The channels that the partner can link a chat of, and the voice line."""
        _authenticate(request)
        voice = {"number": request.app[SERVICES].settings.twilio_voice_from} if has_voice else None
        return web.json_response({"chats": chats, "voice": voice})

    return with_preflights(
        [
            web.get("/api/channels", list_channels),
            web.get("/api/links", list_links),
            web.post("/api/links", issue_code),
            web.post("/api/links/redeem", redeem_code),
            web.delete("/api/links/{channel}/{id}", remove_link),
        ]
    )


class _Typed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    code: str = Field(max_length=100)


async def list_links(request: web.Request) -> web.Response:
    """The partner's addresses, the last heard first; of each only its end is shown."""
    partner = _authenticate(request)
    found = await request.app[SERVICES].database.read(lambda c: addresses.list_of(c, partner))
    return web.json_response([_write(known) for known in found])


async def issue_code(request: web.Request) -> web.Response:
    """A code for the partner to send from the address that is to be theirs."""
    services, partner = request.app[SERVICES], _authenticate(request)
    await _limit(services, partner)
    now = time.time()
    code = await services.database.write(lambda c: linking.issue_to_partner(c, partner, now))
    issued = {
        "code": code,
        "expires_at": write_time(now + linking.CODE_LASTS_S),
        "lasts_s": int(linking.CODE_LASTS_S),
        "open": _find_openings(services.settings, code),
    }
    return web.json_response(issued, status=201, headers={hdrs.CACHE_CONTROL: "no-store"})


async def redeem_code(request: web.Request) -> web.Response:
    """Takes a code that an address was given; the address is told too."""
    services, partner = request.app[SERVICES], _authenticate(request)
    typed = await read_body(request, _Typed)
    await _limit(services, partner)
    code = services.commands.read_code(typed.code) or typed.code
    redeemed, told = await services.database.write(lambda c: _redeem(c, services, partner, code))
    if redeemed.result is Result.LOCKED:
        raise ApiError(429, "locked", "There were too many wrong codes. Try again in an hour.")
    if redeemed.known is None:
        raise ApiError(404, f"code_{redeemed.result.value}", _REFUSALS[redeemed.result])
    for conversation in {redeemed.known.conversation, *told}:
        services.worker.wake(conversation)  # what waited for an answer came along
    return web.json_response(_write(redeemed.known))


async def remove_link(request: web.Request) -> web.Response:
    """Lets the address be nobody's. What was said there stays with the partner."""
    services, partner = request.app[SERVICES], _authenticate(request)
    wanted = (request.match_info["channel"], request.match_info["id"])

    def work(connection: Connection) -> str | None:
        mine = {(known.channel, _name(known)): known for known in addresses.list_of(connection, partner)}
        known, now = mine.get(wanted), time.time()
        if known is None or not linking.unlink(connection, known, now):
            return None
        return tell_of_unlink(connection, services.wording, partner, known, now)

    told = await services.database.write(work)
    if told is None:
        raise ApiError(404, "not_found", "There is no such address of yours.")
    services.worker.wake(told)
    return web.Response(status=204)


def _redeem(connection: Connection, services: Services, partner: str, code: str) -> tuple[Redeemed, list[str]]:
    now = time.time()
    redeemed = linking.redeem_by_partner(connection, partner, code, now)
    if redeemed.result is Result.LINKED and (known := redeemed.known) is not None:
        language = inbox.find_language(connection, known.conversation) or "en"
        told = services.wording.reply("link_linked", language, Purpose.NOTICE)
        line = inbox.find_place_in_line(connection, known.channel, known.address) or known.conversation
        inbox.store_notice(connection, line, known.channel, told, now, known.address)
    return redeemed, tell_of_link(connection, services.wording, redeemed, now)


def _find_openings(settings: Settings, code: str) -> dict[str, str]:
    """Addresses that open a chat with us with the code in it, by channel; a vendor that is played locally has none.

    https://faq.whatsapp.com/5913398998672934, https://core.telegram.org/bots/features#deep-linking
    """
    found = {}
    number = settings.twilio_whatsapp_from.removeprefix("whatsapp:+")
    if number.isdigit() and not settings.twilio_api_base:
        found["whatsapp"] = f"https://wa.me/{number}?text={quote(code)}"
    if settings.telegram_bot_username and not settings.telegram_api_base:
        found["telegram"] = f"https://t.me/{settings.telegram_bot_username}?start={quote(code)}"
    return found


def _write(known: Known) -> dict[str, Any]:
    return {
        "channel": known.channel,
        "id": _name(known),
        "address": mask_address(known.address),
        "heard_at": write_time(known.heard_at),
    }


def _name(known: Known) -> str:
    """What the address is called here, so that it need not be shown."""
    return hashlib.sha256(f"{known.channel}:{known.address}".encode()).hexdigest()[:32]


def _authenticate(request: web.Request) -> str:
    principal = authenticate(request)
    if principal.role is not None:
        raise ApiError(403, "forbidden", "Staff have no chats of their own; use a partner's token.")
    return principal.subject


async def _limit(services: Services, partner: str) -> None:
    if not await services.limiter.admit(partner):
        raise ApiError(429, "too_fast", services.wording.say("too_fast", "en"))
