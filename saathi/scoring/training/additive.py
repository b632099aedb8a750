"""Fits the additive model: a ridge logistic regression over coded columns, with bounds that keep stated directions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular
from scipy.optimize import brentq, lsq_linear
from scipy.special import expit

from saathi.scoring.model import Additive
from saathi.scoring.training.columns import Coder, Column, Floats, Table

_MOST_STEPS, _NEAR, _LEAST_BEND = 50, 1e-10, 1e-6


@dataclass(frozen=True)
class Recipe:
    """What a fit is made by. `ridge` is how much weights are held small; `half_life` is after how many later examples
    one counts half as much, None where all count alike."""

    columns: tuple[Column, ...]
    ridge: float = 10.0
    half_life: float | None = None


@dataclass(frozen=True)
class Fitted:
    """A fit that has not become curves yet: quick on many rows at once."""

    coders: tuple[Coder, ...]
    weights: tuple[Floats, ...]
    centres: tuple[float, ...]
    intercept: float

    def log_odds(self, table: Table) -> Floats:
        """Of each row."""
        rows = len(next(iter(table.values())))
        total = np.full(rows, self.intercept)
        for coder, weights, centre in zip(self.coders, self.weights, self.centres, strict=True):
            total += coder.code(table[coder.column.name]) @ weights - centre
        return total

    def additive(self, slope: float = 1.0, shift: float = 0.0) -> Additive:
        """The model as curves, its log-odds calibrated to `slope * log-odds + shift`."""
        parts = zip(self.coders, self.weights, self.centres, strict=True)
        curves = tuple(coder.curve(slope * weights, slope * centre) for coder, weights, centre in parts)
        return Additive(intercept=round(slope * self.intercept + shift, 6), curves=curves)


def fit(recipe: Recipe, table: Table, won: Floats, weight: Floats | None = None) -> Fitted:
    """Fit to examples in order of time; `won` is 0 or 1, `weight` how much each counts before its age."""
    counts = np.ones(len(won)) if weight is None else weight
    if recipe.half_life is not None:
        counts = counts * 0.5 ** (np.arange(len(won) - 1, -1, -1) / recipe.half_life)
    counts = counts / counts.mean()
    coders = tuple(Coder.learn(column, table[column.name]) for column in recipe.columns)
    blocks = [coder.code(table[coder.column.name]) for coder in coders]
    means = [np.average(block, axis=0, weights=counts) for block in blocks]
    scales = [
        np.sqrt(np.average((block - mean) ** 2, axis=0, weights=counts))
        for block, mean in zip(blocks, means, strict=True)
    ]
    scales = [np.where(scale < 1e-9, np.inf, scale) for scale in scales]
    coded = np.hstack([(block - mean) / scale for block, mean, scale in zip(blocks, means, scales, strict=True)])
    bounds = [bound for coder in coders for bound in coder.bounds()]
    held = [np.full(block.shape[1], coder.column.held) for coder, block in zip(coders, blocks, strict=True)]
    intercept, solved = _solve(coded, won, counts, recipe.ridge * np.concatenate(held), bounds)
    split = np.split(solved, np.cumsum([block.shape[1] for block in blocks])[:-1])
    weights = tuple(part / scale for part, scale in zip(split, scales, strict=True))
    centres = tuple(float(mean @ part) for mean, part in zip(means, weights, strict=True))
    return Fitted(coders, weights, centres, intercept)


def fit_line(log_odds: Floats, won: Floats, weight: Floats | None = None) -> tuple[float, float]:
    """Slope and shift that make log-odds fit what came of them (Platt); the slope is never negative."""
    counts = np.ones(len(won)) if weight is None else weight / weight.mean()
    shift, slope = _solve(log_odds[:, None], won, counts, np.array([1e-3]), [(0.0, None)])
    return float(slope[0]), shift


def fit_shift(log_odds: Floats, won: Floats) -> tuple[float, float]:
    """The slope 1, and the shift by which log-odds say as many wins as there were."""
    ends = (-30.0, 30.0)
    return 1.0, float(brentq(lambda shift: expit(log_odds + shift).mean() - won.mean(), *ends))


def _solve(
    coded: Floats, won: Floats, counts: Floats, ridge: Floats, bounds: Sequence[tuple[float | None, float | None]]
) -> tuple[float, Floats]:
    """Intercept and weights of least penalised log-loss, by Newton's method: each step solves the quadratic that fits
    best here, within the bounds. The intercept is free."""
    whole = np.column_stack([np.ones(len(won)), coded])
    penalty = np.concatenate([[0.0], ridge])
    limits = _spread(bounds)

    def loss(point: Floats) -> float:
        odds = whole @ point
        return float(counts @ (np.logaddexp(0.0, odds) - won * odds) + 0.5 * penalty @ point**2)

    share = float(np.clip(np.average(won, weights=counts), 1e-4, 1 - 1e-4))
    point = np.zeros(whole.shape[1])
    point[0] = np.log(share / (1 - share))
    reached = loss(point)
    for _ in range(_MOST_STEPS):
        said = expit(whole @ point)
        slope = whole.T @ (counts * (said - won)) + penalty * point
        bend = (whole * (counts * said * (1 - said))[:, None]).T @ whole + np.diag(penalty + _LEAST_BEND)
        root = np.linalg.cholesky(bend).T
        target = root @ point - solve_triangular(root.T, slope, lower=True)
        step = lsq_linear(root, target, limits, method="bvls").x - point
        while (after := loss(point + step)) > reached and np.abs(step).max() > _NEAR:
            step = step / 2
        point, gained, reached = point + step, reached - after, after
        if gained < _NEAR * abs(reached):
            break
    return float(point[0]), point[1:]


def _spread(bounds: Sequence[tuple[float | None, float | None]]) -> tuple[Floats, Floats]:
    """Bounds as the solver wants them: all lower and all upper ones, with room between, the free intercept first."""
    low = np.array([-np.inf, *(-np.inf if least is None else least for least, _ in bounds)])
    high = np.array([np.inf, *(np.inf if most is None else most for _, most in bounds)])
    return low, np.where(high == low, low + 1e-12, high)
