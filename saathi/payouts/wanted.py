"""Which payouts a message asks for: by the time that it names, and by words for TDS."""

from dataclasses import dataclass
from datetime import date

from saathi.payouts.words import Asking
from saathi.periods import Period, PeriodReader
from saathi.phrases import has_phrase, read_plain

_YEAR_BEGINS = 4  # the tax year: April to March


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

    def means_tds(self, text: str) -> bool:
        """Whether a question for own earnings is about the TDS that was cut from them."""
        plain = read_plain(text)
        return has_phrase(plain, self._asking.tds) and not has_phrase(plain, self._asking.net)

    def asks_own_tds(self, text: str) -> bool:
        """Whether a question on TDS asks how much was cut from the own payouts."""
        plain = read_plain(text)
        asks = has_phrase(plain, self._asking.sum) and has_phrase(plain, self._asking.cut)
        return asks and not has_phrase(plain, self._asking.other)


def find_tax_months(query: PayoutQuery, today: date) -> Period:
    """The months whose TDS is asked for. A year is the tax year, and so is a question without a time."""
    period, begins = query.period, today.year if today.month >= _YEAR_BEGINS else today.year - 1
    if period is None:
        return _tax_year(begins)
    is_calendar_year = (period.start.month, period.start.day, period.end.month, period.end.day) == (1, 1, 12, 31)
    return _tax_year(begins - (today.year - period.start.year)) if is_calendar_year else period


def _tax_year(begins: int) -> Period:
    return Period(date(begins, _YEAR_BEGINS, 1), date(begins + 1, _YEAR_BEGINS - 1, 31))
