"""How often a partner's leads come to a yes: of the same kind of product, leaning on all kinds where those are few."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, case, func, select

from saathi.leads.model import ENDED, Stage
from saathi.store.crm_tables import leads

_USUAL = 0.35  # of all leads; what a partner begins with
_AS_MANY = 10.0  # ended leads that weigh as much as what is assumed before


@dataclass(frozen=True, slots=True)
class Ended:
    """How many of a partner's leads of a kind have ended, and how many of these were approved."""

    kind: str
    leads: int
    approved: int


def find_success_rate(ended: Iterable[Ended], kind: str) -> float | None:
    """The share, from 0 to 1, that is to be expected of a partner's leads of `kind`; None when none has ended yet."""
    rows = list(ended)
    leads, approved = sum(row.leads for row in rows), sum(row.approved for row in rows)
    if not leads:
        return None
    partner = (approved + _AS_MANY * _USUAL) / (leads + _AS_MANY)
    same = [row for row in rows if row.kind == kind]
    return (sum(row.approved for row in same) + _AS_MANY * partner) / (sum(row.leads for row in same) + _AS_MANY)


def count_ended(connection: Connection, partner: str) -> list[Ended]:
    """How the partner's leads have ended, by kind."""
    won = func.sum(case((leads.c.stage == Stage.APPROVED.value, 1), else_=0))
    query = (
        select(leads.c.kind, func.count(), won)
        .where(leads.c.partner == partner, leads.c.stage.in_(sorted(ENDED)))
        .group_by(leads.c.kind)
    )
    return [Ended(kind, count, int(approved)) for kind, count, approved in connection.execute(query)]
