"""The table, as markdown."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.nlu.runner import Row

_HEAD = (
    "dataset",
    "system",
    "learned from",
    "judged",
    "in-scope %",
    "en / hinglish / hi %",
    "after refusal %",
    "out-of-scope refused %",
    "in-scope refused %",
    "MCC",
    "parse p50 / p95 ms",
    "training s",
    "peak MB",
)
_LANGUAGES = ("en", "hinglish", "hi")


def table(rows: Sequence[Row]) -> str:
    """One line a dataset and system; "-" where there is nothing to measure."""
    lines = [_HEAD, tuple("---" if place < 2 else "---:" for place in range(len(_HEAD)))]
    lines += [_cells(row) for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cells(row: Row) -> tuple[str, ...]:
    found = row.figures()
    by_register = found["accuracy_by_register"]
    registers = " / ".join(_percent(by_register.get(name)) for name in _LANGUAGES) if by_register else "-"
    folds = f"{row.trials} folds" if row.trials > 1 else f"{row.train:,}"
    return (
        row.dataset,
        row.system,
        folds,
        f"{found['test']:,}",
        _percent(found["accuracy"]),
        registers,
        _percent(found["accuracy_after_refusal"]),
        _percent(found["out_of_scope_recall"]),
        _percent(found["false_refusals"]),
        f"{found['mcc']:.3f}",
        f"{found['parse_p50_ms']:.1f} / {found['parse_p95_ms']:.1f}",
        f"{row.seconds:.0f}",
        f"{row.megabytes:.0f}",
    )


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f}"
