"""What was reported last: who reports the same once more was not helped by what was said."""

from typing import Any

from rasa_sdk.events import EventType, SlotSet

from actions.turn import Turn

_KEPT_S = 1800.0  # within which the same report counts as said again; as long as an answer is gone on from


def was_reported(turn: Turn, now: float) -> bool:
    """Whether the turn's intent was reported within the last half hour."""
    reported = turn.slots.get("reported") or {}
    return reported.get("intent") == turn.intent and now - float(reported["at"]) < _KEPT_S


def remember_report(turn: Turn, now: float, **told: Any) -> EventType:
    """Keeps that the turn's intent was reported; `told` is what goes on into a form, by its entities."""
    return SlotSet("reported", {"intent": turn.intent, "at": now, "told": told})
