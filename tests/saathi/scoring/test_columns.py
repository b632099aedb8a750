"""Columns become numbers, and weights become curves that say the same; folds keep apart what they promise to."""

import numpy as np
import pytest

from saathi.scoring.training.columns import Coder, Column, read_table
from saathi.scoring.training.folds import split_forward, split_groups, split_stratified

NUMBERS = [0.0, 1.0, 1.0, 2.0, 5.0, None, 9.0, 2.0]
WORDS = ["a", "b", "a", None, "b", "a", "b", "rare"]


@pytest.mark.parametrize(
    "column",
    [
        Column("n", "steps", 1, bins=4),
        Column("n", "line"),
        Column("w", "names"),
        Column("n", "steps", is_missing_told=False),
    ],
    ids=["steps", "line", "names", "conditional"],
)
def test_a_curve_says_what_the_weights_say(column: Column) -> None:
    rows = [{"n": number, "w": word} for number, word in zip(NUMBERS, WORDS, strict=True)]
    values = read_table(rows, [column])[column.name]
    coder = Coder.learn(column, values)
    coded = coder.code(values)
    weights = np.random.default_rng(1).normal(size=coded.shape[1])
    curve = coder.curve(weights, 0.25)

    said = [curve.at(row[column.name]) for row in rows]
    assert said == pytest.approx(list(coded @ weights - 0.25), abs=1e-5)


def test_a_missing_value_is_coded_as_what_is_usual() -> None:
    coder = Coder.learn(Column("n", "line"), np.array([1.0, 3.0, np.nan]))

    assert coder.code(np.array([np.nan])).tolist() == [[2.0, 1.0]]


def test_a_stated_direction_bounds_each_step_and_leaves_the_missing_free() -> None:
    values = np.array([0.0, 1.0, 2.0, 3.0])
    rising, falling = (Coder.learn(Column("n", "steps", sign), values).bounds() for sign in (1, -1))

    assert set(rising[:-1]) == {(0.0, None)}
    assert set(falling[:-1]) == {(None, 0.0)}
    assert rising[-1] == falling[-1] == (None, None)


def test_rare_words_and_new_ones_are_other() -> None:
    values = np.array(["a"] * 900 + ["b"] * 99 + ["odd"], dtype=object)
    coder = Coder.learn(Column("w", "names"), values)

    assert coder.marks == ("a", "b")
    assert coder.code(np.array(["odd", "never seen"], dtype=object)).tolist() == [[0, 0, 1, 0]] * 2


def test_stretches_of_time_are_judged_by_what_came_before_them() -> None:
    folds = split_forward(100, 4)

    assert [len(judged) for _, judged in folds] == [12, 13, 12, 13]
    assert all(learned.max() + 1 == judged.min() for learned, judged in folds)


def test_folds_share_no_partner() -> None:
    partners = [f"P{number % 7}" for number in range(70)]
    for learned, judged in split_groups(partners, 5, seed=1):
        assert not {partners[row] for row in learned} & {partners[row] for row in judged}


def test_stratified_folds_judge_each_row_once_and_hold_as_many_wins() -> None:
    won = np.array([1.0] * 6 + [0.0] * 24)
    folds = split_stratified(won, 3, seed=1)

    assert sorted(int(row) for _, judged in folds for row in judged) == list(range(30))
    assert [won[judged].sum() for _, judged in folds] == [2, 2, 2]
    assert not any(set(learned) & set(judged) for learned, judged in folds)
