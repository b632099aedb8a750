"""Why a payout is less than the one before, from their lines alone."""

from dataclasses import dataclass

from saathi.payouts.model import Line, LineKind, Payout


@dataclass(frozen=True, slots=True)
class Loss:
    """A kind of earnings that brought less than before; `now` is 0 where it is gone."""

    kind: LineKind
    before: int
    now: int
    sales_before: int
    sales_now: int


def list_losses(now: Payout, before: Payout) -> tuple[Loss, ...]:
    """The kinds of earnings that brought less than in the payout before, the largest loss first."""
    losses = []
    for kind in LineKind:
        earned, earned_before = _earned(now, kind), _earned(before, kind)
        total, total_before = (sum(line.amount for line in lines) for lines in (earned, earned_before))
        if total < total_before:
            losses.append(Loss(kind, total_before, total, len(earned_before), len(earned)))
    return tuple(sorted(losses, key=lambda loss: loss.now - loss.before))


def list_deductions(now: Payout, before: Payout | None = None) -> tuple[Line, ...]:
    """What was taken off, the largest first; beside the payout before without the tax that is no more than then."""
    taken = [line for line in now.lines if line.amount < 0]
    if before is not None and now.total(LineKind.TDS) >= before.total(LineKind.TDS):
        taken = [line for line in taken if line.kind != LineKind.TDS]
    return tuple(sorted(taken, key=lambda line: line.amount))


def _earned(payout: Payout, kind: LineKind) -> list[Line]:
    return [line for line in payout.lines if line.kind == kind and line.amount > 0]
