"""Stands in for Telegram: its Bot API, and the people and groups that write to the bot."""
