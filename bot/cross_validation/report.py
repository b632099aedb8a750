"""The report as text. Sentences of the test sets never stand in it: nobody is to mend training data by them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.cross_validation.learning import FALLBACK, Judged
from bot.cross_validation.scores import (
    LANGUAGES,
    Score,
    Whole,
    confusions,
    over_all,
    over_entities,
    over_intents,
    total,
)

Results = Mapping[str, Sequence[Judged]]


def write_report(folded: Sequence[Judged], tested: Results) -> Iterator[str]:
    """Yield the lines: figures of the cross-validation beside those of the test sets, then the confusions."""
    results = {"data/nlu": folded, **tested}
    yield "Right is the intent that was meant; what is out of scope is declined as out_of_scope or as nlu_fallback."
    yield ""
    yield from _write_wholes(results)
    yield ""
    yield from _write_intents(results)
    yield ""
    yield from _write_entities(results)
    yield ""
    yield from _write_confusions(folded)


def _write_wholes(results: Results) -> Iterator[str]:
    rows = []
    for name, judged in results.items():
        rows.append([name, "all", *_cells(over_all(judged))])
        rows += [
            [name, language, *_cells(over_all(one for one in judged if one.message.language == language))]
            for language in LANGUAGES
        ]
        empty = [one.is_right for one in judged if one.message.intent == FALLBACK]
        if empty:
            rows.append([name, "means nothing", str(len(empty)), f"declined {sum(empty)}", "", "", ""])
    head = ["", "register", "messages", "right", "right in scope", "refused in scope", "out of scope found"]
    yield from _table(head, rows)


def _cells(whole: Whole) -> list[str]:
    shares = (whole.accuracy, whole.accuracy_in_scope, whole.refused_in_scope, whole.out_of_scope_recall)
    return [str(whole.messages), *("-" if share is None else f"{share:.1%}" for share in shares)]


def _write_intents(results: Results) -> Iterator[str]:
    scores = {name: over_intents(judged) for name, judged in results.items()}
    yield from _write_scores("intent (worst first)", scores)


def _write_entities(results: Results) -> Iterator[str]:
    scores = {name: over_entities(judged) for name, judged in results.items()}
    if not any(scores.values()):
        yield "Entities were not judged: no part of the pipeline in config.yml finds them, or no message marks any."
        return
    yield from _write_scores(
        "entity (worst first)", {n: {**s, "all of them": total(s.values())} for n, s in scores.items()}
    )


def _write_scores(title: str, scores: Mapping[str, Mapping[str, Score]]) -> Iterator[str]:
    """Precision, recall and F1 of the first of `scores`, and F1 of the others, a row a name."""
    first, *others = scores
    none = Score()
    rows = []
    for name, score in sorted(scores[first].items(), key=lambda pair: (pair[1].f1, pair[0])):
        shares = [str(score.meant), *(f"{share:.3f}" for share in (score.precision, score.recall, score.f1))]
        for other in others:
            known = scores[other].get(name, none)
            shares += [str(known.meant), f"{known.f1:.3f}" if known.meant else "-"]
        rows.append([name, *shares])
    head = [title, "messages", "precision", "recall", "F1", *(part for name in others for part in (name, "F1"))]
    yield from _table(head, rows)


def _write_confusions(folded: Sequence[Judged]) -> Iterator[str]:
    found = confusions(folded)
    yield f"Confusions in data/nlu: {sum(len(messages) for _, _, messages in found)} messages of {len(folded)}"
    for meant, given, messages in found:
        yield f"\n{meant} taken for {given}: {len(messages)}"
        for one in messages:
            yield f"  {one.message.place}: {one.message.text} ({one.confidence:.2f})"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns in line: names to the left, figures to the right."""
    columns = list(zip(head, *rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    are_figures = [all(cell[-1:] in {"", "-", "%"} or cell[-1].isdigit() for cell in column[1:]) for column in columns]
    for row in (head, *rows):
        cells = zip(row, widths, are_figures, strict=True)
        yield "  ".join(cell.rjust(width) if right else cell.ljust(width) for cell, width, right in cells).rstrip()
