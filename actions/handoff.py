"""`action_hand_over`: a person takes over because a story says so: the user asked for one, or the topic needs one."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.escalation import Escalation
from actions.replies import say_handed_over
from actions.turn import Turn


class HandOver(Action):
    """Queues the conversation for a person and says so, with the response that `data/escalation.yml` names."""

    def __init__(self, escalation: Escalation) -> None:
        self._escalation = escalation

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_hand_over"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002
    ) -> list[EventType]:
        """One turn."""
        return say_handed_over(dispatcher, await self._escalation.hand_over(Turn.read(tracker)))
