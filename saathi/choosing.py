"""Typed picks: "2" or "the second one" after a message that offered choices is that choice."""

from dataclasses import replace

from sqlalchemy import Connection

from language.ordinals import read_ordinal
from saathi import outbox
from saathi.inbox import Pending

# Buttons that rate an answer are nothing to pick from.
_RATINGS = frozenset({"/thank", "/not_helpful"})
# Channels that write a number before every choice, those too, where there are no buttons for them.
_NUMBERED = frozenset({"whatsapp"})


def resolve(connection: Connection, message: Pending) -> Pending:
    """The message with the payload or the words of the choice that it picks; the message itself when it picks none.

    Only the last message to the user counts, on the channel and at the address where the pick was typed: what was
    offered before it is past, and what was offered elsewhere is not before their eyes.
    """
    place = read_ordinal(message.text) if message.payload is None else None
    if place is None:
        return message
    last = outbox.find_last_choices(connection, message.conversation, message.channel, message.address)
    offered = [c for c in last if c.payload not in _RATINGS or message.channel in _NUMBERED]
    if not offered or place > len(offered):
        return message
    text, payload = offered[place - 1 if place > 0 else place].said
    return replace(message, text=text, payload=payload)
