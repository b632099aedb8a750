"""The two ways to split the calls, and what our method and the baselines make of each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit

from benchmarks.leads.scoring.bank import CALL, DAY, DERIVED, MONTH, RECENT, Bank
from benchmarks.leads.scoring.baselines import run_baselines
from saathi.scoring.model import Additive
from saathi.scoring.training.additive import Recipe, fit, fit_line, fit_shift
from saathi.scoring.training.choosing import choose, validate
from saathi.scoring.training.columns import Floats, Table, take
from saathi.scoring.training.folds import Fold, split_forward, split_stratified
from saathi.scoring.training.judging import Figures, average, judge

PAST = 0.75
_STRETCHES = 4  # of the newer half of the training part
_FIFTHS, _INNER = 5, 3
_SEEDS = (7, 8)
RANDOM_SPLITS = _FIFTHS * len(_SEEDS)

RANDOM_RECIPES = [Recipe((*CALL, *MONTH, *more, *RECENT), 1000.0) for more in (DAY, (*DAY, *DERIVED))]
# Without the columns on the economy: what they were in the past they are not again, and steps do not go on.
TIME_RECIPES = [
    Recipe((*columns, *RECENT), ridge, 5000.0) for columns in (CALL, (*CALL, *MONTH)) for ridge in (300.0, 3000.0)
]


@dataclass(frozen=True)
class Trial:
    """A way to split: each method's figures; of its last split what was chosen and its AUC in validation, our model and
    the rows it was judged on."""

    name: str
    figures: dict[str, Figures]
    recipe: Recipe
    validated: float
    model: Additive
    judged: Table


Note = Callable[[], object]
Recalibration = Callable[[Floats, Floats], tuple[float, float]]


def run_random(bank: Bank, note: Note) -> Trial:
    """Random splits, four fifths to one, the same at each run: all calls dealt into fifths twice, so that each is
    judged twice. Figures are the mean over the ten: models of different splits are not on one scale, so their forecasts
    are not ranked together (Forman and Scholz 2010). Only outcomes of the training part are known."""
    trials = []
    for past, later in (split for seed in _SEEDS for split in split_stratified(bank.won, _FIFTHS, seed)):
        known = np.zeros(len(bank.won), dtype=bool)
        known[past] = True
        table = bank.with_recent(known, past)
        learned, won = take(table, past), bank.won[past]
        folds = split_stratified(won, _INNER, _SEEDS[0])
        chosen = choose(RANDOM_RECIPES, learned, won, folds, note)
        line = _calibrate(chosen[0], learned, won, folds)
        trials.append(_finish("random split", bank, table, past, later, chosen, line))
    figures = {name: average([trial.figures[name] for trial in trials]) for name in trials[0].figures}
    return replace(trials[-1], figures=figures)


def run_in_time(bank: Bank, note: Note, *, recent: bool = True) -> Trial:
    """The last quarter by what came before it. The model is trained once; `recent` lets a call know how the calls
    before it ended, as it would be in operation, else nothing that ended after training is known."""
    count = len(bank.won)
    past, later = np.arange(int(PAST * count)), np.arange(int(PAST * count), count)
    table = bank.with_recent(np.ones(count, dtype=bool), past) if recent else bank.table
    recipes = TIME_RECIPES if recent else [_without_recent(recipe) for recipe in TIME_RECIPES]
    learned, won = take(table, past), bank.won[past]
    chosen = choose(recipes, learned, won, split_forward(len(past), _STRETCHES), note)
    line = _recalibrate(chosen[0], learned, won)
    name = "in order of time" + ("" if recent else ", no outcome known after training")
    return _finish(name, bank, table, past, later, chosen, line)


def _without_recent(recipe: Recipe) -> Recipe:
    return Recipe(tuple(column for column in recipe.columns if column not in RECENT), recipe.ridge, recipe.half_life)


def _calibrate(recipe: Recipe, learned: Table, won: Floats, folds: Sequence[Fold]) -> tuple[float, float]:
    """Slope and shift by what the recipe says of folds that it was not fitted to."""
    odds = np.concatenate(list(validate(recipe, learned, won, folds)))
    return fit_line(odds, np.concatenate([won[judged] for _, judged in folds]))


def _recalibrate(recipe: Recipe, learned: Table, won: Floats) -> tuple[float, float]:
    """Slope and shift by the newest stretch of the past: none, a shift, or both, whichever brought the earlier
    stretches, each fitted to the one before it, nearest to what came (Brier)."""
    folds = split_forward(len(won), _STRETCHES)
    odds = list(validate(recipe, learned, won, folds))
    came = [won[judged] for _, judged in folds]

    def miss(way: Recalibration) -> float:
        lines = [way(before, known) for before, known in zip(odds[:-1], came[:-1], strict=True)]
        tried = zip(lines, odds[1:], came[1:], strict=True)
        return float(np.mean([np.mean((expit(slope * o + shift) - w) ** 2) for (slope, shift), o, w in tried]))

    best = min((_leave, fit_shift, fit_line), key=miss)
    return best(odds[-1], came[-1])


def _leave(_log_odds: Floats, _won: Floats) -> tuple[float, float]:
    return 1.0, 0.0


def _finish(
    name: str,
    bank: Bank,
    table: Table,
    past: Floats,
    later: Floats,
    chosen: tuple[Recipe, float],
    line: tuple[float, float],
) -> Trial:
    fitted = fit(chosen[0], take(table, past), bank.won[past])
    judged, came = take(table, later), bank.won[later]
    odds = fitted.log_odds(judged)
    said = {"ours": expit(line[0] * odds + line[1]), "ours, not recalibrated": expit(odds)}
    said |= run_baselines(take(bank.table, past), bank.won[past], take(bank.table, later))
    told = {**bank.table, **{column.name: table[column.name] for column in chosen[0].columns}}
    if len(told) > len(bank.table):
        helped = run_baselines(take(told, past), bank.won[past], take(told, later))
        said |= {f"{name}, told the same": probability for name, probability in helped.items()}
    said["base rate of the past"] = np.full(len(came), bank.won[past].mean())
    figures = {name: judge(probability, came) for name, probability in said.items()}
    return Trial(name, figures, chosen[0], chosen[1], fitted.additive(*line), judged)
