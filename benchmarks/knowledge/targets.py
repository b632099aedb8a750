"""What must hold, beside what was measured."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.knowledge.judge import CHECKS
from benchmarks.knowledge.questions import LANGUAGES
from benchmarks.knowledge.report import WHOLE, WHOLE_FP32, percent

_REBUILT = 120  # articles that the time of a rebuild is given for


@dataclass(frozen=True, slots=True)
class Target:
    """A bound and the measured value, in words; `holds` is None where it was not measured."""

    what: str
    measured: str
    holds: bool | None


def targets(report: dict[str, Any]) -> list[Target]:
    """All that the run can tell."""
    return [*_retrieval(report), *_decisions(report), *_latency(report), *_rebuild(report)]


def _retrieval(report: dict[str, Any]) -> Iterator[Target]:
    scores = report["retrieval"][WHOLE]
    yield _at_least("hit@1", scores["all"]["hit_at_1"], 0.88)
    for language in LANGUAGES:
        yield _at_least(f"hit@1, {language}", scores[language]["hit_at_1"] if language in scores else None, 0.82)
    yield _at_least("hit@5", scores["all"]["hit_at_5"], 0.97)
    yield _at_least("MRR", scores["all"]["mrr"], 0.92)
    full = report["retrieval"][WHOLE_FP32]
    lost = full["all"]["hit_at_1"] - scores["all"]["hit_at_1"] if isinstance(full, dict) else None
    yield _at_most("hit@1 lost by int8 to fp32", lost, 0.01)


def _decisions(report: dict[str, Any]) -> Iterator[Target]:
    answers = report["answers"]
    yield _at_least("unanswerable refused", answers["unanswerable"]["all"]["refused"], 0.92)
    yield _at_most("answerable refused", answers["answerable"]["all"]["refused"], 0.05)
    for check, what in CHECKS.items():
        yield _at_least(what, answers["checks"].get(check), 1.0)


def _latency(report: dict[str, Any]) -> Iterator[Target]:
    for chunks, most in ((10_000, 5.0), (100_000, 8.0)):
        rows = [row for row in report["latency"] if row["chunks"] == chunks and row["engine"] == "Qdrant Edge"]
        p95 = rows[0]["encoded"]["p95"] if rows else None
        what = f"search with encoding and filter, {chunks:,} chunks, p95 <= {most:g} ms"
        yield Target(what, "not measured" if p95 is None else f"{p95:.1f} ms", None if p95 is None else p95 <= most)


def _rebuild(report: dict[str, Any]) -> Iterator[Target]:
    rebuild = report["rebuild"]
    seconds = rebuild["seconds"] * _REBUILT / rebuild["articles"]
    what = f"full rebuild, in proportion for {_REBUILT} articles <= 20 s"
    yield Target(what, f"{seconds:.1f} s", seconds <= 20)


def _at_least(what: str, value: float | None, bound: float) -> Target:
    return Target(f"{what} >= {percent(bound)}", percent(value), None if value is None else value >= bound)


def _at_most(what: str, value: float | None, bound: float) -> Target:
    # A bound of a share is met on the spot: differences of shares carry rounding errors.
    return Target(f"{what} <= {percent(bound)}", percent(value), None if value is None else value <= bound + 1e-9)
