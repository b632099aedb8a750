"""The tuned classifier beside the linear head, on parts of the examples that neither learned from.

    make train-intents

Both learn from the same 70 %; the one that is better on validation belongs into config.yml. Runs in .venv-rasa.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import f1_score

from bot.head import Verdict
from bot.head_training import train_head
from bot.text import latin_form
from bot.tuned_classifier import TunedModel
from encoder import Encoder
from encoder.files import MODEL_FOLDER

_OUT_OF_SCOPE, _FALLBACK = "out_of_scope", "nlu_fallback"
_LEAST_SHARE = 0.4
_REGISTERS = ("en", "hinglish", "hi")
Judge = Callable[[str], Verdict]


@dataclass(frozen=True)
class Row:
    """What a system made of a part; shares from 0 to 1, `milliseconds` a message, one thread."""

    system: str
    part: str
    right: float
    by_register: dict[str, float]
    macro_f1: float
    refused: float
    declined: float
    milliseconds: float
    megabytes: float


def main() -> int:
    """Measure, print the table, and say which is better."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=Path, default=Path("var/intents/examples.jsonl"))
    parser.add_argument("--tuned", type=Path, default=Path("models/intents"), help="folder of the tuned model")
    asked = parser.parse_args()
    examples = [json.loads(line) for line in asked.examples.read_text(encoding="utf-8").splitlines()]
    rows = list(_measure(examples, asked.tuned))
    table = "\n".join(_lines(rows))
    (asked.examples.parent / "comparison.md").write_text(table + "\n", encoding="utf-8")
    sys.stdout.write(table + "\n")
    return 0


def _measure(examples: Sequence[dict[str, Any]], tuned: Path) -> Iterator[Row]:
    model = TunedModel.load(tuned)
    linear, head_megabytes = _train_linear([e for e in examples if e["part"] == "training"])
    systems: list[tuple[str, Judge, float]] = [
        ("linear head", linear, _megabytes(MODEL_FOLDER) + head_megabytes),
        ("tuned encoder", lambda text: model.judge(text, _LEAST_SHARE), _megabytes(tuned)),
    ]
    for part in ("validation", "test"):
        for name, judge, megabytes in systems:
            yield _judge_all(name, judge, megabytes, part, [e for e in examples if e["part"] == part])


def _train_linear(training: Sequence[dict[str, Any]]) -> tuple[Judge, float]:
    texts = [example["text"] for example in training]
    vectors = Encoder.load(threads=2).encode(texts)
    head = train_head([latin_form(text) for text in texts], vectors, [e["intent"] for e in training], _OUT_OF_SCOPE)
    with tempfile.TemporaryDirectory() as folder:
        head.save(Path(folder))
        megabytes = _megabytes(Path(folder))
    encoder = Encoder.load()
    return lambda text: head.judge(latin_form(text), encoder.encode([text])[0]), megabytes


def _judge_all(name: str, judge: Judge, megabytes: float, part: str, examples: Sequence[dict[str, Any]]) -> Row:
    named, spent = [], []
    for example in examples:
        begun = time.perf_counter()
        verdict = judge(example["text"])
        spent.append(1000 * (time.perf_counter() - begun))
        named.append(_FALLBACK if verdict.is_rejected else verdict.ranking[0][0])
    meant = np.array([example["intent"] for example in examples])
    found, registers = np.array(named), np.array([example["language"] for example in examples])
    outside, declined = meant == _OUT_OF_SCOPE, np.isin(found, (_OUT_OF_SCOPE, _FALLBACK))
    right = (found == meant) | (outside & declined)
    return Row(
        name,
        part,
        float(right.mean()),
        {register: float(right[registers == register].mean()) for register in _REGISTERS},
        float(f1_score(meant, found, labels=sorted(set(meant)), average="macro", zero_division=0)),
        float(declined[~outside].mean()),
        float(declined[outside].mean()),
        float(np.median(spent)),
        megabytes,
    )


def _megabytes(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.iterdir() if file.is_file()) / 1e6


def _lines(rows: Sequence[Row]) -> Iterator[str]:
    yield "| part | system | right | en | hinglish | hi | macro-F1 | in scope declined | out of scope found | ms | MB |"
    yield f"|{'---|' * 11}"
    for row in rows:
        shares = [row.right, *(row.by_register[register] for register in _REGISTERS), row.macro_f1]
        cells = [f"{share:.3f}" for share in (*shares, row.refused, row.declined)]
        yield f"| {row.part} | {row.system} | {' | '.join(cells)} | {row.milliseconds:.1f} | {row.megabytes:.0f} |"
    best = max((row for row in rows if row.part == "validation"), key=lambda row: row.right)
    yield ""
    yield f"Better on validation: the {best.system}."


if __name__ == "__main__":
    sys.exit(main())
