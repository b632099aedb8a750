"""Whether a customer may have a product, criterion by criterion: met, not met, or not known."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from saathi.products.model import Criterion, Product, Profile, Span


class Standing(StrEnum):
    """How a criterion stands."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """One criterion of a product against what is known of the customer; `given` is None where that is not known."""

    criterion: Criterion
    standing: Standing
    given: int | str | Span | None


def check(product: Product, profile: Profile) -> tuple[Check, ...]:
    """Every criterion that the product has, in one order. What it does not ask for is not among them."""
    return tuple(
        Check(criterion, _stand(is_met, given), given) for criterion, given, is_met in _criteria(product, profile)
    )


def _stand(is_met: bool, given: object) -> Standing:
    if given is None:
        return Standing.UNKNOWN
    return Standing.MET if is_met else Standing.NOT_MET


def _criteria(product: Product, profile: Profile) -> Iterator[tuple[Criterion, int | str | Span | None, bool]]:
    """Criterion, what is given, and whether that is enough (False without it)."""
    asks, has = product.eligibility, profile
    if asks.age is not None:
        yield "age", has.age, has.age is not None and asks.age.least <= has.age <= asks.age.most
    if asks.income_from is not None:
        yield "income", has.income, has.income is not None and has.income >= asks.income_from
    if asks.employment:
        yield "employment", has.employment, has.employment in asks.employment
    if asks.score_from is not None:
        yield "score", has.score, has.score is not None and has.score >= asks.score_from
    if asks.residency:
        yield "residency", has.residency, has.residency in asks.residency
    if asks.amount is not None:
        yield "amount", has.amount, has.amount is not None and asks.amount.least <= has.amount <= asks.amount.most
    if asks.yearly is not None:
        yield "yearly", has.yearly, has.yearly is not None and asks.yearly.least <= has.yearly <= asks.yearly.most
    if asks.term is not None:
        least, most = Span(asks.term.least, asks.term.unit), Span(asks.term.most, asks.term.unit)
        yield "term", has.term, has.term is not None and least.days <= has.term.days <= most.days
    if asks.not_in:
        yield "region", has.region, has.region is not None and has.region not in asks.not_in
