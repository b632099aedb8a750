"""Columns of examples as numbers that a linear model can weigh, and its weights back as curves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from saathi.scoring.model import Curve

Floats = NDArray[np.float64]
Table = Mapping[str, NDArray[Any]]  # by name: floats with NaN, or words with None; all of one length

_LEAST_SHARE = 0.002  # of the examples: a rarer word is "other"


@dataclass(frozen=True)
class Column:
    """A feature. `direction` is 1 where more of it may never lower the score, -1 where it may never raise it, else 0.
    `held` is how much of the recipe's penalty its weights bear; `is_missing_told` is whether it says something that a
    value is missing."""

    name: str
    kind: Literal["steps", "line", "names"]
    direction: int = 0
    bins: int = 8
    held: float = 1.0
    is_missing_told: bool = True


def take(table: Table, rows: NDArray[Any]) -> Table:
    """Some rows of a table."""
    return {name: values[rows] for name, values in table.items()}


def read_table(rows: Sequence[Mapping[str, float | str | None]], columns: Sequence[Column]) -> Table:
    """Rows of features as columns."""
    table: dict[str, NDArray[Any]] = {}
    for column in columns:
        values = [row.get(column.name) for row in rows]
        if column.kind == "names":
            table[column.name] = np.array(values, dtype=object)
        else:
            table[column.name] = np.array([np.nan if value is None else float(value) for value in values])
    return table


@dataclass(frozen=True)
class Coder:
    """How one column is coded: a 0/1 column for each edge that a number reaches ("steps"), the number itself ("line",
    which goes on as far again as training went, on either side), or one for each word; the last one says that the value
    is missing."""

    column: Column
    marks: tuple[Any, ...]
    usual: tuple[float, ...] = ()

    @classmethod
    def learn(cls, column: Column, values: NDArray[Any]) -> "Coder":
        """From the values of training: edges at quantiles, words that are common."""
        known = values[~_find_missing(column, values)]
        bare = cls(column, _find_marks(column, known, len(values)))
        coded = bare._code_known(known, np.zeros(len(known), dtype=bool))
        usual = coded.mean(axis=0) if len(known) else np.zeros(coded.shape[1])
        return cls(column, bare.marks, tuple(float(share) for share in usual))

    def code(self, values: NDArray[Any]) -> Floats:
        """A row for each value; the columns of `marks`, then the one for what is missing. A missing value is coded as
        the average of those that were known in training, so that its own weight says how it differs from that."""
        missing = _find_missing(self.column, values)
        coded = self._code_known(values, missing)
        coded[missing] = self.usual
        return np.column_stack([coded, missing]).astype(float)

    def _code_known(self, values: NDArray[Any], missing: NDArray[Any]) -> Floats:
        if self.column.kind == "names":
            words = np.where(missing, "", values).astype(str)
            known = [words == mark for mark in self.marks]
            other = ~np.any(known, axis=0) if known else np.ones(len(words), dtype=bool)
            return np.column_stack([*known, other]).astype(float)
        if self.column.kind == "line":
            return np.clip(np.where(missing, 0.0, values), *self.marks)[:, None].astype(float)
        reached = [np.where(missing, 0.0, values) >= mark for mark in self.marks]
        return np.column_stack(reached).astype(float) if reached else np.zeros((len(values), 0))

    def bounds(self) -> list[tuple[float | None, float | None]]:
        """Between what each weight must lie, so that the curve keeps its direction."""
        sign = self.column.direction
        bound = (0.0, None) if sign > 0 else (None, 0.0) if sign < 0 else (None, None)
        size = 1 if self.column.kind == "line" else len(self.marks) + (self.column.kind == "names")
        return [bound] * size + [(None, None) if self.column.is_missing_told else (0.0, 0.0)]

    def curve(self, weights: Floats, centre: float) -> Curve:
        """The weights of the coded columns as a curve whose average over the training is 0."""
        missing = _round(weights[-1] + np.array(self.usual) @ weights[:-1] - centre)
        if self.column.kind == "names":
            names = {mark: _round(weight - centre) for mark, weight in zip(self.marks, weights[:-2], strict=True)}
            return Curve(
                feature=self.column.name, kind="names", names=names, other=_round(weights[-2] - centre), missing=missing
            )
        if self.column.kind == "line":
            slope = float(weights[0])
            middle = centre / slope if slope else 0.0
            return Curve(
                feature=self.column.name, kind="line", edges=self.marks, slope=slope, centre=middle, missing=missing
            )
        values = np.concatenate([[0.0], np.cumsum(weights[:-1])]) - centre
        return Curve(
            feature=self.column.name, kind="steps", edges=self.marks,
            values=tuple(_round(value) for value in values), missing=missing,
        )  # fmt: skip


def _find_missing(column: Column, values: NDArray[Any]) -> NDArray[Any]:
    return np.equal(values, None) if column.kind == "names" else np.isnan(values)


def _find_marks(column: Column, known: NDArray[Any], count: int) -> tuple[Any, ...]:
    if column.kind == "names":
        words, counts = np.unique(known.astype(str), return_counts=True)
        return tuple(str(word) for word in words[counts >= max(2, _LEAST_SHARE * count)])
    if not len(known):
        return (0.0, 0.0) if column.kind == "line" else ()
    low, high = float(known.min()), float(known.max())
    if column.kind == "line":
        return (round(2 * low - high, 9), round(2 * high - low, 9))
    edges = np.unique(np.quantile(known, np.linspace(0, 1, column.bins + 1)[1:], method="higher"))
    return tuple(round(float(edge), 9) for edge in edges[edges > low])


def _round(value: float) -> float:
    return round(float(value), 6)
