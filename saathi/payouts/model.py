"""A partner's payout and the lines of the ledger that make it up. Amounts are paise; what is taken off is below 0."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class PayoutState(StrEnum):
    """What became of a payout."""

    SCHEDULED = "scheduled"
    PROCESSING = "processing"
    PAID = "paid"
    FAILED = "failed"  # the bank sent it back
    HELD = "held"


class LineKind(StrEnum):
    """What a line of the ledger is for."""

    COMMISSION = "commission"
    RENEWAL = "renewal"
    BONUS = "bonus"
    SLAB = "slab"  # the difference to another slab of rates
    CLAWBACK = "clawback"
    TDS = "tds"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `base` is what `rate` (in basis points, 100 a percent) was taken of; `lead` and `customer` name the
    sale that it comes from, `reason` is a code of data/payouts/words.yml where there is something to explain."""

    kind: LineKind
    amount: int
    base: int | None = None
    rate: int | None = None
    lead: str | None = None
    customer: str | None = None
    kind_of_product: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Payout:
    """The payout of a month (its first day). `paid_on` is None until it is paid; `reason` says why it is late."""

    id: str
    month: date
    state: PayoutState
    due_on: date
    paid_on: date | None
    reason: str | None
    lines: tuple[Line, ...]

    @property
    def gross(self) -> int:
        """Everything earned, before anything is taken off."""
        return sum(line.amount for line in self.lines if line.amount > 0)

    @property
    def net(self) -> int:
        """What is paid into the account."""
        return sum(line.amount for line in self.lines)

    def total(self, kind: LineKind) -> int:
        """The sum of the lines of a kind."""
        return sum(line.amount for line in self.lines if line.kind == kind)
