"""What was found against what stands in the texts."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.masking.messages import Case, Message
from saathi.privacy import Identifier, Masker


@dataclass
class Score:
    """Counts a kind. An identifier is found when one of its kind covers it; what meets none of its kind is wrong."""

    there: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    uncovered: int = 0  # identifiers of which a part stays readable, whatever kind was said
    touched_negatives: int = 0
    notes: list[str] = field(default_factory=list)

    def recall(self, kind: str | None = None) -> float:
        """Of one kind, or of all; 1 where there is none."""
        there = self.there[kind] if kind else self.there.total()
        return (self.found[kind] if kind else self.found.total()) / there if there else 1.0

    def precision(self, kind: str | None = None) -> float:
        """Of one kind, or of all; 1 where none was said."""
        right = self.found[kind] if kind else self.found.total()
        wrong = self.wrong[kind] if kind else self.wrong.total()
        return right / (right + wrong) if right + wrong else 1.0


def judge(masker: Masker, messages: Sequence[Message]) -> Score:
    """The counts over all messages, with a note for each slip."""
    score = Score()
    for message in messages:
        found = masker.find(message.text)
        missed = [one for one in message.identifiers if not any(_covers(other, one) for other in found)]
        wrong = [one for one in found if not any(_meets(one, other) for other in message.identifiers)]
        score.there.update(one.kind for one in message.identifiers)
        score.found.update(one.kind for one in message.identifiers if one not in missed)
        score.wrong.update(one.kind for one in wrong)
        score.uncovered += sum(not _is_hidden(one, found) for one in missed)
        score.touched_negatives += bool(found and not message.identifiers)
        score.notes += [f"missed {one.kind}: {message.text}" for one in missed]
        score.notes += [f"wrong {one.kind}: {message.text}" for one in wrong]
    return score


def check_case(masker: Masker, case: Case) -> bool:
    """Whether the number of identifiers and the place of the first one are right."""
    found = [one for one in masker.find(case.text) if one.kind == case.kind]
    if len(found) != case.count:
        return False
    return not found or case.first is None or (found[0].start, found[0].end) == case.first


def measure(masker: Masker, texts: Sequence[str], rounds: int = 5) -> list[float]:
    """Milliseconds a text, sorted; each text is masked `rounds` times after one that does not count."""
    for text in texts:
        masker.mask(text)
    spent = []
    for _ in range(rounds):
        for text in texts:
            begun = time.perf_counter()
            masker.mask(text)
            spent.append((time.perf_counter() - begun) * 1000)
    return sorted(spent)


def _covers(found: Identifier, there: Identifier) -> bool:
    return found.kind == there.kind and found.start <= there.start and there.end <= found.end


def _meets(found: Identifier, there: Identifier) -> bool:
    return found.kind == there.kind and found.start < there.end and there.start < found.end


def _is_hidden(there: Identifier, found: Sequence[Identifier]) -> bool:
    return all(any(one.start <= place < one.end for one in found) for place in range(there.start, there.end))
