"""The demo network's payouts, by the rules of knowledge/articles/partner: rate card, free-look, slab, clawback, TDS,
the 10th of the month, and the minimum of ₹500. Amounts are paise."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from saathi.demo.simulation import LOANS
from saathi.payouts.model import Line, LineKind, Payout, PayoutState

_MONTHS = 12
_PERCENT = {
    "term": 2000, "savings-life": 2000, "ulip": 2000, "health": 1500, "motor": 1200, "travel": 1200, "pension": 200,
    "deposit": 50, "personal-loan": 150, "business-loan": 120, "gold-loan": 60, "home-loan": 40,
}  # fmt: skip
_CARD = 1_200_00
_SLAB_FROM, _SLAB_EXTRA = 10_00_000_00, 20  # of personal loans disbursed in a month; basis points
_FREE_LOOK = frozenset({"term", "savings-life", "ulip", "health"})
_TDS_FROM, _TDS, _TDS_WITHOUT_PAN = 20_000_00, 200, 2000
_MINIMUM = 500_00
_FAULTS = (
    (PayoutState.FAILED, "wrong_ifsc"),
    (PayoutState.FAILED, "bank_name_mismatch"),
    (PayoutState.FAILED, "account_closed"),
    (PayoutState.HELD, "kyc_pending"),
)


@dataclass(frozen=True, slots=True)
class Sale:
    """A lead that was approved on a day; `amount` is the yearly premium or the loan."""

    lead: str
    kind: str
    amount: int
    approved_on: date


class Ledger:
    """Makes one partner's payouts of the last twelve months, up to `today`."""

    def __init__(self, random: Random, partner: str, sales: Sequence[Sale], today: date) -> None:
        self._random = random
        self._partner = partner
        self._sales = sales
        self._today = today
        self._has_pan = random.random() > 0.04

    def payouts(self) -> list[Payout]:
        """The payouts, oldest first; a month without anything has none."""
        earned = self._earn()
        made: list[Payout] = []
        owed, carried = 0, 0  # of clawbacks, and of months below the minimum
        paid_in_year: dict[tuple[int, bool], int] = defaultdict(int)
        for month in _list_months(self._today):
            lines = list(earned.get(month, []))
            if carried:
                lines.append(Line(LineKind.CORRECTION, carried, reason="below_minimum"))
                carried = 0
            if not lines:
                continue
            lines, owed = _take_back(lines, owed)
            lines += self._withhold(lines, month, paid_in_year)
            payout = self._close(month, lines)
            if payout.reason == "below_minimum":
                carried = payout.net
            made.append(payout)
        return made

    def _earn(self) -> dict[date, list[Line]]:
        """Lines by the month in which they become payable."""
        lines: dict[date, list[Line]] = defaultdict(list)
        for sale in self._sales:
            days = 33 if sale.kind in _FREE_LOOK else self._random.randint(2, 9)
            month = (sale.approved_on + timedelta(days=days)).replace(day=1)
            line = _commission(sale)
            lines[month].append(line)
            if sale.kind in LOANS and self._random.random() < 0.04:
                reason = "card_closed_early" if sale.kind == "credit-card" else "loan_closed_early"
                later = (month + timedelta(days=70)).replace(day=1)
                lines[later].append(replace(line, kind=LineKind.CLAWBACK, amount=-line.amount, reason=reason))
            elif sale.kind == "health" and self._random.random() < 0.04:
                later = (month + timedelta(days=100)).replace(day=1)
                back = -line.amount * 40 // 100
                lines[later].append(replace(line, kind=LineKind.CLAWBACK, amount=back, reason="part_refunded"))
        return {month: [*of_month, *_slab(of_month)] for month, of_month in lines.items()}

    def _withhold(self, lines: list[Line], month: date, paid_in_year: dict[tuple[int, bool], int]) -> Iterator[Line]:
        """TDS on the whole of a year's commission once it is over the limit; insurance and the rest each for itself."""
        year = month.year if month.month >= 4 else month.year - 1
        for is_loan in (False, True):
            gross = sum(
                line.amount
                for line in lines
                if line.amount > 0 and line.kind != LineKind.CORRECTION and (line.kind_of_product in LOANS) == is_loan
            )
            before = paid_in_year[year, is_loan]
            paid_in_year[year, is_loan] = after = before + gross
            if after <= _TDS_FROM or not gross:
                continue
            base = gross if before > _TDS_FROM else after
            rate = _TDS if self._has_pan else _TDS_WITHOUT_PAN
            cut = base * rate // 10_000 // 100 * 100
            yield Line(LineKind.TDS, -cut, base=base, rate=rate, reason=None if self._has_pan else "no_pan")

    def _close(self, month: date, lines: list[Line]) -> Payout:
        following = (month + timedelta(days=32)).replace(day=1)
        due = _working_day(following.replace(day=10))
        made = Payout(
            id=f"{self._partner}-{month:%Y-%m}",
            month=month,
            state=PayoutState.PAID,
            due_on=due,
            paid_on=due,
            reason="bank_holiday" if due.day != 10 else None,
            lines=tuple(lines),
        )
        if made.net < _MINIMUM:
            return replace(made, state=PayoutState.HELD, paid_on=None, reason="below_minimum")
        if due > self._today:
            is_sent = self._today >= following.replace(day=8)
            return replace(made, state=PayoutState.PROCESSING if is_sent else PayoutState.SCHEDULED, paid_on=None)
        if self._today - due < timedelta(days=31) and self._random.random() < 0.12:
            state, reason = self._random.choice(_FAULTS)
            return replace(made, state=state, paid_on=None, reason=reason)
        return made


def _commission(sale: Sale) -> Line:
    if sale.kind == "credit-card":
        return Line(LineKind.COMMISSION, _CARD, lead=sale.lead, kind_of_product=sale.kind)
    rate = _PERCENT[sale.kind]
    return Line(
        LineKind.COMMISSION, sale.amount * rate // 10_000, sale.amount, rate, sale.lead, kind_of_product=sale.kind
    )


def _slab(lines: list[Line]) -> list[Line]:
    """The bonus on what of a month's personal loans lies above the slab."""
    base = sum(
        line.base or 0 for line in lines if line.kind == LineKind.COMMISSION and line.kind_of_product == "personal-loan"
    )
    above = base - _SLAB_FROM
    if above <= 0:
        return []
    bonus = above * _SLAB_EXTRA // 10_000
    return [Line(LineKind.SLAB, bonus, above, _SLAB_EXTRA, kind_of_product="personal-loan", reason="slab_reached")]


def _take_back(lines: list[Line], owed: int) -> tuple[list[Line], int]:
    """At most half of a month's earnings is set off; the rest waits. The lines that hold, and what is owed after."""
    earned = sum(line.amount for line in lines if line.amount > 0)
    room = earned // 2
    kept = []
    for line in lines:
        if line.kind == LineKind.CLAWBACK:
            now = min(-line.amount, room)
            room, owed = room - now, owed + -line.amount - now
            kept += [replace(line, amount=-now)] if now else []
        else:
            kept.append(line)
    before = min(owed, room)
    if before:
        kept.append(Line(LineKind.CLAWBACK, -before, reason="carried_forward"))
    return kept, owed - before


def _list_months(today: date) -> list[date]:
    months = [today.replace(day=1)]
    while len(months) < _MONTHS:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return months[::-1]


def _working_day(day: date) -> date:
    """The day, or the next on which banks work: not a Sunday, nor the second Saturday."""
    while day.weekday() == 6 or (day.weekday() == 5 and 8 <= day.day <= 14):
        day += timedelta(days=1)
    return day
