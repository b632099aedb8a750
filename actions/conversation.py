"""`action_start_again`: what was spoken of is forgotten; what is stored is not touched."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import FORGET_CONTEXT

_NAMED = (
    "product", "institution", "lead_reference", "person", "amount", "date", "course", "phone_ending", "leads_spoken",
    "payouts_spoken", "last_change",
)  # fmt: skip


class StartAgain(Action):
    """Utters `utter_conversation_started_again`."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_start_again"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,  # noqa: ARG002
        domain: dict[str, Any],  # noqa: ARG002
    ) -> list[EventType]:
        """One turn."""
        dispatcher.utter_message(response="utter_conversation_started_again")
        return [FORGET_CONTEXT, *(SlotSet(slot, None) for slot in _NAMED)]
