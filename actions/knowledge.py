"""Answers from the articles: to a question, to a topic of which the assistant can say no more, and to what goes on from
the answer before."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import (
    FORGET_CONTEXT,
    Answers,
    Found,
    offer,
    read_unanswered,
    remember_unanswered,
    write_citations,
)
from actions.escalation import Escalation
from actions.forms import entity_of
from actions.replies import close_attempts, say_or_hand_over
from actions.reported import remember_report, was_reported
from actions.turn import Turn, payload
from knowledge.answers import Answer, Refusal
from knowledge.articles import Link
from knowledge.index import KnowledgeUnavailable

# Questions of these intents may lack their subject; those of a topic have it in the intent.
_MAY_GO_ON = frozenset({"ask_knowledge", "compare_products"})
# Topics whose reply asks whether a person should be brought in: a yes means that.
_OFFERING_A_PERSON = frozenset({"withdraw_consent"})
_log = structlog.get_logger("actions")


def list_knowledge_actions(answers: Answers, escalation: Escalation) -> list[Action]:
    """The actions that answer from the articles."""
    return [
        AnswerQuestion(answers, escalation, "action_answer_question"),
        AnswerQuestion(answers, escalation, "action_answer_follow_up", goes_on=True),
        AnswerTopic(answers, escalation),
        AnswerMore(answers, escalation),
        RepeatAnswer(answers, escalation),
    ]


class AnswerQuestion(Action):
    """Utters an answer, or that there is none: `utter_knowledge_none`, `_nearest` with topics to choose from, `_stale`
    when the facts have run out, `_unavailable` when the articles cannot be searched. Hands over when that was one
    failure too many. What `goes_on` from nothing is asked for (`utter_conversation_about_what`)."""

    def __init__(self, answers: Answers, escalation: Escalation, name: str, *, goes_on: bool = False) -> None:
        self._answers = answers
        self._escalation = escalation
        self._name = name
        self._goes_on = goes_on

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
        turn = Turn.read(tracker)
        knows_of_nothing = self._answers.context(turn) is None and not (turn.failed_attempts and read_unanswered(turn))
        if self._goes_on and knows_of_nothing and not entity_of(tracker, "product"):
            return await _ask_about_what(dispatcher, self._escalation, turn)
        try:
            alone = not self._goes_on and turn.intent not in _MAY_GO_ON
            found = await self._answers.find(turn, tracker, goes_on=self._goes_on, alone=alone)
        except KnowledgeUnavailable:
            return await _regret(dispatcher, self._escalation, turn)
        if isinstance(found.answer, Refusal):
            return await self._decline(dispatcher, turn, found, found.answer)
        said = self._answers.say(dispatcher, found, found.answer, tracker)
        return [*said, *await close_attempts(self._escalation, turn)]

    async def _decline(
        self, dispatcher: CollectingDispatcher, turn: Turn, found: Found, refusal: Refusal
    ) -> list[EventType]:
        count = await self._escalation.fail(turn, "empty_search", "searched the articles: none covers the question")
        response, filling = _alternative(refusal)
        said = say_or_hand_over(dispatcher, count, response, "refused", filling, knowledge=found.searched)
        return [*said, remember_unanswered(turn)]


class AnswerTopic(Action):
    """What there is to say where the assistant itself can do no more: `utter_<intent>`, and what the articles have on
    it, if they have something. No failed attempt: the reply says plainly what to do instead. Who reports the same once
    more was not helped by that: an attempt failed."""

    def __init__(self, answers: Answers, escalation: Escalation, clock: Callable[[], float] = time.time) -> None:
        self._answers = answers
        self._escalation = escalation
        self._clock = clock

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_answer_topic"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002
    ) -> list[EventType]:
        """One turn."""
        turn = Turn.read(tracker)
        response = f"utter_{turn.intent}"
        if turn.intent in _OFFERING_A_PERSON:
            return await self.offer_person(dispatcher, tracker, turn, response)
        dispatcher.utter_message(response=response, json_message=payload("refused"))
        return await self._add_article(dispatcher, tracker, turn)

    async def offer_person(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        turn: Turn,
        response: str,
        filling: Mapping[str, Any] | None = None,
        **content: Any,
    ) -> list[EventType]:
        """Utters `response`, which asks whether a person should be brought in, and what the articles have. `filling`
        and `content` are as in `say_or_hand_over`."""
        now = self._clock()
        if was_reported(turn, now):
            count = await self._escalation.fail(turn, "not_helpful", "said what to do about it; it was reported again")
            return say_or_hand_over(dispatcher, count, response, "refused", filling, **content)
        dispatcher.utter_message(response=response, json_message=payload("refused", **content), **(filling or {}))
        offered = [SlotSet("person_offered", True), remember_report(turn, now)]
        return [*offered, *await self._add_article(dispatcher, tracker, turn)]

    async def _add_article(self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn) -> list[EventType]:
        try:
            found = await self._answers.find(turn, tracker, alone=True)
        except KnowledgeUnavailable as error:
            _log.warning("topic_without_article", reason=str(error))
            return []
        if isinstance(found.answer, Answer):
            return self._answers.say(dispatcher, found, found.answer, tracker)
        return []


class AnswerMore(Action):
    """More of the article that answered last (`utter_knowledge_more`, `utter_conversation_nothing_more`)."""

    def __init__(self, answers: Answers, escalation: Escalation) -> None:
        self._answers = answers
        self._escalation = escalation

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_answer_more"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002
    ) -> list[EventType]:
        """One turn."""
        turn = Turn.read(tracker)
        context = self._answers.context(turn)
        if context is None:
            return await _ask_about_what(dispatcher, self._escalation, turn)
        question = f"{context.question} {turn.text}"
        try:
            more = await self._answers.knowledge.tell_more(
                context.slug, question, frozenset(context.shown), self._answers.today()
            )
        except KnowledgeUnavailable:
            return await _regret(dispatcher, self._escalation, turn)
        if more is None or not more.texts:
            dispatcher.utter_message(response="utter_conversation_nothing_more", json_message=payload("refused"))
            return []
        dispatcher.utter_message(
            response="utter_knowledge_more",
            json_message=payload("answered", citations=write_citations(more.citations)),
            details="\n".join(f"- {text}" for text in more.texts),
            sources=self._answers.point(Link(more.title, more.url)),
        )
        return [self._answers.remember(context, more), *await close_attempts(self._escalation, turn)]


class RepeatAnswer(Action):
    """The last answer in its shortest form (`utter_knowledge_short`), or that there is none to repeat."""

    def __init__(self, answers: Answers, escalation: Escalation) -> None:
        self._answers = answers
        self._escalation = escalation

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_repeat_answer"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002
    ) -> list[EventType]:
        """One turn."""
        turn = Turn.read(tracker)
        context = self._answers.context(turn)
        if context is None:
            dispatcher.utter_message(response="utter_conversation_nothing_to_repeat", json_message=payload("clarified"))
            return []
        try:
            answer = await self._answers.knowledge.answer(
                context.question, turn.language, self._answers.today(), topic=frozenset({context.slug})
            )
        except KnowledgeUnavailable:
            return await _regret(dispatcher, self._escalation, turn)
        if isinstance(answer, Refusal):  # the article has gone meanwhile
            dispatcher.utter_message(response="utter_conversation_nothing_more", json_message=payload("refused"))
            return [FORGET_CONTEXT]
        said = {answer.point or answer.definition, answer.definition}
        citations = [c for c in answer.citations if c.quote in said or c.place == "Definition"]
        dispatcher.utter_message(
            response="utter_knowledge_short",
            json_message=payload("answered", citations=write_citations(citations)),
            short=answer.point or answer.definition,
            sources=self._answers.point(Link(citations[0].title, citations[0].url)),
        )
        return []


async def _ask_about_what(dispatcher: CollectingDispatcher, escalation: Escalation, turn: Turn) -> list[EventType]:
    """It goes on from something, and nothing was spoken of."""
    count = await escalation.fail(turn, "unclear", "asked what the question is about")
    return say_or_hand_over(dispatcher, count, "utter_conversation_about_what", "clarified")


async def _regret(dispatcher: CollectingDispatcher, escalation: Escalation, turn: Turn) -> list[EventType]:
    """The articles cannot be had just now."""
    count = await escalation.fail(turn, "failed_action", "the articles could not be searched just now")
    return say_or_hand_over(dispatcher, count, "utter_knowledge_unavailable", "refused")


def _alternative(refusal: Refusal) -> tuple[str, dict[str, Any]]:
    """The response that says what there is instead of an answer, and what fills it."""
    if refusal.stale is not None:
        return "utter_knowledge_stale", {
            "title": refusal.stale.title,
            "until": f"{refusal.stale.valid_until:%d-%m-%Y}",
        }
    if refusal.nearest:
        return "utter_knowledge_nearest", {"buttons": [offer(topic) for topic in refusal.nearest]}
    return "utter_knowledge_none", {}
