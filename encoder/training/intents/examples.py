"""The examples that the tuning reads, one JSON line each: `text`, `intent` and its `part`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from language import normalise, to_latin

Part = Literal["training", "validation", "test"]


@dataclass(frozen=True, slots=True)
class Example:
    """`text` is as the encoder reads it: normalised, in Latin letters."""

    text: str
    intent: str
    part: Part


def read_examples(file: Path) -> list[Example]:
    """What `python -m bot.intent_parts` wrote. Raises OSError, ValueError or KeyError."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [Example(to_latin(normalise(row["text"])), row["intent"], row["part"]) for row in rows]


def of_part(examples: Sequence[Example], part: Part) -> list[Example]:
    """Those of one part."""
    return [example for example in examples if example.part == part]
