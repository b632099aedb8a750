"""The UCI bank data (Moro, Cortez, Rita 2014): one call a row, in order of time, and whether it sold a deposit.

`duration` is dropped: it is known only when the call is over. `pdays` 999 is "never called before", so it is missing.
The five columns on the economy and `month` leak nothing about a call, but they name its quarter, month or day, as does
`calling_day`, which is read from the order of the file."""

import csv
import gzip
from collections.abc import Iterable
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
_CLIENT = ("age", "job", "marital", "education")
_PRIOR_CALLS = 20.0

CALL = (
    Column("age", "steps", bins=10), Column("campaign", "steps", bins=6), Column("previous", "steps"),
    Column("pdays", "steps"), *(Column(name, "names") for name in WORDS if name != "month"),
)  # fmt: skip
MONTH = (Column("month", "names"),)
DERIVED = (
    Column("calls_since_alike", "steps", bins=40, held=0.1),
    Column("month_contact", "names"),  # both words as one: a call to a landline does not fare alike in all months
    Column("calling_day", "names"),
    Column("calls_today", "steps", bins=20),
)
DAY = tuple(Column(name, "steps", bins=40) for name in ECONOMY)
RECENT = tuple(Column(f"recent_{calls}", "line", 1, held=0.01) for calls in HALF_LIVES)


class BankDataMissing(Exception):
    """The file is not there or is another; the message says what to do."""


@dataclass(frozen=True)
class Bank:
    """The calls: `table` is what the file has, `derived` what its columns say of a call together with its neighbours'.
    What the neighbours' outcomes say, `with_recent` adds."""

    file: str
    table: Table
    derived: Table
    won: Floats

    def with_recent(self, known: Mask, past: Rows) -> Table:
        """All columns with, for each call, how the calls before it went, as far as `known` admits. `past` is what is
        trained on: it alone tells what is usual."""
        usual = float(self.won[past].mean())
        recent = {f"recent_{calls}": follow(self.won, known, calls, usual) for calls in HALF_LIVES}
        return {**self.table, **self.derived, **recent}


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
    table = read_table(rows, columns)
    return Bank(file.name, table, _derive(table), np.array([row["y"] == "yes" for row in rows], dtype=float))


def _derive(table: Table) -> Table:
    """`calling_day` names the day of a call, `calls_today` counts the calls of that day before it; a day begins where
    the month or the day of the week changes. `calls_since_alike` says how many calls ago the last client of the same
    description was called: a few calls ago it often was the same client."""
    month, weekday = table["month"], table["day_of_week"]
    begins = np.append(True, (month[1:] != month[:-1]) | (weekday[1:] != weekday[:-1]))
    day = np.cumsum(begins)
    return {
        "month_contact": month + " " + table["contact"],
        "calling_day": np.array([f"day {number}" for number in day], dtype=object),
        "calls_today": (np.arange(len(day)) - np.flatnonzero(begins)[day - 1]).astype(float),
        "calls_since_alike": _count_since_alike(zip(*(table[name] for name in _CLIENT), strict=True)),
    }


def _count_since_alike(clients: Iterable[tuple[Any, ...]]) -> Floats:
    """For each client how many calls ago the last one like it was called, NaN for the first."""
    last: dict[tuple[Any, ...], int] = {}
    since = []
    for number, client in enumerate(clients):
        since.append(number - last[client] if client in last else np.nan)
        last[client] = number
    return np.array(since, dtype=float)


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
