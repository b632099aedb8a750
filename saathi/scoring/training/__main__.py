"""Trains the scoring of leads, judges it, and writes the model, its card and a report on drift.

    make train-leads      # first writes var/leads/examples.jsonl from the store

Folds share no partner. The recipe is the one that orders leads best on folds held apart; the probabilities are
calibrated on such folds too (Platt), and the calibration is folded into the model. The same examples give the same
bytes."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
from scipy.special import expit
from tqdm import tqdm

from saathi.scoring.model import TRAINED, write_model
from saathi.scoring.training.additive import Fitted, Recipe, fit, fit_line
from saathi.scoring.training.card import Report, write_card
from saathi.scoring.training.choosing import choose, validate
from saathi.scoring.training.columns import Floats, take
from saathi.scoring.training.drift import find_drift, list_streams
from saathi.scoring.training.folds import split_groups
from saathi.scoring.training.judging import Figures, judge
from saathi.scoring.training.reading import COLUMNS, Examples, ExamplesUnusable, read_examples_file

FOLDS, SEED = 5, 1
RECIPES = [Recipe(COLUMNS, ridge, half_life) for half_life in (None, 8000.0) for ridge in (10.0, 30.0, 100.0)]
_PAST = 0.8  # of the examples: what the trial in order of time learns from


def main() -> int:
    """Train; 1 with a sentence on stderr where there is too little to learn from."""
    parser = argparse.ArgumentParser(
        prog="make train-leads", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--examples", type=Path, default=Path("var/leads/examples.jsonl"), help="default: %(default)s")
    parser.add_argument("--model", type=Path, default=TRAINED, help="the file to write; the card goes beside it")
    parser.add_argument("--drift", type=Path, default=Path("var/leads/drift.json"), help="default: %(default)s")
    arguments = parser.parse_args()
    try:
        examples = read_examples_file(arguments.examples)
    except ExamplesUnusable as error:
        print(error, file=sys.stderr)
        return 1
    _train(examples, arguments.model, arguments.drift)
    return 0


def _train(examples: Examples, model: Path, drift: Path) -> None:
    folds = split_groups(examples.partners, FOLDS, SEED)
    with tqdm(total=len(RECIPES), desc="recipes", unit="recipe", disable=None) as bar:
        recipe, _ = choose(RECIPES, examples.table, examples.won, folds, bar.update)
    held_apart = np.empty(len(examples.won))
    for (_, judged), odds in zip(
        folds, validate(recipe, examples.table, examples.won, folds, examples.weight), strict=True
    ):
        held_apart[judged] = odds
    calibrated = np.empty(len(examples.won))
    for learned, judged in folds:
        slope, shift = fit_line(held_apart[learned], examples.won[learned], examples.weight[learned])
        calibrated[judged] = expit(slope * held_apart[judged] + shift)
    fitted = fit(recipe, examples.table, examples.won, examples.weight)
    slope, shift = fit_line(held_apart, examples.won, examples.weight)
    version = write_model(fitted.additive(slope, shift), examples.day(-1), model)
    found = find_drift(list_streams(fitted, examples.table, examples.won, calibrated))
    drift.parent.mkdir(parents=True, exist_ok=True)
    told = [asdict(one) | {"days": [examples.day(number) for number in one.changes]} for one in found]
    drift.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    figures = judge(calibrated, examples.won)
    report = Report(version, recipe, examples, calibrated, figures, _judge_later(recipe, examples), found)
    card = write_card(report, model.parent / "model_card.md")
    print(f"AUC {figures.auc:.3f}, average precision {figures.average_precision:.3f}, Brier {figures.brier:.4f}")
    print(f"(base rate's {figures.base_brier:.4f}), approved in the top fifth {figures.top:.1%} of {figures.wins:.1%}")
    print(f"{version}: {model}, {card}, {drift}")


def _judge_later(recipe: Recipe, examples: Examples) -> Figures:
    """What the same method, trained on the past alone, makes of the last fifth; calibrated on the last of that past."""
    count = len(examples.won)
    ends = (int(_PAST * _PAST * count), int(_PAST * count), count)
    parts = [np.arange(begin, end) for begin, end in zip((0, *ends[:-1]), ends, strict=True)]
    first = _fit_rows(recipe, examples, parts[0])
    odds = first.log_odds(take(examples.table, parts[1]))
    slope, shift = fit_line(odds, examples.won[parts[1]], examples.weight[parts[1]])
    whole = _fit_rows(recipe, examples, np.concatenate(parts[:2]))
    return judge(expit(slope * whole.log_odds(take(examples.table, parts[2])) + shift), examples.won[parts[2]])


def _fit_rows(recipe: Recipe, examples: Examples, rows: Floats) -> Fitted:
    return fit(recipe, take(examples.table, rows), examples.won[rows], examples.weight[rows])


if __name__ == "__main__":
    sys.exit(main())
