"""Sending through the Bot API. Waiting and trying again are the outbox's part, per chat."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog
from telegram import Bot, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from channels.sending import Postponed, Refused, Unsure
from channels.telegram.rendering import Part, render
from saathi.sending import Due
from saathi.settings import Settings

log = structlog.get_logger()

CALLBACK_DEADLINE_S = 5.0
READ_DEADLINE_S = 10.0  # Telegram may first fetch a picture from us
_API = "https://api.telegram.org"
# The library's NetworkError does not say whether the request went out; the error behind it does, by its name: its kind
# belongs to the HTTP client that the library happens to use.
_NOT_SENT = {"ConnectError", "ConnectTimeout", "PoolTimeout"}
# What the library raises on a body that is no answer of the Bot API.
_UNREADABLE = (AttributeError, KeyError, TypeError, ValueError)


class TelegramSender:
    """The way to Telegram. `origin` is where our pictures lie."""

    def __init__(self, bot: Bot, origin: str) -> None:
        self._bot = bot
        self._origin = origin
        self._answering: set[asyncio.Task[None]] = set()

    def render(self, due: Due) -> list[Part]:
        """The messages that the row becomes. Raises `Refused` when there is nothing to show."""
        parts = render(due.outgoing.body, self._origin)
        if not parts:
            raise Refused("there is neither text nor picture")
        return parts

    async def send(self, due: Due, part: Part) -> str:
        """Sends one; `<chat>:<message>`, since Telegram numbers the messages of each chat by itself."""
        chat = int(due.outgoing.address or 0)
        try:
            number = await self._hand_over(chat, part)
        except TelegramError as error:
            raise _judge(error) from error
        except _UNREADABLE as error:
            raise Unsure(f"an answer that is none: {error!r}") from error
        return f"{chat}:{number}"

    def answer_callback(self, query: str) -> None:
        """Tells Telegram that a tap was heard, in the background; that it fails changes nothing."""
        task = asyncio.create_task(self._answer(query))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def close(self) -> None:
        """Waits for the taps that are being answered, at most their deadline."""
        await asyncio.gather(*self._answering)

    async def _hand_over(self, chat: int, part: Part) -> int:
        if part.picture is not None:
            try:
                return await self._send_picture(chat, part, part.picture)
            except BadRequest as error:
                # Telegram fetches the picture itself and may not reach it; what it says must arrive all the same
                if not part.markdown:
                    raise
                log.warning("picture_refused", reason=str(error))
        sent = await self._bot.send_message(
            chat,
            part.markdown,
            parse_mode=ParseMode.MARKDOWN_V2,
            reply_markup=part.keyboard,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )
        return sent.message_id

    async def _send_picture(self, chat: int, part: Part, picture: str) -> int:
        sent = await self._bot.send_photo(
            chat,
            picture,
            caption=part.markdown or None,
            parse_mode=ParseMode.MARKDOWN_V2 if part.markdown else None,
            reply_markup=part.keyboard,
        )
        return sent.message_id

    async def _answer(self, query: str) -> None:
        try:
            async with asyncio.timeout(CALLBACK_DEADLINE_S):
                await self._bot.answer_callback_query(query)
        except (TelegramError, TimeoutError, *_UNREADABLE) as error:  # also of a tap that Telegram has given up by now
            log.info("callback_not_answered", reason=str(error) or "no answer in time")


@asynccontextmanager
async def open_bot(settings: Settings) -> AsyncIterator[Bot]:
    """A bot whose every call has a deadline. It asks Telegram nothing by itself, so that we start without Telegram."""
    # by this the library gives times as `timedelta`, and does not warn at each 429
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    request = HTTPXRequest(connect_timeout=5.0, write_timeout=5.0, read_timeout=READ_DEADLINE_S, pool_timeout=5.0)
    base = (settings.telegram_api_base or _API).rstrip("/")
    token = settings.telegram_bot_token.get_secret_value()
    try:
        yield Bot(token, base_url=f"{base}/bot", request=request, get_updates_request=request)
    finally:
        await request.shutdown()


@asynccontextmanager
async def open_sender(settings: Settings) -> AsyncIterator[TelegramSender]:
    """The sender for the length of the gateway."""
    async with open_bot(settings) as bot:
        sender = TelegramSender(bot, settings.origin)
        try:
            yield sender
        finally:
            await sender.close()


def _judge(error: TelegramError) -> Exception:
    """What a failed call means for the message."""
    if isinstance(error, RetryAfter):
        return Postponed("too many messages", _in_seconds(error.retry_after))
    if isinstance(error, BadRequest | ChatMigrated | Forbidden | InvalidToken):
        return Refused(f"{type(error).__name__}: {error.message}")
    cause = error.__cause__  # an error of the HTTP client, where Telegram did not answer at all
    was_answered = cause is None or isinstance(cause, TelegramError)
    if isinstance(error, NetworkError) and (was_answered or type(cause).__name__ in _NOT_SENT):
        return Postponed(error.message)
    return Unsure(error.message)


def _in_seconds(pause: int | timedelta) -> float:
    return pause.total_seconds() if isinstance(pause, timedelta) else float(pause)
