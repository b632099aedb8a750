"""What the small project's action server would run."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher


class TellPrice(Action):
    """Utters a price."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_tell_price"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """One turn."""
        kind = "known" if tracker.slots.get("price") else "unknown"
        dispatcher.utter_message(response=f"utter_prices_{kind}", amount="5 lakh")
        return [SlotSet("price", "5 lakh")]


class ReadDay(Action):
    """Accepts any day."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "validate_visit_form"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """One turn."""
        return []
