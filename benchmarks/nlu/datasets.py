"""The public data: read from the folder that is given, split the same way each time."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.nlu.examples import OUT_OF_SCOPE, Dataset, Example, Trial, cross_validate, hold_out

_FOLDS = 5
_HELD_SHARE = 0.2


class DataMissingError(RuntimeError):
    """The data folder lacks something; the message names the file and the remedy."""


def read_banking(folder: Path) -> Dataset:
    """BANKING77 with a fifth of each intent held back."""
    return Dataset("banking77", (hold_out(_read(folder, "banking77/train.csv", "text", "category"), _HELD_SHARE),))


def read_clinc(folder: Path) -> Dataset:
    """CLINC150 with its out-of-scope rows among the training data."""
    return _clinc(folder, "clinc150", with_rows=True)


def read_clinc_without_rows(folder: Path) -> Dataset:
    """CLINC150 with no out-of-scope row to learn from: all of them are judged."""
    return _clinc(folder, "clinc150-no-oos-rows", with_rows=False)


def read_hwu(folder: Path) -> Dataset:
    """HWU64, its validation rows held back."""
    train, test = (_read(folder, f"hwu64/{name}.csv", "text", "intent") for name in ("train", "valid"))
    return Dataset("hwu64", (Trial(tuple(train), tuple(test)),))


def read_hinglish_top(folder: Path) -> Dataset:
    """Hinglish-TOP, outermost intent, both languages among the training data, its validation rows held back."""
    train, test = (
        tuple(
            example
            for query, intent, language in (
                ("cs_query", "intent_top", "hinglish"),
                ("en_query", "en_intent_top", "en"),
            )
            for example in _read(folder, f"hinglish_top/{name}.csv", query, intent, language)
        )
        for name in ("train", "validation")
    )
    return Dataset("hinglish-top", (Trial(train, test),))


def read_hint3(bot: str) -> Callable[[Path], Dataset]:
    """The reader of one HINT3 bot: what its builders wrote, in five folds."""

    def read(folder: Path) -> Dataset:
        examples = _read(folder, f"hint3/{bot}_train.csv", "sentence", "label")
        return Dataset(f"hint3-{bot}", cross_validate(examples, _FOLDS))

    return read


PUBLIC: dict[str, Callable[[Path], Dataset]] = {
    "hint3-sofmattress": read_hint3("sofmattress"),
    "hint3-curekart": read_hint3("curekart"),
    "hint3-powerplay11": read_hint3("powerplay11"),
    "hinglish-top": read_hinglish_top,
    "hwu64": read_hwu,
    "banking77": read_banking,
    "clinc150": read_clinc,
    "clinc150-no-oos-rows": read_clinc_without_rows,
}


def _clinc(folder: Path, name: str, *, with_rows: bool) -> Dataset:
    train, test, foreign, held = (
        _read(folder, f"clinc150/{file}.csv", "text", "intent") for file in ("train", "val", "oos_train", "oos_val")
    )
    foreign, held = _foreign(foreign), _foreign(held)
    if with_rows:
        return Dataset(name, (Trial((*train, *foreign), (*test, *held)),))
    return Dataset(name, (Trial(tuple(train), (*test, *foreign, *held)),))


def _foreign(examples: Sequence[Example]) -> list[Example]:
    return [Example(example.text, OUT_OF_SCOPE) for example in examples]


def _read(folder: Path, name: str, text: str, intent: str, language: str = "") -> list[Example]:
    file = folder / name
    if not file.is_file():
        raise DataMissingError(f"{name} is not in {folder}: name the folder of the public data with DATA=<folder>.")
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    if not rows or not {text, intent} <= rows[0].keys():
        raise DataMissingError(
            f"{file} has no rows with the columns {text} and {intent}: take it from its source anew."
        )
    return [Example(row[text].strip(), row[intent], language) for row in rows if row[text].strip()]
