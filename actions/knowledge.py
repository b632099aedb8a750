"""`action_answer_question`: answers from the articles, or says that none covers the question."""

import time
from collections.abc import Callable
from datetime import date
from typing import Any, Protocol

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.escalation import Escalation
from actions.replies import say_or_hand_over
from actions.turn import Turn, payload
from knowledge.answers import Answer
from language import Language


class Answers(Protocol):
    """What is needed of the knowledge base."""

    @property
    def version(self) -> str:
        """Fingerprint of the index that answers now."""
        ...

    async def answer(self, question: str, language: Language, today: date) -> Answer | None:
        """The grounded answer, or None when no article supports one."""
        ...


class AnswerQuestion(Action):
    """Utters `utter_knowledge_answer`, `utter_knowledge_none`, or hands over.

    `address` is where people reach the gateway: links in text are whole, those on a card are paths.
    """

    def __init__(self, knowledge: Answers, escalation: Escalation, today: Callable[[], date], address: str) -> None:
        self._knowledge = knowledge
        self._escalation = escalation
        self._today = today
        self._address = address

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_answer_question"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002
    ) -> list[EventType]:
        """One turn."""
        turn = Turn.read(tracker)
        started = time.perf_counter()
        answer = await self._knowledge.answer(turn.text, turn.language, self._today())
        searched = {
            "version": answer.version if answer else self._knowledge.version,
            "milliseconds": round((time.perf_counter() - started) * 1000, 1),
        }
        if answer is None:
            count = await self._escalation.fail(turn, "empty_search", "searched the articles: none covers the question")
            return say_or_hand_over(dispatcher, count, "utter_knowledge_none", "refused", knowledge=searched)
        self._say(dispatcher, answer, searched)
        if turn.failed_attempts == 0:
            return []
        await self._escalation.close(turn)
        return [SlotSet("failed_attempts", 0)]

    def _say(self, dispatcher: CollectingDispatcher, answer: Answer, searched: dict[str, Any]) -> None:
        link = {"title": answer.link.title, "url": answer.link.url}
        card = {
            "title": answer.title,
            "definition": answer.definition,
            "details": list(answer.details),
            "script": answer.script,
            "link": link,
        }
        citations = [{"title": c.title, "url": c.url, "quote": c.quote} for c in answer.citations]
        dispatcher.utter_message(
            response="utter_knowledge_answer",
            json_message=payload("answered", card=card, citations=citations, knowledge=searched),
            definition=answer.definition,
            details="\n\n" + "\n".join(f"- {detail}" for detail in answer.details) if answer.details else "",
            script=answer.script,
            link=self._point(**link),
            sources="\n".join(dict.fromkeys(self._point(c.title, c.url) for c in answer.citations)),
        )

    def _point(self, title: str, url: str) -> str:
        return f"{title}: {self._address if url.startswith('/') else ''}{url}"
