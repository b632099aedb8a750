"""Runs the trials of a dataset, each in a process of its own on one core."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.nlu import scores, systems
from benchmarks.nlu.examples import Dataset, Trial
from benchmarks.nlu.scores import Judged

_ROOT = Path(__file__).resolve().parents[2]
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"), "1")
_TOLD = 2000  # characters of a failed process's last words


class TrialFailedError(RuntimeError):
    """A process ended without figures; the message holds what it printed last."""


@dataclass(frozen=True)
class Row:
    """A system on a dataset. `seconds` (training) and `megabytes` (peak) are the largest of its trials."""

    dataset: str
    system: str
    judged: tuple[Judged, ...]
    trials: int
    train: int
    seconds: float
    megabytes: float

    def times(self) -> list[float]:
        """Milliseconds of each parse."""
        return [one.milliseconds for one in self.judged]

    def figures(self) -> dict[str, Any]:
        """All figures, for JSON; shares from 0 to 1."""
        languages = sorted({one.language for one in self.judged} - {""})
        return {
            "dataset": self.dataset,
            "system": self.system,
            "trials": self.trials,
            "train": self.train,
            "test": len(self.judged),
            "accuracy": scores.in_scope_accuracy(self.judged),
            "accuracy_after_refusal": scores.accuracy_after_refusal(self.judged),
            "accuracy_by_register": {name: scores.in_scope_accuracy(self.judged, name) for name in languages},
            "out_of_scope_recall": scores.out_of_scope_recall(self.judged),
            "false_refusals": scores.false_refusals(self.judged),
            "mcc": scores.correlation(self.judged),
            "parse_p50_ms": scores.percentile(self.times(), 0.5),
            "parse_p95_ms": scores.percentile(self.times(), 0.95),
            "train_seconds": self.seconds,
            "peak_mb": self.megabytes,
        }


def measure(dataset: Dataset, system: str, project: Path, encoder: Path | None, say: Callable[[str], None]) -> Row:
    """All trials of `dataset` with `system`; `encoder` is the untouched one's folder. Raises TrialFailedError."""
    judged: list[Judged] = []
    seconds, megabytes = [], []
    for number, trial in enumerate(dataset.trials, 1):
        say(f"{dataset.name}, {system}: {number} of {len(dataset.trials)}, {len(trial.train)} examples ...")
        found = _run(trial, system, project, encoder)
        seconds.append(found["train_seconds"])
        megabytes.append(found["peak_mb"])
        judged += [
            Judged(example.intent, example.language, **verdict)
            for example, verdict in zip(trial.test, found["judged"], strict=True)
        ]
    sizes = [len(trial.train) for trial in dataset.trials]
    return Row(dataset.name, system, tuple(judged), len(sizes), max(sizes), max(seconds), max(megabytes))


def _run(trial: Trial, system: str, project: Path, encoder: Path | None) -> dict[str, Any]:
    is_rasa = system in (systems.OURS, systems.DIET)
    job = {
        "config": systems.rasa_config(system, project) if is_rasa else None,
        "encoder": str(encoder) if system == systems.UNTOUCHED else None,
        "train": [(example.text, example.intent, example.entities) for example in trial.train],
        "test": [(example.text, example.intent) for example in trial.test],
    }
    with tempfile.TemporaryDirectory() as folder:
        asked, answer = Path(folder) / "job.json", Path(folder) / "found.json"
        asked.write_text(json.dumps(job), encoding="utf-8")
        command = [sys.executable, "-m", "benchmarks.nlu.trial", str(asked), str(answer)]
        done = subprocess.run(
            command, cwd=_ROOT, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        if done.returncode != 0 or not answer.is_file():
            told = done.stdout.decode(errors="replace")[-_TOLD:]
            raise TrialFailedError(f"{system} ended with {done.returncode}:\n{told}")
        found: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
        return found


def _environment() -> dict[str, str]:
    return {**os.environ, **_ONE_THREAD, "TF_NUM_INTEROP_THREADS": "1", "PYTHONPATH": str(_ROOT)}


def names(given: str, known: Sequence[str]) -> list[str]:
    """A list "a,b" as names; all of `known` where it is empty. Raises ValueError that lists them."""
    asked = [name.strip() for name in given.split(",") if name.strip()] or list(known)
    wrong = [name for name in asked if name not in known]
    if wrong:
        raise ValueError(f"{', '.join(wrong)}: no such dataset; there are {', '.join(known)}")
    return asked
