"""`action_answer_question`: answers from the articles, or says what it has instead."""

import time
from collections.abc import Callable
from datetime import date
from typing import Any, Protocol

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.escalation import Escalation
from actions.replies import close_attempts, say_or_hand_over
from actions.turn import Turn, payload
from knowledge.answers import Answer, Refusal, Topic
from knowledge.articles import Link
from knowledge.index import KnowledgeUnavailable
from language import Language


class Answers(Protocol):
    """What is needed of the knowledge base."""

    @property
    def version(self) -> str:
        """Fingerprint of the index that answers now."""
        ...

    async def answer(self, question: str, language: Language, today: date) -> Answer | Refusal:
        """The grounded answer, or what there is instead. Raises `KnowledgeUnavailable` within three seconds."""
        ...


class AnswerQuestion(Action):
    """Utters an answer (`utter_knowledge_answer`, without words for the customer `utter_knowledge_excerpt`), or that
    there is none: `utter_knowledge_none`, `_nearest` with topics to choose from, `_stale` when the facts have run out,
    `_unavailable` when the articles cannot be searched. Hands over when that was one failure too many.

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
        try:
            answer = await self._knowledge.answer(turn.text, turn.language, self._today())
        except KnowledgeUnavailable:
            count = await self._escalation.fail(turn, "failed_action", "the articles could not be searched just now")
            return say_or_hand_over(dispatcher, count, "utter_knowledge_unavailable", "refused")
        searched = {
            "version": answer.version if isinstance(answer, Answer) else self._knowledge.version,
            "milliseconds": round((time.perf_counter() - started) * 1000, 1),
        }
        if isinstance(answer, Refusal):
            count = await self._escalation.fail(turn, "empty_search", "searched the articles: none covers the question")
            response, filling = _decline(answer)
            return say_or_hand_over(dispatcher, count, response, "refused", filling, knowledge=searched)
        self._say(dispatcher, answer, searched)
        return await close_attempts(self._escalation, turn)

    def _say(self, dispatcher: CollectingDispatcher, answer: Answer, searched: dict[str, Any]) -> None:
        citations = [{"title": c.title, "url": c.url, "quote": c.quote, "place": c.place} for c in answer.citations]
        dispatcher.utter_message(
            response="utter_knowledge_answer" if answer.script else "utter_knowledge_excerpt",
            json_message=payload("answered", card=_card(answer), citations=citations, knowledge=searched),
            buttons=[_offer(answer.next)] if answer.next else [],
            opening=f"{answer.point}\n\n" if answer.point else "",
            definition=answer.definition,
            details=_bullets(answer),
            script=answer.script or "",
            link=self._point(answer.link) if answer.link else "",
            sources="\n".join(dict.fromkeys(self._point(Link(c.title, c.url)) for c in answer.citations)),
            spoken=answer.spoken,
        )

    def _point(self, link: Link) -> str:
        return f"{link.title}: {self._address if link.url.startswith('/') else ''}{link.url}"


def _decline(refusal: Refusal) -> tuple[str, dict[str, Any]]:
    """The response that says what there is instead of an answer, and what fills it."""
    if refusal.stale is not None:
        return "utter_knowledge_stale", {
            "title": refusal.stale.title,
            "until": f"{refusal.stale.valid_until:%d-%m-%Y}",
        }
    if refusal.nearest:
        return "utter_knowledge_nearest", {"buttons": [_offer(topic) for topic in refusal.nearest]}
    return "utter_knowledge_none", {}


def _offer(topic: Topic) -> dict[str, str]:
    """A topic as a button: choosing it asks its question."""
    return {"title": topic.question, "payload": topic.question}


def _card(answer: Answer) -> dict[str, Any]:
    table = answer.table
    return {
        "title": answer.title,
        "point": answer.point,
        "definition": answer.definition,
        "details": list(answer.details),
        "table": {"head": list(table.head), "rows": [list(row) for row in table.rows]} if table else None,
        "script": answer.script,
        "link": {"title": answer.link.title, "url": answer.link.url} if answer.link else None,
    }


def _bullets(answer: Answer) -> str:
    lines = [*answer.details, *(answer.table.lines if answer.table else ())]
    return "\n\n" + "\n".join(f"- {line}" for line in lines) if lines else ""
