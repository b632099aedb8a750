"""Which leads a message asks for: by what it names, or by words for a stage, a time, those that stick, the best."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from saathi.clock import INDIA, date_in_india
from saathi.leads.model import OPEN, PARTNERS_TURN, LeadQuery, Stage
from saathi.leads.naming import GivenName, NameReader
from saathi.leads.providers import Providers
from saathi.leads.words import Asking
from saathi.periods import PeriodReader
from saathi.phrases import has_phrase, read_plain
from saathi.products import Catalog
from saathi.references import lead_reference, phone_ending

DAY_S = 86_400.0
_WEEK = 7  # days after which a lead sticks, where no length of time is named
_FEW_WORDS = 6  # a message with no more of them, that names nothing, goes on about the lead just told
_SOME_WORDS = 12  # in a longer one a pronoun may stand for anything
_WRITTEN = re.compile(r" (?:l|ld|el|eldi|el di) ?(\d{4,8}) ")
_FIGURE = re.compile(r"(?<![\d,.₹/-])\d{4,8}(?![\d,./-])")
_LONGEST_NAME = 4  # words of a kind of product


@dataclass(frozen=True, slots=True)
class Said:
    """What a message names, in its own words; empty where it names none."""

    text: str
    reference: str = ""
    person: str = ""
    ending: str = ""
    institution: str = ""
    date: str = ""
    amount: str = ""
    last: str = ""  # the lead that was spoken of last
    told: bool = False  # whether that was just now
    stages: frozenset[Stage] = frozenset()  # that the question is about, unless it names others
    best_first: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """The leads that are wanted; `otherwise` is what the message means when there is none such; `counts` when it asks
    how many there are."""

    query: LeadQuery
    otherwise: LeadQuery | None = None
    counts: bool = False
    names: tuple[str, ...] = ()  # of customers whose leads are held against one another
    most: int | None = None  # how many of the best


class WantedReader:
    """Reads queries. Kinds of product are named by the words of the catalogue or of data/leads/asking.yml."""

    def __init__(self, asking: Asking, periods: PeriodReader, catalog: Catalog) -> None:
        self._asking = asking
        self._periods = periods
        self._providers = Providers(catalog)
        self._kinds: dict[tuple[str, ...], tuple[str, ...]] = {
            tuple(phrase.split()): (key,) for key, kind in catalog.words.kinds.items() for phrase in kind.said
        }
        self._kinds |= {tuple(phrase.split()): group.kinds for group in asking.kinds for phrase in group.said}
        self._names = NameReader(asking.naming, asking.words.union(*self._kinds))

    def read(self, said: Said, now: float) -> Wanted:
        """The query; of nothing named at all, the leads that are open, the longest waiting first."""
        plain = read_plain(said.text)
        if has_phrase(plain, self._asking.oldest):
            said = replace(said, best_first=False)
        numbered = self._read_number(said, plain)
        if numbered is not None:
            return numbered
        kinds, products = self.find_kinds(said.text), self._find_products(said, plain)
        name = GivenName(said.person, sure=True) if said.person else self._find_name(said, plain)
        if name and name.sure:
            return self._read_named(name.said, plain, LeadQuery(kinds=kinds, products=products))
        if said.last and products is None and self._is_of_last(said, plain, kinds):
            wanted = Wanted(LeadQuery(reference=said.last))
        else:
            wanted = self._read_sort(said, plain, LeadQuery(kinds=kinds, products=products), now)
        return self._or_named(wanted, plain, name) if name else wanted

    def find_kinds(self, text: str) -> frozenset[str]:
        """The kinds of product that are named, each place by its longest words."""
        return frozenset(kind for kinds in self._walk_kinds(read_plain(text).split()) for kind in kinds)

    def find_products(self, text: str) -> frozenset[str] | None:
        """The products of the providers that are named; None where none is."""
        return self._providers.find_products(read_plain(text))

    def list_unknown(self, said: Said) -> list[str]:
        """The words that may be customers' names since they mean nothing else, those side by side together."""
        taken = read_plain(f"{said.date} {said.amount}").split()
        return self._names.list_unknown(self._providers.without(read_plain(said.text)), taken)

    def is_sort(self, text: str) -> bool:
        """Whether it names a kind of leads, a stage, a provider, or those that stick."""
        plain = read_plain(text)
        named = self.find_kinds(text) or self._find_stages(plain) or self._providers.find_products(plain) is not None
        return bool(named) or has_phrase(plain, self._asking.stuck)

    def ranks(self, text: str) -> bool:
        """Whether it asks which leads come first."""
        return has_phrase(read_plain(text), self._asking.best)

    def means_last(self, text: str) -> bool:
        """Whether a pronoun stands for the lead spoken of last."""
        return has_phrase(read_plain(text), self._asking.that)

    def picks(self, text: str) -> bool:
        """Whether it points at one of several: "home loan wali", "the approved one"."""
        plain = read_plain(text)
        return len(plain.split()) <= _FEW_WORDS and has_phrase(plain, self._asking.one)

    def find_stages(self, text: str) -> frozenset[Stage]:
        """The stages that are named."""
        return self._find_stages(read_plain(text))

    def _read_number(self, said: Said, plain: str) -> Wanted | None:
        """By a lead's number or a phone's ending. Four digits may be either: words tell, or else what there is."""
        written = _WRITTEN.search(plain)
        if written:
            return Wanted(LeadQuery(reference=f"L-{written[1]}"))
        figure = said.reference or said.ending
        if not (figure or said.person or said.date or said.amount):
            found = _FIGURE.search(said.text)
            figure = found[0] if found else ""
        reference, ending = lead_reference(figure), phone_ending(figure)
        by_number = LeadQuery(reference=reference) if reference else None
        by_phone = LeadQuery(ending=ending) if ending else None
        is_phone = not said.reference and has_phrase(plain, self._asking.ending)
        if by_phone and (by_number is None or is_phone):
            return Wanted(by_phone)
        return Wanted(by_number, by_phone) if by_number else None

    def _is_of_last(self, said: Said, plain: str, kinds: Collection[str]) -> bool:
        """Whether the lead spoken of last is meant: by a pronoun, or by a short question that names nothing."""
        if kinds or said.best_first:
            return False
        length = len(plain.split())
        if length <= _SOME_WORDS and has_phrase(plain, self._asking.that):
            return True
        if self._find_stages(plain) and not said.stages:  # those at a stage are asked for
            return False
        if has_phrase(plain, self._asking.stuck) and self._periods.read_length(plain):  # "stuck for more than a week"
            return False
        return said.told and length <= _FEW_WORDS and not said.date and not has_phrase(plain, self._asking.several)

    def _read_named(self, name: str, plain: str, sort: LeadQuery) -> Wanted:
        """By a customer's name; a kind, stage or provider beside it narrows, unless nothing is left then."""
        named = LeadQuery(name=name)
        narrowed = replace(sort, name=name, stages=self._find_stages(plain))
        counts = has_phrase(plain, self._asking.count)
        return Wanted(narrowed, named if narrowed != named else None, counts)

    def _or_named(self, wanted: Wanted, plain: str, name: GivenName) -> Wanted:
        """What is wanted, or the leads of a customer, where a word may be a name: those of the customer first, but for
        a name that a provider has too."""
        if wanted.query.best_first or self._find_stages(plain):
            return wanted
        named = LeadQuery(name=name.said)
        if wanted.query.products is not None:
            return Wanted(wanted.query, named, wanted.counts)
        return Wanted(replace(named, kinds=wanted.query.kinds), wanted.query, wanted.counts)

    def _find_name(self, said: Said, plain: str) -> GivenName | None:
        """A name that no list of names has; that of a provider may be a customer's as well."""
        taken = read_plain(f"{said.date} {said.amount}").split()
        name = self._names.find(plain, taken)
        if name and name.said not in self._providers.without(plain).split():
            return GivenName(name.said, sure=False)
        return name

    def _find_products(self, said: Said, plain: str) -> frozenset[str] | None:
        """The products of the providers that are named; of one that the catalogue does not have there are none."""
        found = self._providers.find_products(plain)
        return frozenset() if found is None and said.institution else found

    def _read_sort(self, said: Said, plain: str, sort: LeadQuery, now: float) -> Wanted:
        named, span = self._find_stages(plain), self._find_span(said, plain, now)
        idle = self._idle_days(plain)
        stages = named or said.stages
        if span and idle is None and not said.best_first:
            # "new leads of this month" came in then; "rejected last week" says when they were
            is_of_arrival = not stages or stages == {Stage.NEW}
            query = replace(sort, created=span) if is_of_arrival else replace(sort, stages=stages, moved=span)
            return Wanted(query, counts=has_phrase(plain, self._asking.count))
        if not stages and (said.best_first or has_phrase(plain, self._asking.best)):
            best = replace(sort, stages=PARTNERS_TURN, best_first=True)
            return Wanted(best, replace(best, stages=OPEN))
        query = replace(
            sort,
            stages=stages or (frozenset() if has_phrase(plain, self._asking.every) else OPEN),
            unmoved_since=now - idle * DAY_S if idle is not None else None,
            best_first=said.best_first,
        )
        return Wanted(query, counts=has_phrase(plain, self._asking.count))

    def _walk_kinds(self, words: list[str]) -> Iterator[tuple[str, ...]]:
        place = 0
        while place < len(words):
            sizes = (size for size in range(_LONGEST_NAME, 0, -1) if tuple(words[place : place + size]) in self._kinds)
            size = next(sizes, 0)
            if size:
                yield self._kinds[tuple(words[place : place + size])]
            place += size or 1

    def _find_stages(self, plain: str) -> frozenset[Stage]:
        return frozenset(stage for stage, words in self._asking.stages.items() if has_phrase(plain, words))

    def _find_span(self, said: Said, plain: str, now: float) -> tuple[float, float] | None:
        """The moments between which the period lies that is named; none when it says "until today"."""
        if not said.date or has_phrase(plain, self._asking.so_far):
            return None
        period = self._periods.read(said.date, date_in_india(now))
        if period is None:
            return None
        first, last = (datetime(day.year, day.month, day.day, tzinfo=INDIA) for day in (period.start, period.end))
        return first.timestamp(), (last + timedelta(days=1)).timestamp()

    def _idle_days(self, plain: str) -> int | None:
        """For how many days the leads have not moved; None when it is not asked for that."""
        if not has_phrase(plain, self._asking.stuck):
            return None
        return self._periods.read_length(plain) or _WEEK
