"""What passes between a channel and the turn: neutral of any vendor."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from language import Language


class Author(StrEnum):
    """Who speaks in a message to the user."""

    ASSISTANT = "assistant"
    AGENT = "agent"
    SYSTEM = "system"


class Purpose(StrEnum):
    """Why a message to the user exists; decides wording, limits and consent in later work."""

    REPLY = "reply"
    APOLOGY = "apology"
    NOTICE = "notice"
    NUDGE = "nudge"
    SURVEY = "survey"


class Outcome(StrEnum):
    """How a turn ended for the user."""

    ANSWERED = "answered"
    REFUSED = "refused"
    CLARIFIED = "clarified"
    HANDED_OVER = "handed_over"
    FAILED = "failed"
    RELAYED = "relayed"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One authentic message of a user, already masked.

    `key` names the message for ever: a second one with the same key is the same message. `payload` is a Rasa
    payload from a choice that we kept, never from the wire; otherwise it is None and `text` counts. `address` is where
    the reply goes, on channels that are sent to.
    """

    conversation: str
    channel: str
    key: str
    text: str
    language: Language
    payload: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A choice to be offered: its title, and the payload that never leaves the store."""

    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to a user, before a channel renders it."""

    text: str
    language: Language
    author: Author = Author.ASSISTANT
    purpose: Purpose = Purpose.REPLY
    offers: tuple[Offer, ...] = ()
    card: dict[str, Any] | None = None
    citations: tuple[dict[str, str], ...] = field(default=())
