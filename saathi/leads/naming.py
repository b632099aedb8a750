"""Customers' names that no list of names has: "Savitri wali lead" names one by where the word stands."""

from collections.abc import Collection
from dataclasses import dataclass

from saathi.leads.words import Naming

_SHORTEST = 3  # letters of a name
_FEW_WORDS = 5  # a message with no more of them may begin with a name: "savitri lead status"


@dataclass(frozen=True, slots=True)
class GivenName:
    """A word that names a customer; it is not `sure` where it may be another word as well."""

    said: str
    sure: bool


class NameReader:
    """Reads names by their places. `known` are words that have a meaning of their own."""

    def __init__(self, naming: Naming, known: Collection[str]) -> None:
        self._naming = naming
        self._never = naming.never | naming.lead | naming.behind | naming.before | frozenset(known)

    def find(self, plain: str, taken: Collection[str] = ()) -> GivenName | None:
        """The name in a message read by `read_plain`: for sure in "Savitri wali lead" and "lead of Savitri". The words
        that are `taken` are part of something else."""
        words = plain.split()
        found = [self._read(words, place) for place, word in enumerate(words) if word not in taken]
        named = [name for name in found if name]
        return next((name for name in named if name.sure), named[0] if named else None)

    def list_unknown(self, plain: str, taken: Collection[str] = ()) -> list[str]:
        """The words of a message that have no meaning of their own, those that stand side by side together: names may
        be among them."""
        runs: list[list[str]] = [[]]
        for word in plain.split():
            if word in self._never or word in taken or not word.isalpha() or len(word) < _SHORTEST:
                runs.append([])
            else:
                runs[-1].append(word)
        return [" ".join(run) for run in runs if run]

    def _read(self, words: list[str], place: int) -> GivenName | None:
        word, naming = words[place], self._naming
        if len(word) < _SHORTEST or not word.isalpha() or word in self._never:
            return None
        before, (behind, then) = words[max(place - 2, 0) : place], [*words[place + 1 : place + 3], "", ""][:2]
        is_behind = bool(before) and before[-1] in naming.before
        begins = place == 0 and behind in naming.lead and len(words) <= _FEW_WORDS
        if (behind in naming.behind and then in naming.lead) or (is_behind and before[0] in naming.lead):
            return GivenName(word, sure=True)
        if len(words) == len(before) + 1 == 2 and before[0] in naming.lead:
            return GivenName(word, sure=True)
        if begins or is_behind or behind in naming.behind:
            return GivenName(word, sure=begins and not behind.endswith("s"))  # "facebook leads" are of many
        return None
