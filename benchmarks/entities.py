"""F1 of the entity rules, and of rules and NER together: `.venv-rasa/bin/python -m benchmarks.entities`.

Trained on data/nlu; scored on the test sets, and on data/nlu itself by five folds. An entity counts when its kind and
both of its ends are right.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import yaml

from bot.entity_patterns import ENTITIES, read_patterns
from bot.entity_pipeline import EntityFinder
from bot.entity_training import Annotated, train_finder

_MARK = re.compile(r"\[([^\]]+)\]\((\w+)\)")
_FOLDS = 5
Counts = Counter[tuple[str, str]]


def main() -> int:
    """Print one table a way; return the exit status, 1 where an F1 of the rules is below the promise."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.entities", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data/nlu"))
    parser.add_argument("--tests", type=Path, nargs="+", default=sorted(Path("tests/nlu").glob("*.yml")))
    parser.add_argument("--least", type=float, default=0.92, help="the F1 that must be reached on the test sets")
    arguments = parser.parse_args()
    examples = [example for path in sorted(arguments.data.glob("*.yml")) for example in read_examples(path)]
    tests = [example for path in arguments.tests for example in read_examples(path)]
    figures = {}
    for way, has_ner in (("rules", False), ("rules and NER", True)):
        begun = time.process_time()
        finder = train_finder(examples, read_patterns(), has_ner=has_ner)
        spent = time.process_time() - begun
        counts, milliseconds = score(finder, tests)
        figures[way] = f1_of(counts)
        _say(f"\n{way}, {len(tests)} messages of the test sets; trained in {spent:.1f} s of processor time")
        _table(counts, milliseconds)
        counts, milliseconds = cross_validate(examples, has_ner=has_ner)
        _say(f"\n{way}, {len(examples)} messages of data/nlu by {_FOLDS} folds")
        _table(counts, milliseconds)
    return 0 if figures["rules"] >= arguments.least else 1


def read_examples(path: Path) -> list[Annotated]:
    """The messages of a file in Rasa's format with their entities."""
    blocks = yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", [])
    lines = [line.strip() for block in blocks if "intent" in block for line in block["examples"].splitlines()]
    return [parse(line.removeprefix("- ")) for line in lines if line.startswith("- ")]


def parse(marked: str) -> Annotated:
    """`[term plan](product) kya hai` as text and places."""
    text, entities, end = "", [], 0
    for mark in _MARK.finditer(marked):
        text += marked[end : mark.start()]
        entities.append((len(text), len(text) + len(mark[1]), mark[2]))
        text, end = text + mark[1], mark.end()
    return Annotated(text + marked[end:], tuple(entities))


def score(finder: EntityFinder, examples: Iterable[Annotated]) -> tuple[Counts, list[float]]:
    """Counts by entity of what was right, extra and missed, and the milliseconds of each message."""
    counts: Counts = Counter()
    milliseconds = []
    for example in examples:
        begun = time.perf_counter()
        found = finder.find(example.text)
        milliseconds.append((time.perf_counter() - begun) * 1000)
        got, wanted = {(one.start, one.end, one.entity) for one in found}, set(example.entities)
        counts.update((entity, "right") for _, _, entity in got & wanted)
        counts.update((entity, "extra") for _, _, entity in got - wanted)
        counts.update((entity, "missed") for _, _, entity in wanted - got)
    return counts, milliseconds


def cross_validate(examples: Sequence[Annotated], *, has_ner: bool) -> tuple[Counts, list[float]]:
    """Score each fold with what was learned from the others."""
    shuffled = list(examples)
    random.Random(0).shuffle(shuffled)
    counts: Counts = Counter()
    milliseconds: list[float] = []
    for fold in range(_FOLDS):
        rest = [example for place, example in enumerate(shuffled) if place % _FOLDS != fold]
        finder = train_finder(rest, read_patterns(), has_ner=has_ner)
        found, spent = score(finder, shuffled[fold::_FOLDS])
        counts += found
        milliseconds += spent
    return counts, milliseconds


def f1_of(counts: Counts, entities: Sequence[str] = ENTITIES) -> float:
    """F1 over all of `entities` together."""
    right, extra, missed = (sum(counts[entity, kind] for entity in entities) for kind in ("right", "extra", "missed"))
    return 2 * right / (2 * right + extra + missed) if right else 0.0


def _table(counts: Counts, milliseconds: list[float]) -> None:
    _say(f"{'':16}{'right':>7}{'extra':>7}{'missed':>7}{'F1':>7}")
    for entity in (*ENTITIES, "all"):
        among = ENTITIES if entity == "all" else (entity,)
        row = [sum(counts[one, kind] for one in among) for kind in ("right", "extra", "missed")]
        _say(f"{entity:16}{row[0]:7}{row[1]:7}{row[2]:7}{f1_of(counts, among):7.3f}")
    ordered = sorted(milliseconds)
    _say(f"p50 {ordered[len(ordered) // 2]:.2f} ms, p95 {ordered[len(ordered) * 95 // 100]:.2f} ms")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
