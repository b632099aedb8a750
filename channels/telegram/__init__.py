"""Telegram: updates come to the webhook, replies go through the Bot API. https://core.telegram.org/bots/api"""

CHANNEL = "telegram"
