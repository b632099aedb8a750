"""`python -m benchmarks.nlu --data <folder>` (in .venv-rasa): our pipeline beside Rasa's default, one table.

    make bench-nlu DATA=<folder of the public data> BENCH="--datasets own-tests,hwu64 --no-peer"

docs/nlu-benchmark.md says how to read it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from benchmarks.nlu import report, systems
from benchmarks.nlu.datasets import PUBLIC, DataMissingError
from benchmarks.nlu.examples import Dataset
from benchmarks.nlu.own import FOLDED, TESTED, read_own
from benchmarks.nlu.runner import Row, TrialFailedError, measure, names
from encoder.files import ModelFilesError, read_model_files

_ROOT = Path(__file__).resolve().parents[2]
_KNOWN = (TESTED, FOLDED, *PUBLIC)


def main() -> int:
    """Measure and print; 1 with the reason and the remedy where something is missing."""
    given = _arguments()
    try:
        datasets, peers = names(given.datasets, _KNOWN), names(given.peer_datasets, _KNOWN)
        trials = [_read(name, given.data, given.project) for name in datasets]  # all of them before the first minute
        rows = []
        for row in _measure(trials, peers if given.peer else [], given):
            rows.append(row)
            _write(rows, given.out)
    except (DataMissingError, TrialFailedError, ValueError) as error:
        _say(str(error))
        return 1
    sys.stdout.write(report.table(rows) + "\n")
    _say(f"written to {given.out}.md and {given.out}.json")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.nlu", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public data")
    parser.add_argument("--project", type=Path, default=_ROOT, help="folder of the assistant")
    parser.add_argument("--datasets", default="", help=f"some of {', '.join(_KNOWN)}; all of them by default")
    parser.add_argument(
        "--peer", action=argparse.BooleanOptionalAction, default=True, help="measure Rasa's default too"
    )
    parser.add_argument("--peer-datasets", default="", help="on which of them; all by default, which takes hours")
    parser.add_argument("--encoders", type=Path, default=_ROOT / "var" / "encoder", help="what `make encoder` left")
    moment = f"{datetime.now().astimezone():%Y-%m-%dT%H%M%S}-nlu"
    parser.add_argument("--out", type=Path, default=_ROOT / "var" / "bench" / moment, help="file without its ending")
    return parser.parse_args()


def _read(name: str, data: Path, project: Path) -> Dataset:
    return PUBLIC[name](data) if name in PUBLIC else read_own(project, name)


def _measure(datasets: list[Dataset], peers: list[str], given: argparse.Namespace) -> Iterator[Row]:
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # one core for all, also for those started from here
    encoder: Path | None = given.encoders / "untouched"
    try:
        read_model_files(given.encoders / "untouched")
    except ModelFilesError:
        _say(f"{systems.UNTOUCHED} is left out: {encoder} has no model; `make encoder` leaves it there.")
        encoder = None
    begun = time.perf_counter()
    for dataset in datasets:
        for system in systems.ALL:
            is_wanted = (system != systems.DIET or dataset.name in peers) and (system != systems.UNTOUCHED or encoder)
            if is_wanted:
                row = measure(dataset, system, given.project, encoder, _say)
                accuracy = f"{100 * (row.figures()['accuracy'] or 0):.1f} %"
                _say(f"  {accuracy} in scope, training {row.seconds:.0f} s; {time.perf_counter() - begun:.0f} s in all")
                yield row


def _write(rows: list[Row], out: Path) -> None:
    """After each row, so that a run that is stopped leaves what it had."""
    out.parent.mkdir(parents=True, exist_ok=True)
    out.with_suffix(".md").write_text(report.table(rows) + "\n", encoding="utf-8")
    figures = json.dumps([row.figures() for row in rows], indent=1, ensure_ascii=False)
    out.with_suffix(".json").write_text(figures + "\n", encoding="utf-8")


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
