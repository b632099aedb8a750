"""Chooses a recipe by validation inside the training part: on folds held apart, or on each stretch of time by what came
before."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from sklearn.metrics import roc_auc_score

from saathi.scoring.training.additive import Recipe, fit
from saathi.scoring.training.columns import Floats, Table, take
from saathi.scoring.training.folds import Fold


def validate(
    recipe: Recipe, table: Table, won: Floats, folds: Sequence[Fold], weight: Floats | None = None
) -> Iterator[Floats]:
    """The log-odds that a recipe gives to each fold, fitted without it."""
    for learned, judged in folds:
        counts = None if weight is None else weight[learned]
        yield fit(recipe, take(table, learned), won[learned], counts).log_odds(take(table, judged))


def choose(
    recipes: Sequence[Recipe], table: Table, won: Floats, folds: Sequence[Fold], note: Callable[[], object]
) -> tuple[Recipe, float]:
    """The recipe with the highest mean AUC over the folds, the first of equals, and that AUC; `note` is told of each
    one tried."""
    best, highest = recipes[0], -1.0
    for recipe in recipes:
        results = zip(validate(recipe, table, won, folds), folds, strict=True)
        reached = float(np.mean([roc_auc_score(won[judged], odds) for odds, (_, judged) in results]))
        note()
        if reached > highest + 1e-4:
            best, highest = recipe, reached
    return best, highest
