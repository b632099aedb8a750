"""How actions reply when they could not help: another question, or a person."""

from typing import Any

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Outcome, payload


def say_handed_over(dispatcher: CollectingDispatcher, **content: Any) -> list[EventType]:
    """Says that a person takes over; the attempts are closed by then."""
    dispatcher.utter_message(response="utter_handoff_done", json_message=payload("handed_over", **content))
    return [SlotSet("failed_attempts", 0)]


def say_or_hand_over(
    dispatcher: CollectingDispatcher, count: int | None, response: str, outcome: Outcome, **content: Any
) -> list[EventType]:
    """After a failed attempt: `response`, or that a person takes over when `count` is None."""
    if count is None:
        return say_handed_over(dispatcher, **content)
    dispatcher.utter_message(response=response, json_message=payload(outcome, **content))
    return [SlotSet("failed_attempts", count)]
