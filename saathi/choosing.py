"""Typed picks: "2" or "the second one" after a message that offered choices is that choice."""

from dataclasses import replace

from sqlalchemy import Connection

from language.ordinals import read_ordinal
from saathi import outbox
from saathi.inbox import Pending

# Buttons that rate an answer are nothing to pick from.
_RATINGS = frozenset({"/thank", "/not_helpful"})


def resolve(connection: Connection, message: Pending) -> Pending:
    """The message with the payload or the words of the choice that it picks; the message itself when it picks none.

    Only the last message to the user counts: what was offered before it is past.
    """
    place = read_ordinal(message.text) if message.payload is None else None
    if place is None:
        return message
    offered = [c for c in outbox.find_last_choices(connection, message.conversation) if c.payload not in _RATINGS]
    if not offered or place > len(offered):
        return message
    choice = offered[place - 1 if place > 0 else place]
    if choice.payload.startswith("/"):
        return replace(message, text=choice.title, payload=choice.payload)
    return replace(message, text=choice.payload)  # a sentence that the user could have typed
