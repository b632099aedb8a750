"""What a check found, as plain text or JSON."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

Kind = Literal[
    "broken", "dead_link", "expired", "expiring", "unfinished", "unreviewed", "duplicate", "contradiction",
    "unfindable", "unused", "unanswered",
]  # fmt: skip

FAULTS: frozenset[Kind] = frozenset({"broken", "dead_link", "expired"})

_HEADINGS: dict[Kind, str] = {
    "broken": "Broken articles: nobody is answered from them",
    "dead_link": "Links that lead nowhere",
    "expired": "Facts that have expired: they are not given as current any more",
    "expiring": "Facts that expire within 60 days",
    "unfinished": "Articles that still hold a TODO",
    "contradiction": "Figures that may contradict each other",
    "duplicate": "Articles or passages that say nearly the same",
    "unfindable": "Articles that their own questions do not find",
    "unused": "Articles that no answer cited in the last 90 days",
    "unanswered": "Questions that nobody answers, most frequent first",
    "unreviewed": "Articles without a second reading",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at: the articles it is about, what is the matter in a line, and the texts that show it.

    `weight` orders findings of a kind, highest first.
    """

    kind: Kind
    articles: tuple[str, ...]
    message: str
    texts: tuple[str, ...] = ()
    weight: float = 0.0

    @property
    def is_fault(self) -> bool:
        """Whether it must be mended; all else is advice."""
        return self.kind in FAULTS


def write_text(findings: Iterable[Finding], notes: Iterable[str]) -> str:
    """The findings under a heading a kind, faults first, then what could not be looked at."""
    return "\n".join([*_lines(list(findings)), *notes]) + "\n"


def write_data(findings: Iterable[Finding], notes: Iterable[str]) -> dict[str, Any]:
    """The same for programs."""
    rows = [{**asdict(finding), "is_fault": finding.is_fault} for finding in findings]
    return {"findings": rows, "faults": sum(row["is_fault"] for row in rows), "notes": list(notes)}


def _lines(findings: list[Finding]) -> Iterator[str]:
    for kind, heading in _HEADINGS.items():
        found = sorted((f for f in findings if f.kind == kind), key=lambda f: (-f.weight, f.articles))
        if not found:
            continue
        yield f"{heading} ({len(found)})" + (" - to be mended" if kind in FAULTS else "")
        for finding in found:
            yield f"  {finding.message}"
            yield from (f"      {text}" for text in finding.texts)
        yield ""
    faults = sum(finding.is_fault for finding in findings)
    yield f"{faults} to be mended, {len(findings) - faults} to be thought about."
