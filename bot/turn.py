"""What goes in and out of a turn: the door's request, the caller's channel, the reply."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, Extra, Field, StrictStr, root_validator, validator
from rasa.core.channels.channel import OutputChannel
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.events import ActionExecuted, BotUttered, Event

# Ids are opaque to us, but they become database keys and log fields: printable ASCII without spaces.
_ID = Field(..., regex=r"^[\x21-\x7e]+$", max_length=200)
_LONGEST_TEXT = 10_000  # the gateway caps messages at 2,000 characters; this only stops what never passed it


class TurnRequest(BaseModel):
    """The body of `POST /webhooks/saathi/turn` (docs/architecture.md, "The door")."""

    message_id: StrictStr = _ID
    conversation: StrictStr = _ID
    turn: StrictStr = _ID
    channel: StrictStr = Field(..., regex=r"^[a-z][a-z0-9_-]*$", max_length=40)
    text: StrictStr | None = Field(None, max_length=_LONGEST_TEXT)
    payload: StrictStr | None = Field(None, max_length=_LONGEST_TEXT)
    slots: dict[StrictStr, Any] = {}

    class Config:
        """A misspelt key is an error, not an ignored wish."""

        extra = Extra.forbid
        allow_mutation = False

    @validator("text", "payload")
    def _must_say_something(cls, value: str | None) -> str | None:  # noqa: N805 - pydantic 1 passes the class
        if value is None:
            return value
        if not value.strip():
            raise ValueError("is empty")
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise ValueError("holds a lone surrogate") from error
        return value

    @root_validator(skip_on_failure=True)
    def _must_have_one_of_both(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805
        if (values.get("text") is None) == (values.get("payload") is None):
            raise ValueError("give either text or payload")
        return values


class CallersChannel(OutputChannel):
    """Carries the caller's channel name, so that `channel:` variations of responses fire.

    It sends nothing: replies are read from the events of the stored turn.
    """

    def __init__(self, name: str) -> None:
        """Remember the caller's channel."""
        self._name = name

    def name(self) -> str:  # type: ignore[override]  # Rasa's is a classmethod; each caller has its own name here
        """Return the caller's channel."""
        return self._name


def replies_in(events: Iterable[Event]) -> list[dict[str, Any]]:
    """Return what the bot said in `events`, in the door's format."""
    return [
        {
            "text": event.text or "",
            "response": event.metadata.get("utter_action"),
            "buttons": [_button(button) for button in event.data.get("buttons") or []],
            "custom": event.data.get("custom") or None,
        }
        for event in events
        if isinstance(event, BotUttered)
    ]


def actions_in(events: Iterable[Event]) -> list[str]:
    """Return the names of the actions that were run in `events`, without listening and session start."""
    silent = (None, ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME)
    return [e.action_name for e in events if isinstance(e, ActionExecuted) and e.action_name not in silent]


def _button(button: dict[str, Any]) -> dict[str, Any]:
    return {"title": button.get("title"), "payload": button.get("payload")}
