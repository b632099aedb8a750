"""`POST /channels/telegram/webhook`: Telegram's updates. https://core.telegram.org/bots/api#setwebhook"""

import hmac
import json

import structlog
from aiohttp import web

from channels.intake import Intake
from channels.services import SERVICES, Services
from channels.telegram import CHANNEL
from channels.telegram.reading import Noticed, Reacted, Said, parse, read
from channels.telegram.sender import TelegramSender
from saathi import inbox
from saathi.addresses import Known
from saathi.commands import Rate
from saathi.messages import Purpose
from saathi.settings import Settings

log = structlog.get_logger()

PATH = "/channels/telegram/webhook"
SECRET = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105
LARGEST_UPDATE = 1024 * 1024  # bytes: a long message that answers a long message, with all their formatting


def routes(settings: Settings) -> list[web.RouteDef]:
    """The channel's only address."""
    token, secret = settings.telegram_bot_token.get_secret_value(), settings.telegram_secret_token.get_secret_value()
    webhook = _Webhook(token.rpartition(":")[0], secret)
    return [web.post(PATH, webhook.receive)]


class _Webhook:
    def __init__(self, bot: str, secret: str) -> None:
        """`bot` is the bot's id, the public half of its token."""
        self._bot = bot
        self._secret = secret.encode()

    async def receive(self, request: web.Request) -> web.Response:
        """Acknowledges an update once it is stored. What cannot be read is acknowledged too: Telegram would send it
        again for a day, and keep what comes after it waiting."""
        given = request.headers.get(SECRET, "").encode(errors="replace")
        if not hmac.compare_digest(given, self._secret):
            raise web.HTTPForbidden(text=f"{SECRET} is not the one that the webhook was set with.")
        services = request.app[SERVICES]
        try:
            update = parse(json.loads(await request.clone(client_max_size=LARGEST_UPDATE).read()))
        except (RecursionError, ValueError) as error:
            log.warning("update_unreadable", reason=str(error))
            return web.Response()
        if update.callback_query is not None:
            sender = services.dispatcher.sender_of(CHANNEL)
            assert isinstance(sender, TelegramSender)
            sender.answer_callback(update.callback_query.id)
        reading = read(update, self._bot)
        if reading is not None:
            await _follow(services, reading)
        return web.Response()


async def _follow(services: Services, reading: Said | Noticed | Reacted) -> None:
    intake = Intake(services)
    known = await intake.enter(reading.heard)
    if isinstance(reading, Said):
        await intake.take(reading.heard, known)
    elif isinstance(reading, Noticed):
        await _notice(services, intake, reading, known)
    else:
        await _rate(services, intake, reading, known)


async def _notice(services: Services, intake: Intake, noticed: Noticed, known: Known) -> None:
    """Answers with one line; with none where somebody sends more than may be sent."""
    language = await services.database.read(lambda c: inbox.find_language(c, known.conversation)) or noticed.language
    is_admitted = await services.limiter.admit(known.partner or f"{CHANNEL}:{known.address}")
    services.metrics.count_refusal(CHANNEL, noticed.sentence)
    reply = services.wording.reply(noticed.sentence, language, Purpose.NOTICE)
    await intake.answer(noticed.heard, known, [reply] if is_admitted else [])


async def _rate(services: Services, intake: Intake, reacted: Reacted, known: Known) -> None:
    """Keeps a thumb; any other reaction says nothing of the answer."""
    rate = services.commands.read(reacted.emoji)
    if isinstance(rate, Rate):
        await intake.rate(reacted.heard, known, rate.value, reacted.vendor_id)
