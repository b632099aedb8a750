"""The public data: what may be trained on, and what is held back to measure with.

Licences and sources: BANKING77 (CC BY 4.0), CLINC150 (CC BY 3.0), HWU64 (CC BY 4.0), MultiDoGO insurance
(CDLA-Permissive 1.0), Hinglish-TOP (Apache-2.0). HINT3 is share-alike and is not trained on.
"""

import csv
import random
from dataclasses import dataclass
from pathlib import Path

_HELD_PAIRS = 900
_HELD_SHARE = 5  # one in five of BANKING77
_SEED = 7


class DataMissingError(RuntimeError):
    """The folder of public data is not there; the message says how to name it."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """Texts with their intents, to learn from and held back."""

    name: str
    train: tuple[tuple[str, str], ...]
    held: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Twin:
    """One utterance in Hinglish and in English, with its intent."""

    hinglish: str
    english: str
    intent: str


@dataclass(frozen=True, slots=True)
class PublicData:
    """What is trained on (`parallel`, `english`) and what is measured on."""

    twins: tuple[Twin, ...]
    held_twins: tuple[Twin, ...]
    labelled: tuple[Labelled, ...]
    others: tuple[str, ...]

    @property
    def parallel(self) -> list[tuple[str, str]]:
        """Hinglish with its English, nothing held back among them."""
        return [(twin.hinglish, twin.english) for twin in self.twins]

    @property
    def english(self) -> list[str]:
        """English sentences of the training parts."""
        return [*(text for data in self.labelled for text, _ in data.train), *self.others]


def read_public(folder: Path) -> PublicData:
    """Reads and splits the data, the same way each time. Raises `DataMissingError`."""
    if not (folder / "hinglish_top" / "train.csv").is_file():
        raise DataMissingError(f"No public data in {folder}: name its folder with `make encoder DATA=<folder>`.")
    twins, held_twins = _split_twins(
        [
            Twin(row["cs_query"], row["en_query"], row["intent_top"])
            for name in ("train", "validation")
            for row in _rows(folder / "hinglish_top" / f"{name}.csv")
        ]
    )
    banking = [(row["text"], row["category"]) for row in _rows(folder / "banking77" / "train.csv")]
    random.Random(_SEED).shuffle(banking)
    cut = len(banking) // _HELD_SHARE
    clinc = [
        tuple((row["text"], row["intent"]) for row in _rows(folder / "clinc150" / f"{name}.csv"))
        for name in ("train", "val")
    ]
    others = [row["text"] for row in _rows(folder / "hwu64" / "train.csv")]
    customers = [row["utterance"] for row in _rows(folder / "multidogo" / "insurance_sentence_train.csv")]
    others += [text for text in dict.fromkeys(customers) if len(text.split()) > 4]
    return PublicData(
        twins=twins,
        held_twins=held_twins,
        labelled=(
            Labelled("BANKING77", tuple(banking[cut:]), tuple(banking[:cut])),
            Labelled("CLINC150", *clinc),
        ),
        others=tuple(others),
    )


def _split_twins(twins: list[Twin]) -> tuple[tuple[Twin, ...], tuple[Twin, ...]]:
    """900 pairs held back, each English once; what shares a sentence with them is not trained on."""
    random.Random(_SEED).shuffle(twins)
    held = tuple({twin.english.lower(): twin for twin in twins[:_HELD_PAIRS]}.values())
    seen = {text.lower() for twin in held for text in (twin.english, twin.hinglish)}
    rest = (twin for twin in twins[_HELD_PAIRS:] if not {twin.english.lower(), twin.hinglish.lower()} & seen)
    return tuple(rest), held


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
