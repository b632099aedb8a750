"""Figures over judged messages."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.cross_validation.learning import DECLINED, FALLBACK, OUT_OF_SCOPE, Judged

LANGUAGES = ("en", "hinglish", "hi")


@dataclass(frozen=True)
class Score:
    """How often a name was meant, given, and both."""

    meant: int = 0
    given: int = 0
    right: int = 0

    @property
    def precision(self) -> float:
        """Share of what was given that was meant."""
        return self.right / self.given if self.given else 0.0

    @property
    def recall(self) -> float:
        """Share of what was meant that was given."""
        return self.right / self.meant if self.meant else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        return 2 * self.right / (self.meant + self.given) if self.meant + self.given else 0.0


@dataclass(frozen=True)
class Whole:
    """Shares over messages that mean something; None where there are no such messages."""

    messages: int
    accuracy: float | None
    accuracy_in_scope: float | None
    refused_in_scope: float | None
    out_of_scope_recall: float | None


def over_all(judged: Iterable[Judged]) -> Whole:
    """Accuracy and refusals. What means nothing (`nlu_fallback` in the test sets) is left to `over_intents`."""
    meaning = [one for one in judged if one.message.intent != FALLBACK]
    inside = [one for one in meaning if one.message.intent != OUT_OF_SCOPE]
    outside = [one for one in meaning if one.message.intent == OUT_OF_SCOPE]
    return Whole(
        len(meaning),
        _share([one.is_right for one in meaning]),
        _share([one.is_right for one in inside]),
        _share([one.intent in DECLINED for one in inside]),
        _share([one.is_right for one in outside]),
    )


def _share(facts: Sequence[bool]) -> float | None:
    return sum(facts) / len(facts) if facts else None


def over_intents(judged: Iterable[Judged]) -> dict[str, Score]:
    """A score for each intent that was meant; a refusal counts as `out_of_scope`, which it comes to."""
    return _score((merged(one.message.intent), merged(one.intent)) for one in judged)


def merged(intent: str) -> str:
    """The name under which an intent counts."""
    return OUT_OF_SCOPE if intent in DECLINED else intent


def _score(pairs: Iterable[tuple[str, str]]) -> dict[str, Score]:
    counts = Counter(pairs)
    meant, given = Counter[str](), Counter[str]()
    for (truth, guess), count in counts.items():
        meant[truth] += count
        given[guess] += count
    return {name: Score(meant[name], given[name], counts[name, name]) for name in meant}


def over_entities(judged: Iterable[Judged]) -> dict[str, Score]:
    """A score for each entity: right is the same name at the same words. Empty where none were looked for."""
    meant, given, right = Counter[str](), Counter[str](), Counter[str]()
    for one in judged:
        if one.entities is not None:
            meant.update(entity for _, _, entity in one.message.entities)
            given.update(entity for _, _, entity in one.entities)
            right.update(entity for _, _, entity in {*one.entities} & {*one.message.entities})
    return {name: Score(meant[name], given[name], right[name]) for name in sorted({*meant, *given})}


def total(scores: Iterable[Score]) -> Score:
    """All of them as one (micro average)."""
    known = list(scores)
    return Score(sum(s.meant for s in known), sum(s.given for s in known), sum(s.right for s in known))


def confusions(judged: Iterable[Judged]) -> list[tuple[str, str, list[Judged]]]:
    """(meant, given, messages) of what went wrong, most frequent first."""
    found: dict[tuple[str, str], list[Judged]] = defaultdict(list)
    for one in judged:
        if not one.is_right:
            found[one.message.intent, one.intent].append(one)
    ordered = sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return [(meant, given, sorted(messages, key=lambda one: one.message.place)) for (meant, given), messages in ordered]
