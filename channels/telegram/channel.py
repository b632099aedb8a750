"""Telegram for the gateway's registry."""

from channels.channel import Channel
from channels.telegram import CHANNEL
from channels.telegram.sender import open_sender
from channels.telegram.webhook import routes

TELEGRAM = Channel(CHANNEL, routes, needs=("telegram_bot_token", "telegram_secret_token"), open_sender=open_sender)
