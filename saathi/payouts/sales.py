"""What a single sale brought, over several payouts."""

from collections.abc import Sequence

from saathi.leads.sounds import find_named
from saathi.payouts.model import Line, Payout


def find_sale(payouts: Sequence[Payout], lead: str | None, person: str) -> tuple[tuple[Payout, Line], ...]:
    """The lines of the lead, or without one of the customers of that name, each with its payout."""
    lines = [(payout, line) for payout in payouts for line in payout.lines if line.lead]
    if lead:
        leads = {lead}
    else:
        named = {line.lead: line.customer for _, line in lines if line.lead and line.customer}
        leads = set(find_named(person, list(named.items()))) if person else set()
    return tuple((payout, line) for payout, line in lines if line.lead in leads)
