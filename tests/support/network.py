"""The small network that conversations are about: two partners with leads and payouts of their own, as of now.

Both have payouts of the last 13 months. The last one of `MINE` is less than the one before; that of `THEIRS` was sent
back by the bank. Their numbers are none of the demo network's.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import Connection, insert, update

from saathi.clock import date_in_india
from saathi.crm.writing import find_ending, note_sounds
from saathi.payouts.model import Line, LineKind, Payout, PayoutState
from saathi.store.crm_tables import customers, lead_stages, leads, payout_lines, payouts
from saathi.store.tables import conversations

DAY_S = 86_400.0
MINE, THEIRS = "P9001", "P9002"
_MONTHS = 13
# Partner, lead, customer, phone, kind, stage, for how many days, score.
_LEADS = (
    (MINE, "L-9042", "Shabnam Ansari", "+910000014821", "home-loan", "documents", 9, None),
    (MINE, "L-9043", "Ramesh Kumar", "+910000017730", "term", "submitted", 3, 82.0),
    (MINE, "L-9044", "Ramesh Chaudhary", "+910000014829", "personal-loan", "approved", 90, 40.0),
    (MINE, "L-9046", "Gopika Menon", "+910000015508", "gold-loan", "contacted", 2, 61.0),
    (MINE, "L-9045", "Devika Nair", "+910000016612", "health", "approved", 80, 35.0),
    (THEIRS, "L-9201", "Shabnam Sheikh", "+910000014821", "term", "new", 1, None),
    (THEIRS, "L-9202", "Imran Qureshi", "+910000013307", "credit-card", "approved", 60, 20.0),
)


def fill(connection: Connection, now: float) -> None:
    """Writes the network into a database without one."""
    for partner, reference, name, phone, kind, stage, days, score in _LEADS:
        times = {"created_at": now - 100 * DAY_S, "updated_at": now - days * DAY_S}
        customer = f"C-{reference[2:]}"
        about = {"id": customer, "partner": partner, "name": name, "phone": phone, "ending": find_ending(phone)}
        connection.execute(insert(customers).values(**about, region="Bihar", age=34, **times))
        note_sounds(connection, partner, customer, name)
        lead = {"reference": reference, "partner": partner, "customer": customer, "kind": kind, "source": "referral"}
        place = {"stage": stage, "stage_since": now - days * DAY_S, "reason": None, "score": score}
        connection.execute(insert(leads).values(**lead, **place, product=None, amount=5_000_000_00, **times))
        for number, (past, since) in enumerate((("new", 100), (stage, days))):
            row = {"id": f"{reference}-{number}", "lead": reference, "stage": past, "by": "network"}
            connection.execute(insert(lead_stages).values(**row, reason=None, at=now - since * DAY_S))
    for partner in (MINE, THEIRS):
        for payout in make_payouts(partner, date_in_india(now)):
            add_payout(connection, partner, payout)


def add_payout(connection: Connection, partner: str, payout: Payout) -> None:
    """Writes one payout."""
    row = {"id": payout.id, "partner": partner, "month": f"{payout.month:%Y-%m}", "state": payout.state.value}
    paid_on = payout.paid_on.isoformat() if payout.paid_on else None
    connection.execute(
        insert(payouts).values(**row, due_on=payout.due_on.isoformat(), paid_on=paid_on, reason=payout.reason)
    )
    for number, line in enumerate(payout.lines, 1):
        about = {"payout": payout.id, "number": number, "kind": line.kind.value, "amount": line.amount}
        connection.execute(
            insert(payout_lines).values(**about, base=line.base, rate=line.rate, lead=line.lead, reason=line.reason)
        )


def make_payouts(partner: str, today: date) -> Iterator[Payout]:
    """The partner's payouts, the newest first: what was due is paid, but for the last one of `THEIRS`."""
    month, due = today.replace(day=1), 0  # how many of them were due already
    for _ in range(_MONTHS):
        due_on = (month + timedelta(days=32)).replace(day=10)
        due += due_on <= today
        state, reason = (PayoutState.PAID if due else PayoutState.SCHEDULED), None
        if partner == THEIRS and due == 1:
            state, reason = PayoutState.FAILED, "wrong_ifsc"
        yield Payout(
            id=f"{partner}-{month:%Y-%m}",
            month=month,
            state=state,
            due_on=due_on,
            paid_on=due_on if state is PayoutState.PAID else None,
            reason=reason,
            lines=_list_lines(partner, due),
        )
        month = (month - timedelta(days=1)).replace(day=1)


def _list_lines(partner: str, due: int) -> tuple[Line, ...]:
    if partner == THEIRS:
        return (Line(LineKind.COMMISSION, 1_200_00, lead="L-9202"),)
    if due == 1:  # the last one: a sale less, no slab, and a clawback
        return (
            Line(LineKind.COMMISSION, 3_000_00, 20_000_00, 1500, "L-9045"),
            Line(LineKind.CLAWBACK, -1_200_00, lead="L-9044", reason="loan_closed_early"),
            Line(LineKind.TDS, -60_00, 3_000_00, 200),
        )
    lines = (
        Line(LineKind.COMMISSION, 15_000_00, 10_00_000_00, 150, "L-9044"),
        Line(LineKind.RENEWAL, 1_500_00, 30_000_00, 500),
    )
    slab = (Line(LineKind.SLAB, 1_200_00, 6_00_000_00, 20, reason="slab_reached"),) if due == 2 else ()
    total = sum(line.amount for line in (*lines, *slab))
    return (*lines, *slab, Line(LineKind.TDS, -total // 50, total, 200))


def leave_chat(connection: Connection, partner: str) -> None:
    """The partner's next message begins a new conversation."""
    connection.execute(update(conversations).where(conversations.c.chat_of == partner).values(chat_of=None))
