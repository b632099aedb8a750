"""What is replied to a question on payouts: which response, with what in its gaps, on which card."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from saathi.payouts.comparing import list_deductions, list_losses
from saathi.payouts.model import LineKind, Payout, PayoutState
from saathi.payouts.sales import find_sale
from saathi.payouts.telling import PayoutTeller, Row, Told, write_card, write_lines, write_paise
from saathi.payouts.wanted import PayoutQuery, find_tax_months
from saathi.periods import Period

_STOPPED = frozenset({PayoutState.FAILED, PayoutState.HELD})


@dataclass(frozen=True, slots=True)
class Reply:
    """A response with what fills it (its gaps, `buttons`) and its card; `before` is a response that is said before it,
    `offers_person` where the ledger cannot settle what was reported; `months` are those whose payouts or TDS it
    tells."""

    response: str
    filling: Mapping[str, Any] = field(default_factory=dict)
    card: Mapping[str, Any] | None = None
    offers_person: bool = False
    months: Period | None = None
    before: str | None = None


class PayoutReplies:
    """Replies from a partner's payouts, which are given the newest first."""

    def __init__(self, teller: PayoutTeller, payouts: Sequence[Payout], today: date) -> None:
        self._teller = teller
        self._payouts = payouts
        self._today = today

    def tell(self, query: PayoutQuery) -> Reply:
        """The payout of the month that is asked for, all of several months, or the last one and the coming one."""
        period = query.period
        if period is None:
            return self._tell_latest()
        if query.is_of_months and not query.is_of_days:
            return self._tell_months(period)
        sent = (payout for payout in self._payouts if payout.paid_on and period.start <= payout.paid_on <= period.end)
        payout = (next(sent, None) if query.is_of_days else None) or self._find(period.end)
        if payout is None:
            return Reply("utter_payouts_none", {"months": self._teller.name_month(period.end)}, months=period)
        return self._tell_one(payout)

    def tell_coming(self) -> Reply:
        """The payout that is yet to come."""
        coming = self._find_coming()
        return self._tell_one(coming) if coming else self._tell_latest()

    def tell_sale(self, lead: str | None, person: str) -> Reply:
        """What a sale brought."""
        return self._tell_sale(lead, person, "utter_payouts_sale") or Reply("utter_payouts_sale_none")

    def tell_lines(self, period: Period, kinds: Collection[LineKind]) -> Reply:
        """The lines of some kinds in the payouts of a period."""
        found, months = self._list(period), self._teller.name_months(period)
        lines = [(payout, line) for payout in found for line in payout.lines if line.kind in kinds]
        if not lines:
            names = ", ".join(self._teller.name_line(kind) for kind in LineKind if kind in kinds)
            return Reply("utter_payouts_line_none", {"months": months, "what": names}, months=period)
        of_one = len(found) == 1
        tell = self._teller.tell_line if of_one else self._teller.tell_in_month
        rows = [tell(payout, line) for payout, line in lines]
        filling = {"months": months, "lines": write_lines(rows), "first": rows[0].line.removeprefix("- ")}
        return Reply("utter_payouts_lines", filling, write_card(months, rows), months=period)

    def tell_step(self, period: Period) -> Reply:
        """What is to be done about the payouts of a period."""
        found = [(payout, self._teller.tell(payout)) for payout in self._list(period)]
        waiting = next(((payout, told) for payout, told in found if told.next), None)
        if waiting is None:
            waiting = next(((payout, told) for payout, told in found if payout.state in _STOPPED), None)
        if not found:
            return Reply("utter_payouts_none", {"months": self._teller.name_months(period)}, months=period)
        payout, told = waiting or found[0]
        filling = {**told.gaps, **self._offer(told)}
        card = self._teller.card(told)
        if told.next:
            return Reply("utter_payouts_step", filling, card, months=period)
        is_stopped = payout.state in _STOPPED
        response = "utter_payouts_missing_unexplained" if is_stopped else "utter_payouts_step_none"
        return Reply(response, filling, card, offers_person=is_stopped, months=period)

    def tell_missing(self, query: PayoutQuery) -> Reply:
        """What became of the payout that should have come."""
        payout = self._find_due(query)
        if payout is None:
            return Reply("utter_report_payout_missing", offers_person=True)
        told = self._teller.tell(payout)
        is_explained = payout.state in _STOPPED and bool(told.because)
        is_to_come = payout.state not in _STOPPED | {PayoutState.PAID} and payout.due_on >= self._today
        if is_explained or is_to_come:
            return self._tell_one(payout)
        is_sent = payout.state is PayoutState.PAID
        response = "utter_payouts_missing_sent" if is_sent else "utter_payouts_missing_unexplained"
        return Reply(response, told.gaps, self._teller.card(told), offers_person=True, months=_month_of(payout))

    def tell_tax(self, query: PayoutQuery) -> Reply:
        """The TDS of the months that are asked for. What is yet to be paid counts only when its month is asked for."""
        period = find_tax_months(query, self._today)
        is_one_month = period.start.replace(day=1) == period.end.replace(day=1)
        found = [p for p in self._list(period) if is_one_month or p.state is not PayoutState.SCHEDULED]
        taxed = [payout for payout in found if payout.total(LineKind.TDS)]
        months = self._teller.name_months(period)
        if not taxed:
            return Reply("utter_payouts_tds_none", {"months": months}, months=period)
        rows = [self._teller.tell_tax(payout) for payout in taxed]
        filling = {
            "months": months,
            "total": write_paise(-sum(payout.total(LineKind.TDS) for payout in taxed)),
            "gross": write_paise(sum(payout.gross for payout in found)),
            "lines": write_lines(rows),
        }
        return Reply("utter_payouts_tds", filling, write_card(self._teller.title_tax(months), rows), months=period)

    def explain(self, query: PayoutQuery, lead: str | None, person: str) -> Reply | None:
        """Why a payout is no more than it is; None where the ledger has nothing that explains it."""
        if lead or person:
            return self._tell_sale(lead, person, "utter_payouts_sale_explained")
        payout = self._find_due(query)
        if payout is None:
            return None
        before = next((other for other in self._payouts if other.month < payout.month), None)
        less = before.net - payout.net if before else 0
        if before is not None and less > 0:
            losses = [self._teller.tell_loss(loss, before) for loss in list_losses(payout, before)]
            rows = [*losses, *(self._teller.tell_taken(payout, line) for line in list_deductions(payout, before))]
            filling = {"less": write_paise(less), "before": self._teller.name_month(before.month)}
            return self._explain(payout, rows, "utter_payouts_less", filling)
        rows = [self._teller.tell_taken(payout, line) for line in list_deductions(payout)]
        if before is None:
            return self._explain(payout, rows, "utter_payouts_explained", {})
        filling = {"before": self._teller.name_month(before.month), "before_net": write_paise(before.net)}
        return self._explain(payout, rows, "utter_payouts_no_less", filling)

    def _explain(self, payout: Payout, rows: Sequence[Row], response: str, filling: Mapping[str, str]) -> Reply | None:
        if not rows:
            return None
        told, first = self._teller.tell(payout), rows[0]
        gaps = {
            "month": told.month,
            "net": told.net,
            "lines": write_lines(rows),
            "first": first.line.removeprefix("- "),
        }
        card = self._teller.card(told)
        return Reply(response, {**gaps, **filling, **self._offer(told)}, card, months=_month_of(payout))

    def _tell_latest(self) -> Reply:
        last = next((payout for payout in self._payouts if payout.due_on <= self._today), None)
        coming = self._find_coming()
        if last is None or coming is None:
            one = last or coming
            return self._tell_one(one) if one else Reply("utter_payouts_none_yet")
        told, following = self._teller.tell(last), self._teller.tell(coming)
        gaps = {f"coming_{name}": said for name, said in following.gaps.items()}
        filling = {**told.gaps, **gaps, **self._offer(told)}
        return Reply("utter_payouts_two", filling, self._teller.card(told, following), months=_month_of(last))

    def _tell_one(self, payout: Payout) -> Reply:
        """A payout; of one that is paid, and leaves nothing to do, also the one that is coming."""
        told, coming = self._teller.tell(payout), self._find_coming()
        is_done = payout.state is PayoutState.PAID and not told.next
        following = self._teller.tell(coming) if coming and is_done else None
        then = self._teller.tell_coming(following) if following else ""
        beside = {"coming": f" {then}", "then": f"\n\n{then}"} if then else {"coming": "", "then": ""}
        filling = {**told.gaps, **beside, **self._offer(told)}
        return Reply("utter_payouts_one", filling, self._teller.card(told, following), months=_month_of(payout))

    def _tell_months(self, period: Period) -> Reply:
        found, months = self._list(period), self._teller.name_months(period)
        if not found:
            return Reply("utter_payouts_none", {"months": months})
        rows = [self._teller.tell_month(payout) for payout in found]
        filling = {
            "months": months,
            "net": write_paise(sum(payout.net for payout in found)),
            "gross": write_paise(sum(payout.gross for payout in found)),
            "tds": write_paise(-sum(payout.total(LineKind.TDS) for payout in found)),
            "lines": write_lines(rows),
        }
        return Reply("utter_payouts_months", filling, write_card(months, rows), months=period)

    def _tell_sale(self, lead: str | None, person: str, response: str) -> Reply | None:
        found = find_sale(self._payouts, lead, person)
        if not found:
            return None
        rows = [self._teller.tell_in_month(payout, line) for payout, line in found]
        total = write_paise(sum(line.amount for _, line in found))
        filling = {"total": total, "lines": write_lines(rows), "first": rows[0].line.removeprefix("- ")}
        return Reply(response, filling, write_card(None, rows))

    def _offer(self, told: Told) -> dict[str, Any]:
        return {"buttons": self._teller.offer_guide(told.begins)}

    def _find_coming(self) -> Payout | None:
        """The next payout that is yet to come."""
        return next((payout for payout in reversed(self._payouts) if payout.due_on > self._today), None)

    def _find(self, day: date) -> Payout | None:
        return next((payout for payout in self._payouts if payout.month == day.replace(day=1)), None)

    def _find_due(self, query: PayoutQuery) -> Payout | None:
        """The payout of a whole month that is over, else the last one that was due; before the first, the first."""
        period = query.period
        if period is not None and not (query.is_of_days or query.is_of_months or period.end >= self._today):
            return self._find(period.end)
        due = (payout for payout in self._payouts if payout.due_on <= self._today)
        return next(due, self._payouts[-1] if self._payouts else None)

    def _list(self, period: Period) -> list[Payout]:
        return [payout for payout in self._payouts if period.start.replace(day=1) <= payout.month <= period.end]


def _month_of(payout: Payout) -> Period:
    following = (payout.month + timedelta(days=32)).replace(day=1)
    return Period(payout.month, following - timedelta(days=1))
