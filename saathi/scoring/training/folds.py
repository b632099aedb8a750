"""Ways to hold examples apart from what is learned from."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[Any]
Fold = tuple[Rows, Rows]  # learned from, judged on


def split_stratified(won: Rows, folds: int, seed: int) -> list[Fold]:
    """Folds by chance, with the same share of wins in each; the same at each run."""
    chance, own = np.random.default_rng(seed), np.empty(len(won), dtype=int)
    for outcome in np.unique(won):
        own[won == outcome] = chance.permutation(int(np.sum(won == outcome))) % folds
    return [(np.flatnonzero(own != fold), np.flatnonzero(own == fold)) for fold in range(folds)]


def split_forward(count: int, folds: int, begin: float = 0.5) -> list[Fold]:
    """Stretches of time from `begin` of the way on, each with all that came before it."""
    ends = np.linspace(begin * count, count, folds + 1).astype(int)
    return [(np.arange(start), np.arange(start, end)) for start, end in pairwise(ends)]


def split_groups(groups: Sequence[str], folds: int, seed: int) -> list[Fold]:
    """Folds that share no group; the groups are dealt out by chance, the same at each run."""
    names = sorted(set(groups))
    dealt = np.random.default_rng(seed).permutation(len(names)) % folds
    fold_of = dict(zip(names, dealt, strict=True))
    own = np.array([fold_of[group] for group in groups])
    return [(np.flatnonzero(own != fold), np.flatnonzero(own == fold)) for fold in range(folds)]
