"""What one choice of policies came to, and the table of all."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.knowledge.times import Times

_HEAD = (
    "| policies | actions right | whole paths right | decided by a rule | p50 ms | p95 ms | training s | "
    "training MB | running MB |"
)


@dataclass(frozen=True)
class Outcome:
    """One row. Times are of one prediction, memory is the peak of the process that trained or predicted."""

    name: str
    actions: int
    actions_right: int
    paths: int
    paths_right: int
    by_rule: int
    times: Times
    training_s: float
    training_mb: float
    running_mb: float

    def row(self) -> str:
        """As a line of the table."""
        cells = (
            self.name,
            f"{self.actions_right} of {self.actions} ({self.actions_right / self.actions:.1%})",
            f"{self.paths_right} of {self.paths} ({self.paths_right / self.paths:.1%})",
            f"{self.by_rule / self.actions:.1%}",
            f"{self.times.p50:.2f}",
            f"{self.times.p95:.2f}",
            f"{self.training_s:.1f}",
            f"{self.training_mb:.0f}",
            f"{self.running_mb:.0f}",
        )
        return f"| {' | '.join(cells)} |"


def read_outcome(name: str, trained: dict[str, Any], walked: dict[str, Any]) -> Outcome:
    """From the figures that `benchmarks.policies.walk` wrote."""
    steps = [step for path in walked["paths"] for step in path["actions"]]
    policies = Counter(step["policy"] for step in steps)
    return Outcome(
        name=name,
        actions=len(steps),
        actions_right=sum(map(_is_right, steps)),
        paths=len(walked["paths"]),
        paths_right=sum(all(map(_is_right, path["actions"])) for path in walked["paths"]),
        by_rule=policies["RulePolicy"],
        times=Times.of(walked["seconds"]),
        training_s=trained["training_s"],
        training_mb=trained["peak_mb"],
        running_mb=walked["peak_mb"],
    )


def table(outcomes: Sequence[Outcome]) -> str:
    """All choices, a line each, as Markdown."""
    return "\n".join([_HEAD, "|---" + "|--:" * (_HEAD.count("|") - 2) + "|", *(outcome.row() for outcome in outcomes)])


def misses(walked: dict[str, Any]) -> Iterator[str]:
    """Each wrong prediction in words."""
    for path in walked["paths"]:
        for before, step in zip([None, *path["actions"]], path["actions"], strict=False):
            if not _is_right(step):
                after = before["expected"] if before else "the start"
                yield (
                    f"{path['path']}: after {after} comes {step['expected']}, {step['policy']} says {step['predicted']}"
                )


def _is_right(step: dict[str, str]) -> bool:
    return step["expected"] == step["predicted"]
