"""Which payouts a message asks for: by the time that it names, and by words for TDS."""

from dataclasses import dataclass
from datetime import date, timedelta

from saathi.payouts.model import LineKind
from saathi.payouts.spoken import Spoken
from saathi.payouts.words import Asking
from saathi.periods import Period, PeriodReader
from saathi.phrases import has_phrase, list_others, read_plain

_YEAR_BEGINS = 4  # the tax year: April to March
_FEW_WORDS = 6  # a message with no more of them goes on from what was told
_SOME_WORDS = 12  # a longer one that names a line may be about anything
_NAME_ALONE = 2  # words of a message that is no more than a line's name
_TAKEN, _EARNED = frozenset({LineKind.CLAWBACK}), frozenset({LineKind.COMMISSION, LineKind.RENEWAL})


@dataclass(frozen=True, slots=True)
class PayoutQuery:
    """The months that are asked for, from the first day of the first to the last of the last; None where the message
    names no time. `is_of_days` is true of a time shorter than a month."""

    period: Period | None = None
    is_of_days: bool = False

    @property
    def is_of_months(self) -> bool:
        """Whether it is about more than a month."""
        return self.period is not None and self.period.start.replace(day=1) != self.period.end.replace(day=1)


class PayoutWantedReader:
    """Reads queries."""

    def __init__(self, asking: Asking, periods: PeriodReader) -> None:
        self._asking = asking
        self._periods = periods

    def read(self, text: str, named: str, today: date) -> PayoutQuery:
        """The query. `named` is the time as the message names it, "" where it names none."""
        period = self._periods.read(named, today) if named else None
        if period is None or has_phrase(read_plain(text), self._asking.against):
            return PayoutQuery()
        is_of_days = (period.end - period.start).days < 27
        return PayoutQuery(period, is_of_days)

    def read_on(self, text: str, named: str, today: date, spoken: Spoken) -> PayoutQuery | None:
        """What a short message asks for after payouts were told: another time, the month before, the TDS of the same;
        None for any other. Last month is the one before where last month was just told."""
        plain = read_plain(text)
        if not self.is_short(text):
            return None
        query, asking = self.read(text, named, today), self._asking
        if query.period == spoken.months or (query.period is None and has_phrase(plain, asking.month_before)):
            return PayoutQuery(_month_before(spoken.months.start))
        leans = self.goes_on(text) or has_phrase(plain, asking.that)
        if query.period is None and leans and has_phrase(plain, asking.tds) and not has_phrase(plain, asking.other):
            return PayoutQuery(spoken.months)
        return query if query.period is not None else None

    def is_short(self, text: str) -> bool:
        """Whether a message is so short that it may lean on the one before."""
        return len(read_plain(text).split()) <= _FEW_WORDS

    def goes_on(self, text: str) -> bool:
        """Whether a short message leans on the one before by the words that it begins with: "aur", "what about"."""
        return self.is_short(text) and read_plain(text).startswith(tuple(f" {word} " for word in self._asking.and_))

    def asks_why_less(self, text: str) -> bool:
        """Whether a short message asks why it is so little."""
        plain = read_plain(text)
        return self.is_short(text) and has_phrase(plain, self._asking.why) and has_phrase(plain, self._asking.less)

    def find_lines(self, text: str) -> frozenset[LineKind]:
        """The kinds of lines that a message asks about after a payout was told; none where it asks how such lines come
        about in general, or why they are so little."""
        plain, asking = read_plain(text), self._asking
        kinds = frozenset(kind for kind, words in asking.lines.items() if has_phrase(plain, words))
        if has_phrase(plain, asking.lines[LineKind.RENEWAL]):  # "renewal commission" is one line
            kinds -= {LineKind.COMMISSION}
        if not kinds and has_phrase(plain, asking.whose):  # "kis lead ki wajah se kata"
            is_of_told = has_phrase(plain, asking.that)
            kinds = _TAKEN if has_phrase(plain, asking.cut) else _EARNED if is_of_told else kinds
        words = len(plain.split())
        if not kinds or words > _SOME_WORDS or self.asks_why_less(text):
            return frozenset()
        leans = has_phrase(plain, asking.that - {"it", "that"})
        is_own = has_phrase(plain, asking.of_payout) or words <= _NAME_ALONE
        return kinds if leans or (is_own and not has_phrase(plain, asking.general)) else frozenset()

    def asks_step(self, text: str) -> bool:
        """Whether a message asks what is to be done now, and nothing else."""
        plain, asking = read_plain(text), self._asking
        asks = len(plain.split()) <= _SOME_WORDS and has_phrase(plain, asking.step)
        return asks and asking.beside_step.issuperset(list_others(plain, asking.step))

    def asks_of_person(self, text: str) -> bool:
        """Whether a message that names a person asks for that person's payout, not for what a sale brought."""
        plain = read_plain(text)
        return has_phrase(plain, self._asking.payout) and not has_phrase(plain, self._asking.sale)

    def asks_of_somebody(self, text: str) -> bool:
        """Whether it asks for the payout of somebody who is not named."""
        return has_phrase(read_plain(text), self._asking.somebody)

    def asks_own_coming(self, text: str) -> bool:
        """Whether it asks for the own payout that is to come."""
        plain, asking = read_plain(text), self._asking
        return all(has_phrase(plain, words) for words in (asking.payout, asking.coming, asking.mine))

    def means_tds(self, text: str) -> bool:
        """Whether a question for own earnings is about the TDS that was cut from them."""
        plain = read_plain(text)
        return has_phrase(plain, self._asking.tds) and not has_phrase(plain, self._asking.net)

    def asks_own_tds(self, text: str, named: str) -> bool:
        """Whether a question on TDS asks how much was cut from the own payouts, or why it was at the time that is
        `named`, "" for none."""
        plain = read_plain(text)
        if named and has_phrase(plain, self._asking.cut) and has_phrase(plain, self._asking.why):
            return True
        asks = has_phrase(plain, self._asking.sum) and has_phrase(plain, self._asking.cut)
        return (asks or has_phrase(plain, self._asking.own)) and not has_phrase(plain, self._asking.other)


def find_tax_months(query: PayoutQuery, today: date) -> Period:
    """The months whose TDS is asked for. A year is the tax year, and so is a question without a time."""
    period, begins = query.period, today.year if today.month >= _YEAR_BEGINS else today.year - 1
    if period is None:
        return _tax_year(begins)
    is_calendar_year = (period.start.month, period.start.day, period.end.month, period.end.day) == (1, 1, 12, 31)
    return _tax_year(begins - (today.year - period.start.year)) if is_calendar_year else period


def _month_before(day: date) -> Period:
    last = day.replace(day=1) - timedelta(days=1)
    return Period(last.replace(day=1), last)


def _tax_year(begins: int) -> Period:
    return Period(date(begins, _YEAR_BEGINS, 1), date(begins + 1, _YEAR_BEGINS - 1, 31))
