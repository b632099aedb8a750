"""The examples that `python -m saathi.scoring.examples` wrote, as columns."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from saathi.scoring.features import CATEGORIES, CONDITIONAL, DIRECTIONS
from saathi.scoring.training.columns import Column, Floats, Table, read_table

COLUMNS = (
    *(Column(name, "names", is_missing_told=name not in CONDITIONAL) for name in CATEGORIES),
    *(
        Column(name, "steps", direction, is_missing_told=name not in CONDITIONAL)
        for name, direction in DIRECTIONS.items()
    ),
)


class ExamplesUnusable(Exception):
    """The examples are missing or too few; the message says what to do."""


@dataclass(frozen=True)
class Examples:
    """In order of time. `partners`, `regions`, `ages` and `reasons` are never learned from."""

    table: Table
    won: Floats
    weight: Floats
    at: Floats
    partners: tuple[str, ...]
    regions: tuple[str, ...]
    ages: tuple[int | None, ...]
    reasons: tuple[str | None, ...]

    def day(self, row: int) -> str:
        """The day of one example."""
        return datetime.fromtimestamp(float(self.at[row]), UTC).date().isoformat()


def read_examples_file(path: Path, least: int = 200) -> Examples:
    """Read the file.

    Raises:
        ExamplesUnusable: there is none, or fewer than `least` examples, or all of them ended alike.
    """
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    except OSError as error:
        raise ExamplesUnusable(f"{path} cannot be read: run `make train-leads`, which writes it.") from error
    if len(rows) < least or len({row["won"] for row in rows}) < 2:
        raise ExamplesUnusable(
            f"{path} holds {len(rows)} examples: {least} are needed, and approved ones as well as others. "
            "Wait for more leads to end, or fill an empty store with `make demo-data`."
        )
    rows.sort(key=lambda row: (row["at"], row["lead"]))
    return Examples(
        read_table([row["features"] for row in rows], COLUMNS),
        np.array([row["won"] for row in rows], dtype=float),
        np.array([row["weight"] for row in rows]),
        np.array([row["at"] for row in rows]),
        tuple(row["partner"] for row in rows),
        tuple(row["region"] for row in rows),
        tuple(row["age"] for row in rows),
        tuple(row["lost_because"] for row in rows),
    )
