"""Actions that could not help: each counts an attempt, says what its topic says then, and at the limit hands over."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.escalation import Escalation
from actions.replies import say_or_hand_over
from actions.turn import Outcome, Turn


class FailedAttempt(Action):
    """One such action. `cause` is one of `saathi.attempts.add`; `solution` tells the person who takes over what was
    tried; `response` is uttered below the limit, with `outcome`."""

    def __init__(
        self, escalation: Escalation, name: str, *, cause: str, solution: str, response: str, outcome: Outcome
    ) -> None:
        self._escalation = escalation
        self._name = name
        self._cause = cause
        self._solution = solution
        self._response = response
        self._outcome: Outcome = outcome

    def name(self) -> str:
        """The action's name in the domain."""
        return self._name

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002
    ) -> list[EventType]:
        """One turn."""
        count = await self._escalation.fail(Turn.read(tracker), self._cause, self._solution)
        return say_or_hand_over(dispatcher, count, self._response, self._outcome)


def list_failed_attempts(escalation: Escalation) -> list[Action]:
    """The actions for an answer that did not help, for what is not our work, and for a choice of what is not there.

    What is not our work counts: a question of ours that was taken for a foreign one must not be turned away for ever.
    """
    return [
        FailedAttempt(
            escalation,
            "action_not_helpful",
            cause="not_helpful",
            solution="gave an answer that did not help",
            response="utter_knowledge_not_helpful",
            outcome="clarified",
        ),
        FailedAttempt(
            escalation,
            "action_out_of_scope",
            cause="out_of_scope",
            solution="declined: taken for outside our work",
            response="utter_out_of_scope",
            outcome="refused",
        ),
        FailedAttempt(
            escalation,
            "action_nothing_to_choose",
            cause="unclear",
            solution="asked which one was meant: nothing had been offered",
            response="utter_conversation_nothing_to_choose",
            outcome="clarified",
        ),
    ]
