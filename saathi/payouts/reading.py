"""Reading a partner's ledger; each query is held to its partner by its first condition."""

from datetime import date

from sqlalchemy import Connection, RowMapping, select

from saathi.payouts.model import Line, LineKind, Payout, PayoutState
from saathi.store.crm_tables import customers, leads, payout_lines, payouts


def list_payouts(connection: Connection, partner: str, most: int = 3, month: date | None = None) -> list[Payout]:
    """The partner's payouts, the newest first; of one month alone when it is given."""
    query = select(payouts).where(payouts.c.partner == partner)
    if month is not None:
        query = query.where(payouts.c.month == month.strftime("%Y-%m"))
    rows = connection.execute(query.order_by(payouts.c.month.desc()).limit(most)).mappings()
    return [_read(connection, row) for row in rows]


def _read(connection: Connection, row: RowMapping) -> Payout:
    return Payout(
        id=row["id"],
        month=date.fromisoformat(f"{row['month']}-01"),
        state=PayoutState(row["state"]),
        due_on=date.fromisoformat(row["due_on"]),
        paid_on=date.fromisoformat(row["paid_on"]) if row["paid_on"] else None,
        reason=row["reason"],
        lines=_list_lines(connection, row["partner"], row["id"]),
    )


def _list_lines(connection: Connection, partner: str, payout: str) -> tuple[Line, ...]:
    """The lines with what is told of their sale, where the lead is still the partner's."""
    sale = (leads.c.reference == payout_lines.c.lead) & (leads.c.partner == partner)
    query = (
        select(payout_lines, customers.c.name, leads.c.kind.label("product_kind"))
        .select_from(payout_lines.outerjoin(leads, sale).outerjoin(customers, customers.c.id == leads.c.customer))
        .where(payout_lines.c.payout == payout)
        .order_by(payout_lines.c.number)
    )
    return tuple(
        Line(
            kind=LineKind(row.kind),
            amount=row.amount,
            base=row.base,
            rate=row.rate,
            lead=row.lead,
            customer=row.name,
            kind_of_product=row.product_kind,
            reason=row.reason,
        )
        for row in connection.execute(query)
    )
