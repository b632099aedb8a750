"""`action_not_understood` and `action_not_helpful`: a failed attempt each, and a person at the limit."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.escalation import Escalation
from actions.replies import say_or_hand_over
from actions.turn import Turn


class NotUnderstood(Action):
    """The message was unclear: asks to put it otherwise (`utter_fallback_rephrase`), or hands over."""

    def __init__(self, escalation: Escalation) -> None:
        self._escalation = escalation

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_not_understood"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002
    ) -> list[EventType]:
        """One turn."""
        count = await self._escalation.fail(Turn.read(tracker), "unclear", "asked to put the message in other words")
        return say_or_hand_over(dispatcher, count, "utter_fallback_rephrase", "clarified")


class NotHelpful(Action):
    """The user says that the answer did not help: asks on (`utter_knowledge_not_helpful`), or hands over."""

    def __init__(self, escalation: Escalation) -> None:
        self._escalation = escalation

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_not_helpful"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002
    ) -> list[EventType]:
        """One turn."""
        count = await self._escalation.fail(Turn.read(tracker), "not_helpful", "gave an answer that did not help")
        return say_or_hand_over(dispatcher, count, "utter_knowledge_not_helpful", "clarified")
