"""Trains as the assistant does, on a part of the messages, and judges others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.cross_validation.messages import Entities, Message, Spans
from bot.entity_patterns import read_patterns
from bot.entity_training import Annotated, train_finder
from bot.head import Floats
from bot.head_training import train_head
from bot.text import latin_form

OUT_OF_SCOPE = "out_of_scope"
FALLBACK = "nlu_fallback"
DECLINED = frozenset({OUT_OF_SCOPE, FALLBACK})


@dataclass(frozen=True)
class Judged:
    """What was made of a message; `entities` is None where none are looked for."""

    message: Message
    intent: str
    confidence: float
    entities: Spans | None

    @property
    def is_right(self) -> bool:
        """Whether the intent is the one meant; declining in either way is right for what is out of scope."""
        if self.message.intent in DECLINED:
            return self.intent in DECLINED
        return self.intent == self.message.intent


@dataclass(frozen=True)
class Lot:
    """Messages with their sentence vectors (n, d)."""

    messages: Sequence[Message]
    vectors: Floats

    def take(self, places: np.ndarray) -> Lot:
        """Those at `places`."""
        return Lot([self.messages[at] for at in places], self.vectors[places])


def learn_and_judge(seen: Lot, unseen: Lot, finds: Entities) -> list[Judged]:
    """Train on `seen` and judge `unseen`; raises TrainingDataError or PatternError where that cannot be done."""
    texts = [latin_form(message.text) for message in seen.messages]
    head = train_head(texts, seen.vectors, [message.intent for message in seen.messages], OUT_OF_SCOPE)
    find = _learn_entities(seen.messages, finds)
    judged = []
    for message, vector in zip(unseen.messages, unseen.vectors, strict=True):
        verdict = head.judge(latin_form(message.text), vector)
        intent, confidence = verdict.ranking[0]
        named = FALLBACK if verdict.is_rejected else intent
        judged.append(Judged(message, named, confidence, find(message.text) if find else None))
    return judged


def _learn_entities(seen: Sequence[Message], finds: Entities) -> Callable[[str], Spans] | None:
    if finds is Entities.NOT_FOUND:
        return None
    examples = [Annotated(message.text, message.entities) for message in seen]
    finder = train_finder(examples, read_patterns(), has_ner=finds is Entities.BY_RULES_AND_NER)
    return lambda text: tuple((one.start, one.end, one.entity) for one in finder.find(text))
