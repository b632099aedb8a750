"""Writes the intent examples in three parts, 70/15/15: `python -m bot.intent_parts <file>`, a step of
`make train-intents`. Near-duplicates stay in one part."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

from bot.cross_validation.folds import group_alike
from bot.cross_validation.messages import Message, read_training
from bot.text import latin_form
from bot.validation.sources import read_sources

_TWENTIETHS = 20
_VALIDATION, _TEST = range(14, 17), range(17, 20)


def part_examples(messages: Sequence[Message]) -> list[str]:
    """The part of each message: training, validation or test."""
    groups = group_alike([latin_form(message.text) for message in messages])
    intents = np.array([message.intent for message in messages])
    parts = ["training"] * len(messages)
    folds = StratifiedGroupKFold(_TWENTIETHS, shuffle=True, random_state=0).split(intents, intents, groups)
    for twentieth, (_, places) in enumerate(folds):
        name = "validation" if twentieth in _VALIDATION else "test" if twentieth in _TEST else "training"
        for place in places:
            parts[place] = name
    return parts


def main() -> int:
    """Write the file; 1 with the faults where the data cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m bot.intent_parts", description=__doc__)
    parser.add_argument("file", type=Path)
    file = parser.parse_args().file
    sources, faults = read_sources(Path())
    if faults:
        sys.stderr.write("\n".join(map(str, faults)) + "\n")
        return 1
    messages = read_training(sources)
    rows = [
        {"text": message.text, "intent": message.intent, "part": part, "language": message.language}
        for message, part in zip(messages, part_examples(messages), strict=True)
    ]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
