"""Which leads a message asks for: by what it names, or by words for a stage, for those that stick, for the best."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from language import normalise, to_latin
from saathi.leads.model import ENDED, LeadQuery, Stage
from saathi.leads.words import Asking
from saathi.periods import PeriodReader
from saathi.references import lead_reference, phone_ending

DAY_S = 86_400.0
_WEEK = 7  # days after which a lead sticks, where no length of time is named
_OPEN = frozenset(Stage) - ENDED
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Said:
    """What a message names, in its own words; empty where it names none."""

    text: str
    reference: str = ""
    person: str = ""
    ending: str = ""
    kinds: Collection[str] = ()  # of products
    last: str = ""  # the lead that was spoken of last
    stages: frozenset[Stage] = frozenset()  # that the question is about, unless it names others


class WantedReader:
    """Reads queries."""

    def __init__(self, asking: Asking, periods: PeriodReader) -> None:
        self._asking = asking
        self._periods = periods

    def read(self, said: Said, now: float) -> LeadQuery:
        """The query; of nothing named at all, the leads that are open, the longest waiting first."""
        reference = lead_reference(said.reference) if said.reference else None
        if reference is not None:
            return LeadQuery(reference=reference)
        plain = f" {' '.join(_WORD.findall(to_latin(normalise(said.text)).lower()))} "
        is_named = bool(said.person or said.ending)
        if said.last and not is_named and not said.kinds and _has(plain, self._asking.that):
            return LeadQuery(reference=said.last)
        named = frozenset(stage for stage, words in self._asking.stages.items() if _has(plain, words))
        stages = named or (frozenset() if is_named else said.stages)
        idle = self._idle_days(plain) if not is_named else None
        is_open = _has(plain, self._asking.open) or idle is not None or not (is_named or stages)
        return LeadQuery(
            name=said.person or None,
            ending=phone_ending(said.ending) if said.ending else None,
            kinds=frozenset(said.kinds),
            stages=stages or (_OPEN if is_open and not is_named else frozenset()),
            unmoved_since=now - idle * DAY_S if idle is not None else None,
            best_first=_has(plain, self._asking.best),
        )

    def _idle_days(self, plain: str) -> int | None:
        """For how many days the leads have not moved; None when it is not asked for that."""
        if not _has(plain, self._asking.stuck):
            return None
        return self._periods.read_length(plain) or _WEEK


def _has(plain: str, phrases: Collection[str]) -> bool:
    return any(f" {phrase} " in plain for phrase in phrases)
