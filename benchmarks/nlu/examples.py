"""What is learned from and what is judged."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

OUT_OF_SCOPE = "out_of_scope"
SEED = 20261121


@dataclass(frozen=True)
class Example:
    """A message with its intent; `entities` are (start, end, entity), `language` is "" where data has one only."""

    text: str
    intent: str
    language: str = ""
    entities: tuple[tuple[int, int, str], ...] = ()


@dataclass(frozen=True)
class Trial:
    """One training with the messages that are judged afterwards."""

    train: tuple[Example, ...]
    test: tuple[Example, ...]


@dataclass(frozen=True)
class Dataset:
    """A name and its trials: one, or one a fold."""

    name: str
    trials: tuple[Trial, ...]


def hold_out(examples: Sequence[Example], share: float) -> Trial:
    """Hold back `share` of each intent's examples, the same ones each time."""
    chance = random.Random(SEED)
    train: list[Example] = []
    test: list[Example] = []
    for own in _by_intent(examples).values():
        chance.shuffle(own)
        cut = round(len(own) * share)
        test += own[:cut]
        train += own[cut:]
    return Trial(tuple(train), tuple(test))


def cross_validate(examples: Sequence[Example], folds: int) -> tuple[Trial, ...]:
    """Each example is judged once; each intent is spread evenly over the folds."""
    chance = random.Random(SEED)
    parts: list[list[Example]] = [[] for _ in range(folds)]
    place = 0
    for own in _by_intent(examples).values():
        chance.shuffle(own)
        for example in own:  # goes on where the last intent ended, so that folds are of one size
            parts[place % folds].append(example)
            place += 1
    return tuple(
        Trial(tuple(example for other in parts if other is not part for example in other), tuple(part))
        for part in parts
    )


def _by_intent(examples: Sequence[Example]) -> dict[str, list[Example]]:
    found: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        found[example.intent].append(example)
    return found
