"""Payouts in words: the parts that responses and cards are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from language import Language
from saathi.calculators.money import write_number, write_rupees
from saathi.dates import DateWords
from saathi.payouts.comparing import Loss
from saathi.payouts.model import Line, LineKind, Payout
from saathi.payouts.words import PayoutWords, ReasonWords
from saathi.periods import Period
from saathi.products.model import Text

_SALES = frozenset({LineKind.COMMISSION, LineKind.RENEWAL})


@dataclass(frozen=True, slots=True)
class Row:
    """A figure with what it is, and a note where there is something to say."""

    label: str
    value: str
    note: str = ""

    @property
    def line(self) -> str:
        """The row as a line of text."""
        return f"- {self.label} {self.value}: {self.note}" if self.note else f"- {self.label} {self.value}"

    @property
    def on_card(self) -> dict[str, str | None]:
        """The row as a card has it."""
        return {"label": self.label, "value": self.value, "note": self.note or None}


@dataclass(frozen=True, slots=True)
class Told:
    """A payout in words. What there is not is empty; `begins` is the intent of the guide that helps."""

    month: str
    net: str
    state: str
    says: str
    because: str
    next: str
    begins: str
    rows: tuple[Row, ...]

    @property
    def gaps(self) -> dict[str, str]:
        """The parts by name, for a response; `because` and `next` go on from what stands before them."""
        parts = {name: getattr(self, name) for name in ("month", "net", "state", "says")}
        return parts | {
            "because": f": {self.because}" if self.because else "",
            "next": f" {self.next}" if self.next else "",
            "lines": write_lines(self.rows),
        }


def write_lines(rows: Sequence[Row]) -> str:
    """Rows as a list of text."""
    return "\n".join(row.line for row in rows)


class PayoutTeller:
    """Words payouts in one language, as of `today`."""

    def __init__(self, words: PayoutWords, dates: DateWords, language: Language, today: date) -> None:
        self._words = words
        self._dates = dates
        self._language = language
        self._today = today

    def tell(self, payout: Payout) -> Told:
        """A payout: what becomes of it and why, what was earned, what was taken off, what helps."""
        state = self._words.states[payout.state]
        helping = self._find_help(payout)
        return Told(
            month=self.name_month(payout.month),
            net=write_paise(payout.net),
            state=self._say(state.name),
            says=self._say(state.says).format(
                due=self._write_day(payout.due_on), paid=self._write_day(payout.paid_on or payout.due_on)
            ),
            because=self._words.explain(payout.reason, self._language),
            next=self._say(helping.next) if helping and helping.next else "",
            begins=helping.begins or "" if helping else "",
            rows=(
                *self._tell_earned(payout),
                *(self.tell_line(payout, line) for line in payout.lines if line.amount < 0),
            ),
        )

    def tell_line(self, payout: Payout, line: Line) -> Row:
        """A line of a payout: its amount, what it was reckoned of, its reason and its sale."""
        notes = (self._tell_base(payout, line), self._words.explain(line.reason, self._language))
        note = ", ".join(part for part in notes if part)
        sale = ", ".join(part for part in (line.customer, line.lead) if part)
        told = f"{note} ({sale})" if note and sale else note or sale
        return Row(self._name(line.kind), write_paise(line.amount), told)

    def tell_taken(self, payout: Payout, line: Line) -> Row:
        """A line among those that were taken off, which need no minus."""
        row = self.tell_line(payout, line)
        return Row(row.label, write_paise(-line.amount), row.note)

    def tell_loss(self, loss: Loss, before: Payout) -> Row:
        """A kind of earnings beside what it brought before."""
        then = write_paise(loss.before)
        if loss.kind in _SALES:
            then += f" ({self._count(loss.sales_before)})"
        part = self._words.parts.less if loss.now else self._words.parts.gone
        note = self._say(part).format(before=then, month=self.name_month(before.month))
        now = write_paise(loss.now)
        if loss.kind in _SALES and loss.sales_now:
            now += f" ({self._count(loss.sales_now)})"
        return Row(self._name(loss.kind), now, note)

    def tell_in_month(self, payout: Payout, line: Line) -> Row:
        """A line under the month of its payout."""
        row = self.tell_line(payout, line)
        return Row(f"{self.name_month(payout.month)}: {row.label}", row.value, row.note)

    def tell_month(self, payout: Payout) -> Row:
        """A payout as one row of several."""
        state = self._say(self._words.states[payout.state].name)
        why = self._words.explain(payout.reason, self._language)
        return Row(self.name_month(payout.month), write_paise(payout.net), ", ".join(p for p in (state, why) if p))

    def tell_tax(self, payout: Payout) -> Row:
        """The TDS of a month."""
        note = "; ".join(self.tell_line(payout, line).note for line in payout.lines if line.kind == LineKind.TDS)
        return Row(self.name_month(payout.month), write_paise(-payout.total(LineKind.TDS)), note)

    def name_month(self, month: date) -> str:
        """The month of a payout."""
        return self._dates.write_month(month, self._language, self._today)

    def name_months(self, period: Period) -> str:
        """The months of a period, up to this month."""
        return self._dates.write_months(period.start, min(period.end, self._today), self._language, self._today)

    def offer_guide(self, begins: str) -> list[dict[str, str]]:
        """The button that begins a guide; none for none that is known."""
        title = self._words.guides.get(begins)
        return [{"title": self._say(title), "payload": f"/{begins}"}] if title else []

    def tell_coming(self, told: Told) -> str:
        """The payout that is yet to come, in a sentence."""
        return self._say(self._words.parts.coming).format(month=told.month, net=told.net, says=told.says)

    def card(self, told: Told, coming: Told | None = None) -> dict[str, object]:
        """The card of a payout; `coming` is the one that is yet to come, where that is told too."""
        labels = self._words.labels
        rows = [Row(self._say(labels.net), told.net, told.says), Row(self._say(labels.state), told.state, told.because)]
        rows += told.rows
        rows += [Row(self._say(labels.next), told.next)] if told.next else []
        rows += [Row(self._say(labels.coming).format(month=coming.month), coming.net, coming.says)] if coming else []
        return write_card(self._say(labels.title).format(month=told.month), rows)

    def title_tax(self, months: str) -> str:
        """The title of a card on TDS."""
        return self._say(self._words.labels.tds_title).format(months=months)

    def _find_help(self, payout: Payout) -> ReasonWords | None:
        """What helps against the payout's own reason, else against that of a line."""
        reasons = (payout.reason, *(line.reason for line in payout.lines))
        known = (self._words.reasons.get(reason or "") for reason in reasons)
        return next((reason for reason in known if reason and reason.next), None)

    def _tell_earned(self, payout: Payout) -> list[Row]:
        """The gross, with what it is made of."""
        parts = []
        for kind in LineKind:
            lines = [line for line in payout.lines if line.kind == kind and line.amount > 0]
            if not lines:
                continue
            amount = write_paise(sum(line.amount for line in lines))
            why = self._count(len(lines)) if kind in _SALES else self.tell_line(payout, lines[0]).note
            parts.append(f"{self._say(self._words.lines[kind])} {amount}" + (f" ({why})" if why else ""))
        return [Row(self._say(self._words.labels.earned), write_paise(payout.gross), ", ".join(parts))]

    def _tell_base(self, payout: Payout, line: Line) -> str:
        """What a line was reckoned of. Tax may be of more than the month: of the year so far, once that is over the
        limit."""
        if not line.rate or not line.base or line.kind is LineKind.CLAWBACK:
            return ""
        parts = self._words.parts
        is_of_year = line.kind is LineKind.TDS and line.base > payout.gross
        rate = write_number(Decimal(line.rate) / 100)
        return self._say(parts.of_year if is_of_year else parts.of).format(rate=rate, base=write_paise(line.base))

    def _count(self, sales: int) -> str:
        parts = self._words.parts
        return self._say(parts.one_sale) if sales == 1 else self._say(parts.sales).format(count=sales)

    def name_line(self, kind: LineKind) -> str:
        """What a kind of line is called in the middle of a sentence."""
        return self._say(self._words.lines[kind])

    def _name(self, kind: LineKind) -> str:
        name = self.name_line(kind)
        return name[0].upper() + name[1:]

    def _write_day(self, day: date) -> str:
        return self._dates.write_day(day, self._language)

    def _say(self, text: Text) -> str:
        return text.say(self._language)


def write_paise(amount: int) -> str:
    """Paise as rupees: ₹12,34,567."""
    return write_rupees(Decimal(amount) / 100)


def write_card(title: str | None, rows: Sequence[Row]) -> dict[str, object]:
    """Rows as a card."""
    return {"kind": "facts", "title": title, "rows": [row.on_card for row in rows]}
