"""Folds in which near-duplicates stay together: no message is judged by a head that has seen nearly the same one."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.model_selection import StratifiedGroupKFold

FOLDS = 5
# Share of the words of two messages that both have, from which on they are nearly the same.
ALIKE = 0.6
_WORD = re.compile(r"\w+")

Numbers = npt.NDArray[np.intp]


def group_alike(texts: Sequence[str]) -> Numbers:
    """The group of each text (Latin form): those alike, and those alike to one of them, share one (union-find)."""
    words = [sorted(set(_WORD.findall(text))) or [text] for text in texts]
    columns = {word: column for column, word in enumerate(dict.fromkeys(word for own in words for word in own))}
    sizes = np.array([len(own) for own in words])
    ends = np.concatenate([[0], np.cumsum(sizes)])
    places = np.array([columns[word] for own in words for word in own])
    table = csr_matrix((np.ones(len(places), np.int32), places, ends), shape=(len(words), len(columns)))
    leaders = list(range(len(words)))
    common = (table @ table.T).tocoo()
    shared = common.data / (sizes[common.row] + sizes[common.col] - common.data)
    near = (shared >= ALIKE) & (common.row < common.col)
    for one, other in zip(common.row[near], common.col[near], strict=True):
        leaders[_leader(leaders, int(one))] = _leader(leaders, int(other))
    return np.array([_leader(leaders, at) for at in range(len(words))])


def _leader(leaders: list[int], at: int) -> int:
    while leaders[at] != at:
        leaders[at] = at = leaders[leaders[at]]
    return at


def split(intents: Sequence[str], groups: Numbers) -> list[tuple[Numbers, Numbers]]:
    """For each fold, which messages are seen and which are judged; intents are spread as evenly as groups allow."""
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0)
    return list(folds.split(np.zeros(len(intents)), np.array(intents), groups))
