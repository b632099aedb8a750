"""The tables."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks.knowledge.judge import CHECKS
from benchmarks.knowledge.questions import Group

WORDS = "BM25 alone"
UNTOUCHED = "untouched MiniLM alone"
ENCODER = "our encoder alone"
ENCODER_FP32 = "our encoder alone, fp32"
HYBRID = "our hybrid search"
WHOLE = "the whole"
WHOLE_FP32 = "the whole, fp32"
_GROUPS: tuple[Group, ...] = ("all", "en", "hinglish", "hi", "clean", "noisy", "near", "far")
_MEASURES = {"hit_at_1": "hit@1", "hit_at_5": "hit@5", "mrr": "MRR"}
_TIMES = {"search": "search", "filtered": "with filter", "encoded": "with filter and encoding"}
_MOST_FAULTS = 40


def percent(share: float | None) -> str:
    """A share from 0 to 1 for people."""
    return "not measured" if share is None else f"{100 * share:.1f} %"


def retrieval(scores: Mapping[str, Mapping[Group, Mapping[str, float]] | str]) -> str:
    """A line for each measure and way to search, in per cent; a reason where a way could not be taken."""
    groups = [group for group in _GROUPS if any(not isinstance(of, str) and group in of for of in scores.values())]
    counts = next(of for of in scores.values() if not isinstance(of, str))
    lines = [["", "per cent of", *(f"{group} ({counts[group]['questions']:.0f})" for group in groups)]]
    for measure, title in _MEASURES.items():
        for name, of in scores.items():
            if not isinstance(of, str):
                lines.append([title, name, *(f"{100 * of[group][measure]:.1f}" for group in groups)])
    reasons = [f"{name}: {reason}" for name, reason in scores.items() if isinstance(reason, str)]
    return "\n".join([table(lines, left=2), *reasons])


def decisions(answers: Mapping[str, Any]) -> str:
    """What was answered and refused, by group, in per cent."""
    lines = [["questions", "group", "asked", "right", "wrong", "refused"]]
    for kind in ("answerable", "unanswerable"):
        for group in _GROUPS:
            if group in answers[kind]:
                shares = answers[kind][group]
                right = f"{100 * shares['right']:.1f}" if kind == "answerable" else "-"
                cells = [f"{100 * shares[name]:.1f}" for name in ("wrong", "refused")]
                lines.append([kind, group, str(shares["questions"]), right, *cells])
    return table(lines, left=2)


def quality(answers: Mapping[str, Any]) -> str:
    """The checks of the answers given, and how many had what was asked for."""
    lines = [["check", f"of {answers['answers']} answers"]]
    lines += [[what, percent(answers["checks"].get(check))] for check, what in CHECKS.items()]
    lines.append(["its article is the first of the whole's ranking", percent(answers["ranked_first"])])
    lines += [[f"asked for {wish} ({of['asked']}): has it", percent(of["given"])] for wish, of in _wishes(answers)]
    faults = [f"  {fault}" for fault in answers["faults"][:_MOST_FAULTS]]
    hidden = len(answers["faults"]) - len(faults)
    return "\n".join([table(lines, left=1), *faults, *([f"  and {hidden} more faults"] if hidden else [])])


def latency(rows: Sequence[Mapping[str, Any]]) -> str:
    """Milliseconds by size and engine, p50 and p95."""
    lines = [["chunks", "engine", "build s", "load s", "questions", *_columns()]]
    for row in rows:
        load = "-" if row["load"] is None else f"{row['load']:.2f}"
        times = [f"{row[key][share]:.2f}" for key in _TIMES for share in ("p50", "p95")]
        runs = str(row["search"]["runs"])
        lines.append([f"{row['chunks']:,}", row["engine"], f"{row['build']:.1f}", load, runs, *times])
    return table(lines, left=2)


def table(lines: Sequence[Sequence[str]], left: int) -> str:
    """Columns side by side; the first `left` ones begin at the left, the others end at the right."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if at < left else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _columns() -> list[str]:
    return [f"{title} {share}" for title in _TIMES.values() for share in ("p50", "p95")]


def _wishes(answers: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from answers["wishes"].items()
