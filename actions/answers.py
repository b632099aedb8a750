"""From the articles into a reply: searching for a message that may go on from the one before, and saying what was
found."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.forms import entity_of
from actions.questions import find_others, split_questions, split_story
from actions.turn import Turn, payload
from knowledge.answers import Answer, Citation, Refusal, Topic
from knowledge.articles import Link
from knowledge.follow_ups import Context, read_questions
from knowledge.index import KnowledgeUnavailable
from knowledge.more import More
from language import Language

FORGET_CONTEXT = SlotSet("context", None)
_SURE_OF_INTENT = 0.7  # confidence from which the intent helps the search
_SURE_OF_NOTHING = 0.9  # confidence from which a message is taken for gibberish


class Knows(Protocol):
    """What is needed of the knowledge base."""

    @property
    def version(self) -> str:
        """Fingerprint of the index that answers now."""
        ...

    async def answer(
        self,
        question: str,
        language: Language,
        today: date,
        audience: str | None = None,
        topic: frozenset[str] = frozenset(),
    ) -> Answer | Refusal:
        """The grounded answer, or what there is instead. Articles of `topic` (slugs) are preferred. Raises
        `KnowledgeUnavailable` within three seconds."""
        ...

    def topic_of(self, intent: str | None) -> frozenset[str]:
        """Slugs of the articles that an intent is about; empty without a topic."""
        ...

    def topic_around(self, slug: str) -> frozenset[str]:
        """Slugs of the articles that share a topic with this one; empty for an article of no topic."""
        ...

    async def tell_more(self, slug: str, question: str, shown: frozenset[str], today: date) -> More | None:
        """What an article says beyond `shown`; None when it is gone. Raises as `answer` does."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to: which of the readings was answered, what a reply says of the search, and what else the
    message asks."""

    question: str
    answer: Answer | Refusal
    searched: dict[str, Any]
    others: tuple[Topic, ...] = ()


class Answers:
    """`address` is where people reach the gateway: links in text are whole, those on a card are paths."""

    def __init__(
        self,
        knowledge: Knows,
        today: Callable[[], date],
        address: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.knowledge = knowledge
        self.today = today
        self._address = address
        self._clock = clock

    def context(self, turn: Turn) -> Context | None:
        """What was answered last in the conversation."""
        return Context.read(turn.slots.get("context"), self._clock())

    async def find(self, turn: Turn, tracker: Tracker, *, goes_on: bool = False, alone: bool = False) -> Found:
        """The first reading of the message that an article supports, else the refusal of the first one.

        Args:
            goes_on: the message is known to go on from the one before.
            alone: it is known to stand on its own.

        Raises `KnowledgeUnavailable`.
        """
        started = time.perf_counter()
        context = self.context(turn)
        question, answer = await self._search(turn, tracker, None if alone else context, goes_on=goes_on)
        if alone and context and self._may_go_on(answer, tracker):
            reading, other = await self._search(turn, tracker, context, goes_on=True)
            if isinstance(other, Answer) and context.slug in other.articles:
                question, answer = reading, other
        version = answer.version if isinstance(answer, Answer) else self.knowledge.version
        milliseconds = round((time.perf_counter() - started) * 1000, 1)
        others = await self._find_others(turn, question, answer) if isinstance(answer, Answer) else ()
        return Found(question, answer, {"version": version, "milliseconds": milliseconds}, others)

    async def _search(
        self, turn: Turn, tracker: Tracker, context: Context | None, *, goes_on: bool
    ) -> tuple[str, Answer | Refusal]:
        """The first reading that is answered, with its answer; without one the first reading and its refusal."""
        unanswered = read_unanswered(turn)
        text = unanswered if turn.text.startswith("/") else turn.text
        readings = read_questions(text, entity_of(tracker, "product"), context, goes_on=goes_on)
        readings = (*readings, *split_questions(text))
        if unanswered and turn.failed_attempts and unanswered != text:  # one question in two messages
            together = f"{unanswered} {text}"
            readings = (together, *readings) if goes_on and context is None else (*readings, together)
        topic = self._topic(tracker, context if goes_on else None)
        refused: list[tuple[str, Answer | Refusal]] = []
        for question in readings:
            answer = await self.knowledge.answer(question, turn.language, self.today(), topic=topic)
            if isinstance(answer, Answer):
                return question, answer
            refused.append((question, answer))
        told = await self._search_story(text, turn, refused[0][1], topic)
        return (text, told) if told else refused[0]

    async def _search_story(
        self, text: str, turn: Turn, refused: Answer | Refusal, topic: frozenset[str]
    ) -> Answer | None:
        """The answer to a sentence of a long message, when the message as a whole comes nearest to the same article:
        the words of a story bury what is asked, but two readings rarely err alike."""
        if not isinstance(refused, Refusal) or not refused.nearest:
            return None
        for sentence in split_story(text):
            answer = await self.knowledge.answer(sentence, turn.language, self.today(), topic=topic)
            if isinstance(answer, Answer) and answer.articles[0] == refused.nearest[0].slug:
                return answer
        return None

    async def _find_others(self, turn: Turn, answered: str, answer: Answer) -> tuple[Topic, ...]:
        """What else the message asks, under the name of the article that answers it. Without one it stands in its own
        words, as does a second question to one article: under one name they could not be told apart."""
        taken = set(answer.articles)
        others: list[Topic] = []
        for question in find_others(turn.text, answered):
            try:
                other = await self.knowledge.answer(question, turn.language, self.today())
            except KnowledgeUnavailable:  # just now: what was answered stands
                other = Refusal()
            if isinstance(other, Answer) and taken.isdisjoint(other.articles):
                taken.update(other.articles)
                others.append(Topic(question, other.articles[0], other.label))
            else:
                others.append(Topic(question, "", question))
        return tuple(others)

    def _may_go_on(self, answer: Answer | Refusal, tracker: Tracker) -> bool:
        """Whether neither the intent nor the search knows what a message is about that should stand alone. Then it more
        likely goes on from the answer before, unless it has no words to go on with."""
        intent = tracker.latest_message.get("intent") or {}
        if intent.get("name") == "nlu_fallback" and float(intent.get("confidence") or 0.0) >= _SURE_OF_NOTHING:
            return False
        topic = self.knowledge.topic_of(intent.get("name"))
        return isinstance(answer, Refusal) or topic.isdisjoint(answer.articles)

    def _topic(self, tracker: Tracker, context: Context | None) -> frozenset[str]:
        """The articles that the message's intent is about, none where the intent is a guess; what goes on from an
        answer has the topic of that answer."""
        if context is not None:
            return self.knowledge.topic_around(context.slug)
        intent = tracker.latest_message.get("intent") or {}
        is_sure = float(intent.get("confidence") or 0.0) >= _SURE_OF_INTENT
        return self.knowledge.topic_of(intent.get("name")) if is_sure else frozenset()

    def say(self, dispatcher: CollectingDispatcher, found: Found, answer: Answer, tracker: Tracker) -> list[EventType]:
        """Utters the answer (`utter_knowledge_answer`, without words for the customer `utter_knowledge_excerpt`)."""
        dispatcher.utter_message(
            response="utter_knowledge_answer" if answer.script else "utter_knowledge_excerpt",
            json_message=payload(
                "answered", card=_card(answer), citations=write_citations(answer.citations), knowledge=found.searched
            ),
            buttons=_offer_next(found.others, answer.next),
            opening=f"{answer.point}\n\n" if answer.point else "",
            definition=answer.definition,
            details=_bullets(answer),
            script=answer.script or "",
            link=self.point(answer.link) if answer.link else "",
            sources="\n".join(dict.fromkeys(self.point(Link(c.title, c.url)) for c in answer.citations)),
            spoken=answer.spoken,
        )
        shown = tuple(text for text in (answer.point, *answer.details) if text)
        named = entity_of(tracker, "product")
        context = Context(found.question, answer.articles[0], answer.title, named, shown, self._clock())
        return [SlotSet("context", context.as_slot())]

    def point(self, link: Link) -> str:
        """A link as a line of text."""
        return f"{link.title}: {self._address if link.url.startswith('/') else ''}{link.url}"

    def remember(self, context: Context, more: More) -> EventType:
        """The context after more of its article was said."""
        shown = (*context.shown, *more.texts)
        kept = Context(context.question, context.slug, context.title, context.product, shown, self._clock())
        return SlotSet("context", kept.as_slot())


def read_unanswered(turn: Turn) -> str:
    """The last message that was not understood or that no article answered; empty without one."""
    return str(turn.slots.get("unanswered") or "")


def remember_unanswered(turn: Turn) -> EventType:
    """Keeps the message for the reading that is chosen of it, or for what is added to it."""
    return SlotSet("unanswered", turn.text)


def write_citations(citations: Iterable[Citation]) -> list[dict[str, str]]:
    """Citations as a reply carries them."""
    return [{"title": c.title, "url": c.url, "quote": c.quote, "place": c.place} for c in citations]


def offer(topic: Topic) -> dict[str, str]:
    """A topic as a button that shows its short name: choosing it asks its question."""
    return {"title": topic.label, "payload": topic.question}


def _offer_next(others: tuple[Topic, ...], following: Topic | None) -> list[dict[str, str]]:
    """What else was asked, then the article that follows, where it is not among them."""
    buttons = [offer(topic) for topic in others]
    if following and following.slug not in {topic.slug for topic in others}:
        buttons.append(offer(following))
    return buttons


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
