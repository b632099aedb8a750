"""`make bench-leads`: the scoring's way of training on the UCI bank data, beside baselines of the same run.

Two ways to split: at random (ten times, figures averaged), and in order of time (the first three quarters train).
Columns, penalty and ageing are chosen by validation inside the training part: folds at random, or each stretch of time
by what came before it. Exit status 1 when a promise is missed. DATA names a folder that holds
bank-additional*.csv[.gz], or the file."""

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path

from tqdm import tqdm

from benchmarks.leads.scoring.bank import DROPPED, Bank, BankDataMissing, read_bank
from benchmarks.leads.scoring.checks import check_parts, time_scores
from benchmarks.leads.scoring.trials import (
    PAST,
    RANDOM_RECIPES,
    RANDOM_SPLITS,
    TIME_RECIPES,
    Trial,
    run_in_time,
    run_random,
)
from saathi.scoring.model import LeadScorer

LEAST_AUC = {"random split": 0.70, "in order of time": 0.66}
_SLOWEST_MS = 5.0


def main() -> int:
    """Run all, print tables, write JSON below var/bench."""
    parser = argparse.ArgumentParser(
        prog="make bench-leads", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="the file, or a folder that holds it")
    try:
        bank = read_bank(parser.parse_args().data)
    except BankDataMissing as error:
        print(error, file=sys.stderr)
        return 1
    _introduce(bank)
    with tqdm(total=RANDOM_SPLITS * len(RANDOM_RECIPES) + 2 * len(TIME_RECIPES), unit="recipe", disable=None) as bar:
        trials = [
            run_random(bank, bar.update),
            run_in_time(bank, bar.update),
            run_in_time(bank, bar.update, recent=False),
        ]
    for trial in trials:
        _tell(trial)
    promises = [promise for trial in trials[:2] for promise in _promises(trial)]
    p50, p95 = time_scores(LeadScorer.load())
    promises.append(
        (f"a score of a lead: p50 {p50:.2f} ms, p95 {p95:.2f} ms, at most {_SLOWEST_MS}", p95 <= _SLOWEST_MS)
    )
    print("\n" + "\n".join(f"{'holds' if kept else 'MISSED':<8}{words}" for words, kept in promises))
    _write(bank, trials, promises)
    return 0 if all(kept for _, kept in promises) else 1


def _introduce(bank: Bank) -> None:
    past = int(PAST * len(bank.won))
    still = [name for name, values in bank.table.items() if len(set(values[:past].astype(str))) == 1]
    print(f"{bank.file}: {len(bank.won):,} calls, {bank.won.mean():.1%} sold; dropped: {DROPPED}, known after the call")
    print(f"first {PAST:.0%} sold {bank.won[:past].mean():.1%}, the rest {bank.won[past:].mean():.1%}")
    print(f"says nothing in the first {PAST:.0%}, always one value: {', '.join(still) or 'none'}")


def _tell(trial: Trial) -> None:
    recipe = trial.recipe
    names = ", ".join(column.name for column in recipe.columns)
    print(f"\n{trial.name}")
    print(f"chosen: penalty {recipe.ridge:g}, half-life {recipe.half_life}; AUC {trial.validated:.3f} in validation")
    print(f"columns: {names}")
    print(f"{'':<34}{'AUC':>7}{'AP':>7}{'Brier':>8}{'base':>8}{'top 20%':>9}")
    for name, f in trial.figures.items():
        print(f"{name:<34}{f.auc:>7.3f}{f.average_precision:>7.3f}{f.brier:>8.4f}{f.base_brier:>8.4f}{f.top:>9.1%}")


def _promises(trial: Trial) -> list[tuple[str, bool]]:
    """What must hold of a split. "base" is the rate of the judged rows themselves: no constant forecast is better."""
    ours, least = trial.figures["ours"], LEAST_AUC[trial.name]
    rivals = {name: f.auc for name, f in trial.figures.items() if name in {"logistic", "boosting"}}
    best = max(rivals, key=lambda name: rivals[name])
    checked = check_parts(trial.model, trial.judged)
    return [
        (f"{trial.name}: AUC {ours.auc:.3f}, at least {least:.2f}", ours.auc >= least),
        (f"{trial.name}: not below {best} ({rivals[best]:.3f})", ours.auc >= rivals[best]),
        (
            f"{trial.name}: Brier {ours.brier:.4f}, better than the base rate's {ours.base_brier:.4f}",
            ours.brier < ours.base_brier,
        ),
        (f"{trial.name}: contributions within {checked.furthest:.1e} of the score", checked.furthest <= 1e-6),
        (
            f"{trial.name}: {checked.followed:.1%} of {checked.changes} changes go where they are said to",
            checked.followed >= 0.98,
        ),
    ]


def _write(bank: Bank, trials: list[Trial], promises: list[tuple[str, bool]]) -> None:
    folder = Path("var/bench")
    folder.mkdir(parents=True, exist_ok=True)
    told = {
        "file": bank.file,
        "splits": {trial.name: {name: f.as_row() for name, f in trial.figures.items()} for trial in trials},
        "promises": [{"promise": words, "holds": bool(kept)} for words, kept in promises],
    }
    file = folder / f"leads-{datetime.now().astimezone():%Y-%m-%dT%H%M%S}.json"
    file.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    print(f"\n{file}")


if __name__ == "__main__":
    sys.exit(main())
