"""`python -m bot.cross_validation`: the report on standard output and in var/test-nlu, progress on standard error."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from bot.cross_validation.folds import FOLDS, Numbers, group_alike, split
from bot.cross_validation.learning import Judged, Lot, learn_and_judge
from bot.cross_validation.messages import Entities, Message, read_entities, read_test_sets, read_training
from bot.cross_validation.picture import draw
from bot.cross_validation.report import write_report
from bot.entity_patterns import PatternError
from bot.head_training import TrainingDataError
from bot.text import latin_form
from bot.validation.sources import read_sources
from encoder import Encoder

_FEWEST = 10  # so that what is left of an intent without a fold can still be trained on


def main() -> int:
    """Judge everything and report; 1 with the reason where the data cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m bot.cross_validation", description=__doc__)
    parser.add_argument("--project", type=Path, default=Path(), help="folder with data/nlu and tests/nlu")
    parser.add_argument("--out", type=Path, default=Path("var/test-nlu"), help="folder for report.txt, confusions.svg")
    asked = parser.parse_args()
    begun = time.perf_counter()
    sources, faults = read_sources(asked.project)
    if faults:
        return _fail("\n".join(map(str, faults)))
    training, tests = read_training(sources), read_test_sets(sources)
    counts = Counter(message.intent for message in training)
    rare = [f"{intent} has {count}" for intent, count in counts.items() if count < _FEWEST]
    if rare or not counts:
        return _fail(
            f"data/nlu: write at least {_FEWEST} examples of each intent: {', '.join(rare) or 'there are none'}."
        )
    try:
        folded, tested = _judge(training, tests, read_entities(sources))
    except TrainingDataError as error:
        return _fail(f"data/nlu: {error}; messages that are nearly the same are kept together.")
    except PatternError as error:
        return _fail(f"data/entities: {error}.")
    lines = list(write_report(folded, tested))
    asked.out.mkdir(parents=True, exist_ok=True)
    report, picture = asked.out / "report.txt", asked.out / "confusions.svg"
    report.write_text("\n".join(lines) + "\n", encoding="utf-8")
    picture.write_text(draw(folded), encoding="utf-8")
    sys.stdout.write("\n".join(lines) + "\n")
    _tell(f"{report} and {picture} after {time.perf_counter() - begun:.0f} s.")
    return 0


def _judge(
    training: Sequence[Message], tests: dict[str, list[Message]], finds: Entities
) -> tuple[list[Judged], dict[str, list[Judged]]]:
    """Judge `training` fold by fold, and `tests` by what all of it teaches. One process a core, one thread each."""
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))
    groups = group_alike([latin_form(message.text) for message in training])
    folds = split([message.intent for message in training], groups)
    tested = [message for messages in tests.values() for message in messages]
    _tell(f"{_describe(groups)}; {len(tested)} messages in the test sets. Making their vectors ...")
    encoder = Encoder.load(threads=os.cpu_count() or 1)
    lot = Lot(training, encoder.encode([message.text for message in training]))
    jobs = [(lot.take(seen), lot.take(unseen)) for seen, unseen in folds]
    if tested:
        jobs.insert(0, (lot, Lot(tested, encoder.encode([message.text for message in tested]))))  # the longest first
    results = _run(jobs, finds)
    by_test = iter(results.pop(0) if tested else [])
    parted = {name: [next(by_test) for _ in messages] for name, messages in tests.items()}
    in_order = {
        int(at): one
        for (_, unseen), fold in zip(folds, results, strict=True)
        for at, one in zip(unseen, fold, strict=True)
    }
    return [in_order[at] for at in range(len(training))], parted


def _run(jobs: Sequence[tuple[Lot, Lot]], finds: Entities) -> list[list[Judged]]:
    begun = time.perf_counter()
    with ProcessPoolExecutor(min(os.cpu_count() or 1, len(jobs)), get_context("spawn")) as pool:
        futures = [pool.submit(learn_and_judge, seen, unseen, finds) for seen, unseen in jobs]
        _tell(f"Training {len(jobs)} times ...")
        for done, future in enumerate(as_completed(futures), start=1):
            future.result()
            _tell(f"  {done} of {len(jobs)} after {time.perf_counter() - begun:.0f} s")
        return [future.result() for future in futures]


def _describe(groups: Numbers) -> str:
    sizes = Counter(groups.tolist())
    return (
        f"{len(groups)} examples, {len(sizes)} after joining those alike (at most {max(sizes.values())}), {FOLDS} folds"
    )


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _fail(reason: str) -> int:
    _tell(reason)
    return 1


if __name__ == "__main__":
    sys.exit(main())
