"""The model card: what the model learned from, how well it forecasts, for whom, and where it must not be trusted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from saathi.scoring.training.additive import Recipe
from saathi.scoring.training.columns import Floats
from saathi.scoring.training.drift import Drift
from saathi.scoring.training.judging import Figures, read_calibration
from saathi.scoring.training.reading import Examples

_TOP = 0.2
_LEAST = 50  # examples: of fewer no rate is told
_AGES = (("to 24", 25), ("25 to 34", 35), ("35 to 44", 45), ("45 to 54", 55), ("55 to 64", 65), ("from 65", 200))
_FIGURES = (
    "",
    "examples",
    "approved",
    "AUC",
    "average precision",
    "Brier",
    "base rate's Brier",
    "approved in the top fifth",
)
_TEMPLATE = Path(__file__).with_name("card.md")


@dataclass(frozen=True)
class Report:
    """What a training found out; `probability` is of each example, by folds that share no partner."""

    version: str
    recipe: Recipe
    examples: Examples
    probability: Floats
    figures: Figures
    later: Figures
    drift: Sequence[Drift]


def write_card(report: Report, path: Path) -> Path:
    """Fill the template of the card; its path."""
    text = _TEMPLATE.read_text(encoding="utf-8").format(**_facts(report), **_tables(report))
    path.write_text(text, encoding="utf-8")
    return path


def _facts(report: Report) -> dict[str, str]:
    examples, recipe = report.examples, report.recipe
    moved = [f"{one.stream} ({one.before:.2f} at first, {one.after:.2f} at last)" for one in report.drift]
    half = f"An example counts half as much as one {recipe.half_life} examples later."
    return {
        "version": report.version,
        "examples": f"{len(examples.won):,}",
        "leads": f"{round(float(examples.weight.sum())):,}",
        "partners": str(len(set(examples.partners))),
        "first_day": examples.day(0),
        "last_day": examples.day(-1),
        "features": ", ".join(column.name for column in recipe.columns),
        "penalty": f"{recipe.ridge:g}",
        "ageing": "All examples count alike." if recipe.half_life is None else half,
        "least": str(_LEAST),
        "drift": "; ".join(moved) or "nothing changed",
    }


def _tables(report: Report) -> dict[str, str]:
    examples, probability = report.examples, report.probability
    chosen = probability >= np.quantile(probability, 1 - _TOP)
    bands = read_calibration(probability, examples.won)
    ages = ["unknown" if age is None else next(name for name, end in _AGES if age < end) for age in examples.ages]
    figures = [_row("other partners", report.figures), _row("last fifth in time, by the rest", report.later)]
    return {
        "figures": _table(_FIGURES, figures),
        "calibration": _table(
            ("said", "came", "examples"), [(f"{b.said:.3f}", f"{b.came:.3f}", f"{b.examples:,}") for b in bands]
        ),
        "regions": _audit("region", examples.regions, examples.won, probability, chosen),
        "ages": _audit("age", ages, examples.won, probability, chosen),
        "reasons": _reasons(examples, probability),
    }


def _row(name: str, figures: Figures) -> tuple[str, ...]:
    return (
        name, f"{figures.examples:,}", f"{figures.wins:.1%}", f"{figures.auc:.3f}", f"{figures.average_precision:.3f}",
        f"{figures.brier:.4f}", f"{figures.base_brier:.4f}", f"{figures.top:.1%}",
    )  # fmt: skip


def _audit(name: str, groups: Sequence[str], won: Floats, probability: Floats, chosen: Floats) -> str:
    own = np.array(groups)
    rows = []
    for group in sorted(set(groups)):
        here = own == group
        if here.sum() >= _LEAST:
            cells = (chosen[here].mean(), won[here].mean(), probability[here].mean())
            rows.append((group, f"{here.sum():,}", *(f"{cell:.1%}" for cell in cells)))
    return _table((name, "examples", "in the highest fifth", "approved", "mean forecast"), rows)


def _reasons(examples: Examples, probability: Floats) -> str:
    own = np.array([reason or "" for reason in examples.reasons])
    rows = []
    for reason in sorted(set(own) - {""}):
        here = own == reason
        rows.append((f"`{reason}`", f"{here.sum():,}", f"{probability[here].mean():.1%}"))
    return _table(("reason", "examples", "mean forecast"), rows)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
