"""What must hold of every score: its parts add up, a change goes where it is said to go, and it is quick."""

import time
from dataclasses import dataclass
from random import Random

import numpy as np

from saathi.leads.model import Customer, Engagement, Lead, LeadStory, Stage, StageChange
from saathi.scoring.features import Value
from saathi.scoring.model import Additive, LeadScorer
from saathi.scoring.training.columns import Table

_DAY = 86_400.0


@dataclass(frozen=True)
class Checked:
    """`furthest` is the most by which base and contributions missed a score, `followed` the share of changes of one
    feature after which the score moved as the feature's own contribution says."""

    furthest: float
    followed: float
    changes: int


def check_parts(model: Additive, table: Table, most: int = 400) -> Checked:
    """Look at some rows of a table, and at each of their features changed to another row's."""
    chance = Random(3)
    count = len(next(iter(table.values())))
    rows = [_row(table, number) for number in chance.sample(range(count), min(most, count))]
    furthest, followed, changes = 0.0, 0, 0
    for row in rows:
        score = model.score(row)
        furthest = max(furthest, abs(score.base + sum(c.points for c in score.contributions) - score.points))
        for curve in model.curves:
            other = chance.choice(rows)[curve.feature]
            after = model.score({**row, curve.feature: other})
            said = _points(after.contributions, curve.feature) - _points(score.contributions, curve.feature)
            if curve.at(other) != curve.at(row[curve.feature]):
                changes += 1
                followed += (after.points - score.points) * said > 0
    return Checked(furthest, followed / max(changes, 1), changes)


def time_scores(scorer: LeadScorer, runs: int = 2000) -> tuple[float, float]:
    """Milliseconds of one score of a lead with a long story, p50 and p95."""
    story, now = _long_story(), 200 * _DAY
    spent = []
    for _ in range(runs):
        begun = time.perf_counter()
        scorer.score(story, 0.4, now)
        spent.append(1000 * (time.perf_counter() - begun))
    return float(np.quantile(spent, 0.5)), float(np.quantile(spent, 0.95))


def _row(table: Table, number: int) -> dict[str, Value]:
    values = {name: column[number] for name, column in table.items()}
    return {name: None if value != value else value for name, value in values.items()}  # noqa: PLR0124 - NaN


def _points(contributions: object, feature: str) -> float:
    return next(c.points for c in contributions if c.feature == feature)  # type: ignore[attr-defined]


def _long_story() -> LeadStory:
    kinds = ("message_opened", "replied", "call_missed", "call_answered", "quote_asked", "document_sent")
    engagement = tuple(Engagement(kinds[n % len(kinds)], n * _DAY) for n in range(200))
    history = tuple(StageChange(Stage.CONTACTED, n * 10 * _DAY, "thinking", "partner") for n in range(20))
    customer = Customer("C-1", "A Customer", None, "Bihar")
    lead = Lead("L-1", customer, "term", None, "referral", Stage.CONTACTED, 0.0, None, None, 0.0, 0.0)
    return LeadStory(lead, history, engagement)
