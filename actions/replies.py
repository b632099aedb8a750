"""What actions do alike after they could not help (another question, or a person) and after they could."""

from collections.abc import Mapping
from typing import Any

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.escalation import Escalation
from actions.turn import Outcome, Turn, payload
from saathi.handoffs import Handoff


def say_handed_over(dispatcher: CollectingDispatcher, handoff: Handoff, **content: Any) -> list[EventType]:
    """Says that a person takes over, or is on the way already; the attempts are closed by then."""
    dispatcher.utter_message(response=handoff.response, json_message=payload("handed_over", **content))
    return [SlotSet("failed_attempts", 0)]


def say_or_hand_over(
    dispatcher: CollectingDispatcher,
    count: int | Handoff,
    response: str,
    outcome: Outcome,
    filling: Mapping[str, Any] | None = None,
    **content: Any,
) -> list[EventType]:
    """After a failed attempt: `response`, or that a person takes over when `count` is a handoff.

    `filling` is what goes into the response: the values of its gaps, and `buttons`; `content` goes into the payload.
    """
    if isinstance(count, Handoff):
        return say_handed_over(dispatcher, count, **content)
    dispatcher.utter_message(response=response, json_message=payload(outcome, **content), **(filling or {}))
    return [SlotSet("failed_attempts", count)]


async def close_attempts(escalation: Escalation, turn: Turn) -> list[EventType]:
    """After an answer: nothing that failed before it counts any longer."""
    if turn.failed_attempts == 0:
        return []
    await escalation.close(turn)
    return [SlotSet("failed_attempts", 0)]
