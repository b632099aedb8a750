"""The project's own data: folds in which near-duplicates stay together, and the sets of tests/nlu."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.nlu.datasets import DataMissingError
from benchmarks.nlu.examples import OUT_OF_SCOPE, Dataset, Example, Trial
from bot.cross_validation.folds import group_alike, split
from bot.cross_validation.messages import Message, read_test_sets, read_training
from bot.text import latin_form
from bot.validation.sources import read_sources

FOLDED, TESTED = "own-folds", "own-tests"


def read_own(project: Path, name: str) -> Dataset:
    """`FOLDED` or `TESTED` of the assistant in the folder `project`."""
    sources, faults = read_sources(project)
    if faults:
        raise DataMissingError("\n".join(map(str, faults)))
    examples = _examples(read_training(sources))
    if not examples:
        raise DataMissingError(f"{project}/data/nlu holds no example: name the assistant's folder with --project.")
    if name == TESTED:
        test = [message for messages in read_test_sets(sources).values() for message in messages]
        return Dataset(name, (Trial(tuple(examples), tuple(_examples(test))),))
    folds = split(
        [example.intent for example in examples], group_alike([latin_form(example.text) for example in examples])
    )
    return Dataset(
        name,
        tuple(Trial(tuple(examples[i] for i in seen), tuple(examples[i] for i in unseen)) for seen, unseen in folds),
    )


def _examples(messages: Sequence[Message]) -> list[Example]:
    """`nlu_fallback` stands for messages with nothing in them: declining those as out of scope is right as well."""
    return [
        Example(
            message.text,
            OUT_OF_SCOPE if message.intent == "nlu_fallback" else message.intent,
            message.language,
            message.entities,
        )
        for message in messages
    ]
