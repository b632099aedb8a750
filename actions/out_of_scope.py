"""`action_out_of_scope`: declines what is not our work; the second refusal in a row brings a person.

A question of ours that was taken for a foreign one must not be turned away for ever.
"""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.escalation import Escalation
from actions.replies import say_or_hand_over
from actions.turn import Turn


class OutOfScope(Action):
    """Utters `utter_out_of_scope` and counts an attempt, or hands over."""

    def __init__(self, escalation: Escalation) -> None:
        self._escalation = escalation

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_out_of_scope"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002
    ) -> list[EventType]:
        """One turn."""
        count = await self._escalation.fail(Turn.read(tracker), "out_of_scope", "declined: taken for outside our work")
        return say_or_hand_over(dispatcher, count, "utter_out_of_scope", "refused")
