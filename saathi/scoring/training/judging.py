"""The figures a scoring is judged by."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

import numpy as np
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from saathi.scoring.training.columns import Floats

_TOP = 0.2


@dataclass(frozen=True)
class Figures:
    """`base_brier` is that of saying the share of wins of these very examples each time, which no forecast knows; `top`
    is the share of wins among the highest fifth."""

    auc: float
    average_precision: float
    brier: float
    base_brier: float
    top: float
    wins: float
    examples: int

    def as_row(self) -> dict[str, float | int]:
        """For a table or a file."""
        return {name: round(value, 4) for name, value in asdict(self).items()}


def judge(probability: Floats, won: Floats) -> Figures:
    """The figures of probabilities against what came of them."""
    share = float(won.mean())
    best = np.argsort(-probability, kind="stable")[: max(1, round(_TOP * len(won)))]
    return Figures(
        auc=float(roc_auc_score(won, probability)),
        average_precision=float(average_precision_score(won, probability)),
        brier=float(brier_score_loss(won, probability)),
        base_brier=share * (1 - share),
        top=float(won[best].mean()),
        wins=share,
        examples=len(won),
    )


def average(many: Sequence[Figures]) -> Figures:
    """The mean of each figure."""
    return Figures(
        **{field.name: sum(getattr(one, field.name) for one in many) / len(many) for field in fields(Figures)}
    )


@dataclass(frozen=True)
class Band:
    """Examples of like probability: what was said, and what came."""

    said: float
    came: float
    examples: int


def read_calibration(probability: Floats, won: Floats, bands: int = 10) -> list[Band]:
    """The calibration curve: bands of as many examples each, from the least likely up."""
    order = np.argsort(probability, kind="stable")
    parts = [part for part in np.array_split(order, bands) if len(part)]
    return [Band(float(probability[part].mean()), float(won[part].mean()), len(part)) for part in parts]
