"""What Twilio calls: a message that came in, and how one that went out is getting on."""

import asyncio

import structlog
from aiohttp import web

from channels.intake import Intake
from channels.services import SERVICES, Services
from channels.twilio import read_signed_form
from channels.whatsapp import CHANNEL
from channels.whatsapp.reading import Message, NoMessage, read_message
from saathi import inbox, sending
from saathi.addresses import Known
from saathi.messages import Purpose
from saathi.settings import Settings

log = structlog.get_logger()

WEBHOOK = "/channels/whatsapp/webhook"
STATUS = "/channels/whatsapp/status"

_FAILED = frozenset({"failed", "undelivered"})
# Twilio may tell what became of a message before its answer to our request has reached the store.
_LOOKS, _BETWEEN_S = 10, 0.2


def routes(_settings: Settings) -> list[web.RouteDef]:
    """The channel's two addresses."""
    return [web.post(WEBHOOK, hear), web.post(STATUS, note_status)]


async def hear(request: web.Request) -> web.Response:
    """Keeps a message and acknowledges it with an empty answer; what the assistant says goes out by itself."""
    services = request.app[SERVICES]
    form = await read_signed_form(request, services.settings)
    try:
        message = read_message(form)
    except NoMessage as fault:
        raise web.HTTPUnprocessableEntity(text=str(fault)) from fault
    intake = Intake(services)
    known = await intake.enter(message.heard)
    if message.kind is None:
        await intake.take(message.heard, known)
    else:
        await _notice(services, intake, message, known)
    return web.Response(text="<Response/>", content_type="text/xml")


async def _notice(services: Services, intake: Intake, message: Message, known: Known) -> None:
    """Answers with one line what is no text; with none a reaction, and somebody who sends more than may be sent."""
    language = await services.database.read(lambda c: inbox.find_language(c, known.conversation)) or "en"
    is_answered = message.kind != "reaction" and await services.limiter.admit(
        known.partner or f"{CHANNEL}:{known.address}"
    )
    name = f"media_{message.kind}"
    services.metrics.count_refusal(CHANNEL, name)
    replies = [services.wording.reply(name, language, Purpose.NOTICE)] if is_answered else []
    await intake.answer(message.heard, known, replies)


async def note_status(request: web.Request) -> web.Response:
    """Keeps what Twilio says of a message of ours: queued, sent, delivered, read, failed, undelivered."""
    services = request.app[SERVICES]
    form = await read_signed_form(request, services.settings)
    sid, status = form.get("MessageSid", ""), form.get("MessageStatus", "")
    if not sid or not status:
        raise web.HTTPUnprocessableEntity(text="MessageSid or MessageStatus is missing")
    fault = f"Twilio {form.get('ErrorCode') or status}" if status in _FAILED else None
    if not await _is_ours(services, sid):
        log.warning("status_of_unknown_message", status=status, fault=fault)
    elif fault is not None:
        log.warning("message_not_delivered", status=status, fault=fault)
        services.metrics.count_sending(CHANNEL, "undelivered")
    await services.database.write(lambda c: sending.note_status(c, CHANNEL, sid, status[:16], fault))
    return web.Response(status=204)


async def _is_ours(services: Services, sid: str) -> bool:
    for _ in range(_LOOKS):
        if await services.database.read(lambda c: sending.find_reply(c, CHANNEL, sid)) is not None:
            return True
        await asyncio.sleep(_BETWEEN_S)
    return False
