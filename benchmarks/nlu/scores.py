"""Figures of a dataset's verdicts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.nlu.examples import OUT_OF_SCOPE


@dataclass(frozen=True)
class Judged:
    """A message's intent, what it was taken for (`OUT_OF_SCOPE` when refused), and the likeliest intent regardless."""

    intent: str
    language: str
    taken_for: str
    likeliest: str
    milliseconds: float


def in_scope_accuracy(judged: Sequence[Judged], language: str | None = None) -> float | None:
    """Share of the in-scope messages whose likeliest intent is right, refusals left aside."""
    return _share([one.likeliest == one.intent for one in _within(judged, language)])


def accuracy_after_refusal(judged: Sequence[Judged], language: str | None = None) -> float | None:
    """The same with a refused message counted as wrong."""
    return _share([one.taken_for == one.intent for one in _within(judged, language)])


def out_of_scope_recall(judged: Sequence[Judged]) -> float | None:
    """Share of the out-of-scope messages that were refused; None where there are none."""
    return _share([one.taken_for == OUT_OF_SCOPE for one in judged if one.intent == OUT_OF_SCOPE])


def false_refusals(judged: Sequence[Judged]) -> float | None:
    """Share of the in-scope messages that were refused."""
    return _share([one.taken_for == OUT_OF_SCOPE for one in _within(judged, None)])


def correlation(judged: Sequence[Judged]) -> float:
    """Matthews' coefficient over all labels, out-of-scope among them (Gorodkin, 2004); 0 where it is undefined."""
    meant, given = Counter(one.intent for one in judged), Counter(one.taken_for for one in judged)
    total, right = len(judged), sum(one.intent == one.taken_for for one in judged)
    covariance = right * total - sum(meant[label] * given[label] for label in meant)
    spread = (total**2 - sum(n * n for n in meant.values())) * (total**2 - sum(n * n for n in given.values()))
    return covariance / math.sqrt(spread) if spread else 0.0


def percentile(values: Sequence[float], share: float) -> float:
    """The value below or at which `share` of the values lie (nearest rank)."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def _within(judged: Sequence[Judged], language: str | None) -> list[Judged]:
    return [one for one in judged if one.intent != OUT_OF_SCOPE and language in (None, one.language)]


def _share(hits: Sequence[bool]) -> float | None:
    return sum(hits) / len(hits) if hits else None
