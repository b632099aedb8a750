"""`action_not_understood`: a message that no intent fits well enough."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import Answers, Found, offer, remember_unanswered
from actions.escalation import Escalation
from actions.replies import close_attempts, say_or_hand_over
from actions.turn import Turn
from knowledge.answers import Answer, Refusal
from knowledge.index import KnowledgeUnavailable

_SURE = 0.5  # the articles answer what no intent fits only if that is more likely right than wrong
_TOGETHER, _SECOND = 0.45, 0.15  # least shares of the two best readings together, and of the second
_UNREADABLE = {"no_words": "utter_fallback_no_words", "other_language": "utter_fallback_other_language"}
_REWORD = "asked to put the message in other words"
# What leads nowhere when it is offered as a reading.
_NOT_OFFERED = frozenset(
    {"nlu_fallback", "out_of_scope", "not_helpful", "greet", "thank", "goodbye", "affirm", "deny", "cancel", "go_back"}
    | {"start_again", "correct_value", "repeat_answer", "ask_more", "follow_up", "choose_option", "give_consent"}
    | {"ask_identity", "ask_capabilities"}
)


class Clarify(Action):
    """Says why a message cannot be read (`utter_fallback_no_words`, `_other_language`); else answers when an article
    fits it well; else offers the two readings that are close (`utter_fallback_clarify`) or the nearest topics
    (`utter_knowledge_nearest`), or asks for other words (`utter_fallback_rephrase`). All but the answer
    count as an attempt."""

    def __init__(self, answers: Answers, escalation: Escalation) -> None:
        self._answers = answers
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
        turn = Turn.read(tracker)
        unreadable = _UNREADABLE.get(str(tracker.latest_message.get("unreadable")))
        found = None if unreadable else await self._search(turn, tracker)
        if found and isinstance(found.answer, Answer) and found.answer.score >= _SURE:
            said = self._answers.say(dispatcher, found, found.answer, tracker)
            return [*said, *await close_attempts(self._escalation, turn)]
        solution, response, buttons = (_REWORD, unreadable, []) if unreadable else _ask_back(found, tracker)
        count = await self._escalation.fail(turn, "unclear", solution)
        said = say_or_hand_over(dispatcher, count, response, "clarified", {"buttons": buttons})
        return [*said, remember_unanswered(turn)]

    async def _search(self, turn: Turn, tracker: Tracker) -> Found | None:
        try:
            return await self._answers.find(turn, tracker, alone=True)
        except KnowledgeUnavailable:
            return None


def _ask_back(found: Found | None, tracker: Tracker) -> tuple[str, str, list[dict[str, str]]]:
    """What was tried, for who takes over; the response; and what it offers to choose from."""
    if readings := _readings(tracker):
        buttons = [{"title": f"utter_reading_{intent}", "payload": f"/{intent}"} for intent in readings]
        return "offered two readings of the message", "utter_fallback_clarify", buttons
    if found and isinstance(found.answer, Refusal) and found.answer.nearest:
        return "offered the nearest topics", "utter_knowledge_nearest", [offer(near) for near in found.answer.nearest]
    return _REWORD, "utter_fallback_rephrase", []


def _readings(tracker: Tracker) -> list[str]:
    """The two likeliest intents where they are close, and one another's only rivals; empty otherwise."""
    ranking = tracker.latest_message.get("intent_ranking") or []
    offered = [(r["name"], float(r["confidence"])) for r in ranking if r["name"] not in _NOT_OFFERED][:2]
    if len(offered) < 2 or offered[1][1] < _SECOND or sum(share for _, share in offered) < _TOGETHER:
        return []
    return [name for name, _ in offered]
