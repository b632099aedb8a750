"""`python -m channels.telegram.setup` tells Telegram where our webhook is, and which commands the bot has."""

import asyncio
import re
import sys

from telegram import BotCommand, Update
from telegram.error import TelegramError

from channels.telegram.sender import open_bot
from channels.telegram.webhook import PATH
from channels.wording import Wording
from language import Language
from saathi.settings import Settings

# Edited messages and the like are nothing to us, so Telegram need not send them; reactions come only where asked for.
UPDATES = (Update.MESSAGE, Update.CHANNEL_POST, Update.CALLBACK_QUERY, Update.MESSAGE_REACTION, Update.MY_CHAT_MEMBER)
COMMANDS = ("help", "language", "human", "stop")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


async def set_up(settings: Settings, wording: Wording) -> str:
    """Sets webhook and commands; the webhook's address.

    Raises:
        ValueError: a setting is missing or Telegram would not take it; it says what to do.
        TelegramError: Telegram refused or was not to be reached.
    """
    secret = settings.telegram_secret_token.get_secret_value()
    if not settings.telegram_bot_token.get_secret_value() or not _SECRET.fullmatch(secret):
        raise ValueError(
            "Set TELEGRAM_BOT_TOKEN, and TELEGRAM_SECRET_TOKEN to 1-256 letters, digits, underscores and hyphens."
        )
    if not settings.origin.startswith("https://") and not settings.telegram_api_base:
        raise ValueError("Set PUBLIC_URL to the https address by which Telegram reaches the gateway.")
    url = settings.origin + PATH
    async with open_bot(settings) as bot:
        await bot.set_webhook(url, secret_token=secret, allowed_updates=UPDATES)
        await bot.set_my_commands(_describe(wording, "en"))
        await bot.set_my_commands(_describe(wording, "hi"), language_code="hi")
    return url


def _describe(wording: Wording, language: Language) -> list[BotCommand]:
    return [BotCommand(name, wording.say(f"command_{name}", language)) for name in COMMANDS]


def main() -> None:
    """Set it up as the environment says."""
    try:
        url = asyncio.run(set_up(Settings(), Wording()))
    except (TelegramError, ValueError) as error:
        sys.exit(str(error))
    print(f"Telegram sends to {url}")


if __name__ == "__main__":
    main()
