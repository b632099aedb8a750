"""What the checks report: a place, what is wrong there, and the remedy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Place:
    """A line of a file. `file` is relative to the project, `line` counts from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        """Write it as `file:line`."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Finding:
    """One line of the report. `wrong` and `remedy` are sentences without the full stop.

    A warning does not fail the check: the assistant works, though perhaps not as meant.
    """

    place: Place
    wrong: str
    remedy: str
    is_warning: bool = False

    def __str__(self) -> str:
        """Write it as one line."""
        mark = "warning: " if self.is_warning else ""
        return " ".join(f"{self.place}: {mark}{self.wrong}. {self.remedy}.".split())


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return each finding once, errors first, each part by file and line."""
    return sorted(dict.fromkeys(findings), key=lambda finding: (finding.is_warning, finding.place, finding.wrong))


def name_others(places: list[Place]) -> str:
    """Return where else a thing stands: '' for one place, ' (and in 3 more places, next data/nlu/x.yml:7)'."""
    if len(places) < 2:
        return ""
    count = len(places) - 1
    return f" (and in {count} more place{'s' if count > 1 else ''}, next {places[1]})"
