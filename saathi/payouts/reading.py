"""Reading a partner's ledger; each query is held to its partner by its first condition."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, RowMapping, select

from saathi.payouts.model import Line, LineKind, Payout, PayoutState
from saathi.store.crm_tables import customers, leads, payout_lines, payouts


def list_payouts(connection: Connection, partner: str, most: int = 3) -> list[Payout]:
    """The partner's payouts, the newest first."""
    query = select(payouts).where(payouts.c.partner == partner).order_by(payouts.c.month.desc()).limit(most)
    rows = connection.execute(query).mappings().all()
    lines = _find_lines(connection, partner, [row["id"] for row in rows])
    return [_read(row, lines.get(row["id"], ())) for row in rows]


def _read(row: RowMapping, lines: Sequence[Line]) -> Payout:
    return Payout(
        id=row["id"],
        month=date.fromisoformat(f"{row['month']}-01"),
        state=PayoutState(row["state"]),
        due_on=date.fromisoformat(row["due_on"]),
        paid_on=date.fromisoformat(row["paid_on"]) if row["paid_on"] else None,
        reason=row["reason"],
        lines=tuple(lines),
    )


def _find_lines(connection: Connection, partner: str, ids: Collection[str]) -> Mapping[str, Sequence[Line]]:
    """The lines of each payout, with what is told of their sale where the lead is still the partner's."""
    sale = (leads.c.reference == payout_lines.c.lead) & (leads.c.partner == partner)
    query = (
        select(payout_lines, customers.c.name, leads.c.kind.label("product_kind"))
        .select_from(payout_lines.outerjoin(leads, sale).outerjoin(customers, customers.c.id == leads.c.customer))
        .where(payout_lines.c.payout.in_(ids))
        .order_by(payout_lines.c.payout, payout_lines.c.number)
    )
    found: dict[str, list[Line]] = defaultdict(list)
    for row in connection.execute(query):
        line = Line(
            kind=LineKind(row.kind),
            amount=row.amount,
            base=row.base,
            rate=row.rate,
            lead=row.lead,
            customer=row.name,
            kind_of_product=row.product_kind,
            reason=row.reason,
        )
        found[row.payout].append(line)
    return found
