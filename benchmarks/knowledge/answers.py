"""What is answered and what is refused, and what is wrong with the answers."""

import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from tqdm import tqdm

from benchmarks.knowledge.judge import CHECKS, Judge
from benchmarks.knowledge.questions import Asked, Group
from benchmarks.knowledge.rankers import Ranker
from benchmarks.knowledge.times import Times
from knowledge.answers import Answer
from knowledge.base import Knowledge

Decision = Literal["right", "wrong", "refused"]
Counts = dict[Group, Counter[Decision]]


@dataclass(slots=True)
class Tally:
    """What came of the questions: of those that an article answers (`answerable`) and of the others, by group.

    "wrong": another article was given, or one where none should be. `faults` name the article and the text at fault,
    never the question. `ranked_first` counts the answers whose article the benchmark's own ranking puts first, too.
    """

    answerable: Counts = field(default_factory=lambda: defaultdict(Counter))
    unanswerable: Counts = field(default_factory=lambda: defaultdict(Counter))
    answers: int = 0
    ranked_first: int = 0
    passed: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    given: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def report(self) -> dict[str, Any]:
        """Shares from 0 to 1, and the milliseconds of a question from its text to its answer."""
        return {
            "answerable": {group: _shares(counts) for group, counts in self.answerable.items()},
            "unanswerable": {group: _shares(counts) for group, counts in self.unanswerable.items()},
            "answers": self.answers,
            "ranked_first": self.ranked_first / self.answers if self.answers else None,
            "checks": {check: self.passed[check] / self.answers for check in CHECKS if self.answers},
            "wishes": {
                wish: {"asked": asked, "given": self.given[wish] / asked} for wish, asked in sorted(self.asked.items())
            },
            "faults": self.faults,
            "milliseconds": Times.of(self.seconds).report(),
        }


async def ask_all(asked: Sequence[Asked], knowledge: Knowledge, judge: Judge, whole: Ranker, today: date) -> Tally:
    """Asks every question once and checks every answer that is given; `whole` ranks as `knowledge` should."""
    tally = Tally()
    for one in tqdm(asked, desc="answers", unit="question"):
        began = time.perf_counter()
        answer = await knowledge.answer(one.text, one.language, today)
        tally.seconds.append(time.perf_counter() - began)
        given = answer if isinstance(answer, Answer) else None
        counts = tally.answerable if one.slugs else tally.unanswerable
        for group in one.groups:
            counts[group][_decision(given, one)] += 1
        if given is not None:
            tally.ranked_first += (await whole.rank(one.text))[:1] == [given.articles[0]]
            await _check(tally, judge, given, one)
    return tally


def _decision(answer: Answer | None, one: Asked) -> Decision:
    if answer is None:
        return "refused"
    return "right" if answer.articles[0] in one.slugs else "wrong"


async def _check(tally: Tally, judge: Judge, answer: Answer, one: Asked) -> None:
    tally.answers += 1
    faults = await judge.check(answer, one)
    tally.faults.extend(f"{answer.articles[0]} ({one.language}), {check}: {found}" for check, found in faults)
    broken = {check for check, _ in faults}
    tally.passed.update(check for check in CHECKS if check not in broken)
    for wish, is_given in judge.wishes(answer, one):
        tally.asked[wish] += 1
        tally.given[wish] += is_given


def _shares(counts: Counter[Decision]) -> dict[str, float]:
    total = counts.total()
    return {"questions": total, **{name: counts[name] / total for name in ("right", "wrong", "refused")}}
