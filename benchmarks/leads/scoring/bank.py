"""The UCI bank data (Moro, Cortez, Rita 2014): one call a row, in order of time, and whether it sold a deposit.

`duration` is dropped: it is known only when the call is over. `pdays` 999 is "never called before", so it is missing.
The five columns on the economy and `month` leak nothing about a call, but they name its quarter, month or day."""

import csv
import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from saathi.scoring.training.columns import Column, Floats, Table, read_table
from saathi.scoring.training.folds import Rows

Mask = NDArray[np.bool_]

DROPPED = "duration"
WORDS = (
    "job", "marital", "education", "default", "housing", "loan", "contact", "month", "day_of_week", "poutcome",
)  # fmt: skip
ECONOMY = ("emp.var.rate", "cons.price.idx", "cons.conf.idx", "euribor3m", "nr.employed")
HALF_LIVES = (15, 50, 300, 2000)  # calls
_NEVER = "999"
_PRIOR_CALLS = 20.0

CALL = (
    Column("age", "steps", bins=10), Column("campaign", "steps", bins=6), Column("previous", "steps"),
    Column("pdays", "steps"), *(Column(name, "names") for name in WORDS if name != "month"),
)  # fmt: skip
MONTH = (Column("month", "names"),)
MONTH_CONTACT = (
    Column("month_contact", "names"),
)  # both words as one: a call to a landline does not fare alike in all months
DAY = tuple(Column(name, "steps", bins=40) for name in ECONOMY)
RECENT = tuple(Column(f"recent_{calls}", "line", 1, held=0.01) for calls in HALF_LIVES)


class BankDataMissing(Exception):
    """The file is not there or is another; the message says what to do."""


@dataclass(frozen=True)
class Bank:
    """The calls, without what their neighbours' outcomes say (`with_recent` adds that)."""

    file: str
    table: Table
    won: Floats

    def with_recent(self, known: Mask, past: Rows) -> Table:
        """The columns with, for each call, how the calls before it went, as far as `known` admits. `past` is what is
        trained on: it alone tells what is usual."""
        usual = float(self.won[past].mean())
        recent = {f"recent_{calls}": follow(self.won, known, calls, usual) for calls in HALF_LIVES}
        return {**self.table, **recent}


def read_bank(place: Path) -> Bank:
    """Read a file, or the largest bank-additional*.csv[.gz] below a folder.

    Raises:
        BankDataMissing: nothing there has the columns.
    """
    found = [place] if place.is_file() else sorted(place.rglob("bank-additional*.csv*"), key=lambda f: f.stat().st_size)
    if not found:
        raise BankDataMissing(f"{place} holds no bank-additional*.csv: name the folder with DATA=<folder>.")
    file = found[-1]
    plain = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    lines = plain.decode("utf-8-sig").splitlines()
    rows: list[dict[str, Any]] = list(csv.DictReader(lines, delimiter=";"))
    columns = (*CALL, *MONTH, *DAY)
    if not rows or {column.name for column in columns} - set(rows[0]):
        raise BankDataMissing(f"{file} has other columns than the UCI bank data.")
    for row in rows:
        row["pdays"] = None if row["pdays"] == _NEVER else row["pdays"]
        row["month_contact"] = f"{row['month']} {row['contact']}"
    return Bank(
        file.name,
        read_table(rows, (*columns, *MONTH_CONTACT)),
        np.array([row["y"] == "yes" for row in rows], dtype=float),
    )


def follow(won: Floats, known: Mask, half_life: float, usual: float) -> Floats:
    """For each call the log-odds of success among the known calls before it, the nearest counting most.

    The call itself and all that come after it are not looked at; where little is known,
    the `usual` share is.
    """
    decay = 0.5 ** (1 / half_life)
    wins = calls = 0.0
    told = np.empty(len(won))
    for number in range(len(won)):
        told[number] = (wins + _PRIOR_CALLS * usual) / (calls + _PRIOR_CALLS)
        wins, calls = wins * decay, calls * decay
        if known[number]:
            wins, calls = wins + won[number], calls + 1
    return np.log(told / (1 - told))
