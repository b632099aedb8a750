"""`make bench-masking`: recall, precision and milliseconds of masking; exit status 1 below what is promised."""

import argparse
import sys
from pathlib import Path

from benchmarks.masking.judge import Score, check_case, judge, measure
from benchmarks.masking.messages import read_cases, read_messages
from saathi.privacy import Masker

HERE = Path(__file__).resolve().parent
LEAST_RECALL, MOST_MILLISECONDS = 0.98, 5.0


def main() -> int:
    """Print a table a file of messages, the shared cases and the time."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.masking", description=__doc__)
    parser.add_argument("--cases", type=Path, help="the table of shared cases; without it they are left out")
    parser.add_argument("--messages", type=Path, nargs="+", default=sorted(HERE.glob("messages_*.yml")))
    arguments = parser.parse_args()
    masker = Masker()
    kept = True
    texts = []
    for path in arguments.messages:
        messages = read_messages(path)
        texts += [message.text for message in messages]
        score = judge(masker, messages)
        negatives = sum(not message.identifiers for message in messages)
        _say(f"\n{path.stem}: {len(messages) - negatives} messages, {negatives} hard negatives")
        _table(score, negatives)
        kept = kept and score.recall() >= LEAST_RECALL
    if arguments.cases and not arguments.cases.exists():
        _say(f"\nshared cases: left out, {arguments.cases} is not there")
    elif arguments.cases:
        cases = list(read_cases(arguments.cases))
        wrong = [case for case in cases if not check_case(masker, case)]
        _say(f"\nshared cases: {len(cases) - len(wrong)} of {len(cases)} right")
        _say("\n".join(f"  {case.kind}: {case.text}" for case in wrong))
        kept = kept and not wrong
    spent = measure(masker, texts)
    median = spent[len(spent) // 2]
    _say(f"one message, one core: p50 {median:.2f} ms, p95 {spent[int(len(spent) * 0.95)]:.2f} ms, {len(spent)} runs")
    return 0 if kept and median <= MOST_MILLISECONDS else 1


def _table(score: Score, negatives: int) -> None:
    _say(f"{'kind':<12}{'there':>6}{'recall':>8}{'wrong':>7}{'precision':>11}")
    for kind in sorted(score.there | score.wrong):
        _say(
            f"{kind:<12}{score.there[kind]:>6}{score.recall(kind):>8.3f}{score.wrong[kind]:>7}"
            f"{score.precision(kind):>11.3f}"
        )
    _say(f"{'all':<12}{score.there.total():>6}{score.recall():>8.3f}{score.wrong.total():>7}{score.precision():>11.3f}")
    _say(f"readable in part: {score.uncovered}; hard negatives touched: {score.touched_negatives} of {negatives}")
    _say("".join(f"  {note}\n" for note in score.notes))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
