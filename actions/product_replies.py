"""What the replies about products say: text for any channel, one for the ear, and a card."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from saathi.products import Advice, Catalog, Comparison, Product, Standing, Verdict
from saathi.products.wishes import Wish
from saathi.products.wording import Wording, write_paise

# Rows that a chat shows: who may have it, what it costs, what to mind. The page has all of them.
_SHOWN = (
    "kind",
    "strength",
    "needs",
    "age",
    "income",
    "score",
    "amount",
    "yearly",
    "term",
    "charges",
    "exclusions",
    "sale",
)

_TELLING = frozenset({"age", "income", "amount", "yearly", "score"})  # what a partner can tell of a customer at once


@dataclass(frozen=True, slots=True)
class Reply:
    """A response, what fills it, and the products that it cites."""

    response: str
    products: tuple[Product, ...]
    card: dict[str, Any] | None
    filling: dict[str, str]


def find_unsayable(reply: Reply, catalog: Catalog, day: date, *faults: str) -> list[str]:
    """The names in a reply that must not be said that day, for one of these faults (those of `Unsold`)."""
    found = catalog.find_unsold("\n".join(reply.filling.values()), day)
    return [one.name for one in found if one.fault in faults]


def write_recommendation(advice: Advice, wish: Wish, named: Verdict | None, wording: Wording) -> Reply:
    """The products best first, each with why it fits and what to mind; then what is still to be checked. Before them,
    whether the one that was `named` fits."""
    verdicts = [verdict for verdict, _ in advice.recommended]
    why = [_write_why(verdict, need, wording) for verdict, need in advice.recommended]
    lines = [
        wording.phrase(
            "option",
            number=number,
            product=wording.name(verdict.product),
            strength=wording.say(verdict.product, "strength"),
            reasons=reasons,
            exclusion=wording.main_exclusion(verdict.product),
        )
        for number, (verdict, reasons) in enumerate(zip(verdicts, why, strict=True), 1)
    ]
    rows = [
        [wording.name(verdict.product), reasons, wording.main_exclusion(verdict.product)]
        for verdict, reasons in zip(verdicts, why, strict=True)
    ]
    to_check = _write_open_criteria(verdicts, wording)
    first = verdicts[0].product
    return Reply(
        "utter_product_recommended",
        tuple(verdict.product for verdict in verdicts),
        _make_card(_write_basis(wish, wording), to_check, _head(wording, "product", "why", "exclusions"), rows),
        {
            "basis": _write_basis(wish, wording),
            "lines": "\n".join([*_write_named(named, verdicts, wording), *lines]),
            "to_check": to_check,
            "names": ", ".join(wording.name(verdict.product) for verdict in verdicts),
            "first": wording.say(first, "strength"),
        },
    )


def write_misses(advice: Advice, wish: Wish, named: Verdict | None, wording: Wording) -> Reply:
    """What would suit the need, and why this customer cannot have it: the reasons say what would have to be."""
    missed = [(v.product, "; ".join(wording.reasons(v, Standing.NOT_MET))) for v in advice.missed]
    told = [wording.phrase("about", product=wording.name(product), said=reasons) for product, reasons in missed]
    before = _write_named(named, advice.missed, wording)
    lines = [*before, *(f"- {line}" for line in told), *_write_change(advice, wording)]
    rows = [[wording.name(product), reasons] for product, reasons in missed]
    return Reply(
        "utter_product_none_eligible",
        tuple(product for product, _ in missed),
        _make_card(_write_basis(wish, wording), "", _head(wording, "product", "why_not"), rows),
        {"basis": _write_basis(wish, wording), "lines": "\n".join(lines), "first": told[0]},
    )


def _write_named(named: Verdict | None, shown: Sequence[Verdict], wording: Wording) -> list[str]:
    """Whether the product that was named fits, and why, unless the lines below say it. One that is not sold is not
    named again."""
    if named is None or (not named.is_eligible and named.product in [verdict.product for verdict in shown]):
        return []
    if not wording.is_on_sale(named.product):
        return [wording.phrase("named_gone", sale=wording.sale(named.product))]
    return [line for line in [_write_fit(named, wording)] if line]


def _write_change(advice: Advice, wording: Wording) -> list[str]:
    """What would make the nearest of the products fit that the customer can do something about."""
    ways = ((wording.name(verdict.product), wording.changes(verdict)) for verdict in advice.missed)
    name, changes = next(((name, changes) for name, changes in ways if changes), ("", ()))
    return ["", wording.phrase("would_fit", product=name, changes=", ".join(changes))] if changes else []


def write_comparison(comparison: Comparison, notes: Sequence[str], wording: Wording) -> Reply:
    """Products side by side: a table on a card, a block a product in text; below it, what is to be said of them all."""
    are_mixed = len({product.kind for product in comparison.products}) > 1
    is_said = {"kind": are_mixed, "sale": any(not wording.is_on_sale(product) for product in comparison.products)}
    shown = [row for row in _SHOWN if row in comparison.rows and is_said.get(row, True)]
    names = [wording.name(product) for product in comparison.products]
    blocks = [
        "\n".join((name, *(f"- {wording.label(row)}: {wording.say(product, row)}" for row in shown)))
        for name, product in zip(names, comparison.products, strict=True)
    ]
    rows = [[wording.label(row), *(wording.say(product, row) for product in comparison.products)] for row in shown]
    spoken = [_write_spoken(product, wording) for product in comparison.products[:2]]
    return Reply(
        "utter_product_compared",
        comparison.products,
        _make_card(" / ".join(names), " ".join(notes), ["", *names], rows),
        {"lines": "\n\n".join([*blocks, *(["\n".join(notes)] if notes else [])]), "first": " ".join(spoken)},
    )


def write_fits(verdicts: Sequence[Verdict], wording: Wording) -> list[str]:
    """Which of the products this customer may have, and why; nothing where no more is known than what to ask."""
    known = any(one.standing(Standing.MET) or one.standing(Standing.NOT_MET) for one in verdicts)
    if not known and len({verdict.product.kind for verdict in verdicts}) == 1:
        asked = [one.criterion for verdict in verdicts for one in verdict.checks if one.criterion in _TELLING]
        criteria = ", ".join(wording.label(criterion).lower() for criterion in list(dict.fromkeys(asked))[:3])
        return [wording.phrase("which_fits", criteria=criteria)] if criteria else []
    return [line for verdict in verdicts if (line := _write_fit(verdict, wording))]


def _write_fit(verdict: Verdict, wording: Wording) -> str:
    name, missed = wording.name(verdict.product), wording.reasons(verdict, Standing.NOT_MET)
    if missed:
        return wording.phrase("fits_not", product=name, reasons="; ".join(missed))
    met = wording.reasons(verdict, Standing.MET)
    return wording.phrase("fits", product=name, reasons="; ".join(met)) if met else ""


def _write_spoken(product: Product, wording: Wording) -> str:
    """A product in one sentence for the ear: its main charge, and the ages."""
    charge, *_ = wording.say(product, "charges").split("; ")
    return wording.phrase(
        "about", product=wording.name(product), said=f"{charge}, {wording.label('age')} {wording.say(product, 'age')}"
    )


def _write_why(verdict: Verdict, need: str | None, wording: Wording) -> str:
    """Why a product fits: its need, and every criterion that is met."""
    reasons = wording.reasons(verdict, Standing.MET)
    meant = (wording.phrase("need_reason", need=wording.need(need)),) if need else ()
    return "; ".join((*meant, *reasons))


def _write_open_criteria(verdicts: Sequence[Verdict], wording: Wording) -> str:
    """What is not known of the customer though one of the products asks for it."""
    if len(verdicts) == 1:
        reasons = ", ".join(wording.reasons(verdicts[0], Standing.UNKNOWN))
        return wording.phrase("still_to_check", criteria=reasons) if reasons else ""
    open_ = dict.fromkeys(one.criterion for verdict in verdicts for one in verdict.standing(Standing.UNKNOWN))
    criteria = ", ".join(wording.label(criterion) for criterion in open_)
    return wording.phrase("still_to_check", criteria=criteria.lower()) if criteria else ""


def _write_basis(wish: Wish, wording: Wording) -> str:
    """What was taken of the message, so that a wrong reading is seen."""
    return " · ".join(
        part
        for part in (
            wording.kind(wish.kind) if wish.kind else "",
            wording.need(wish.need) if wish.need else "",
            wording.phrase("age", age=wish.age) if wish.age is not None else "",
            wording.phrase("income", amount=write_paise(wish.income)) if wish.income is not None else "",
            write_paise(wish.amount) if wish.amount is not None else "",
            wording.phrase("yearly", amount=write_paise(wish.yearly)) if wish.yearly is not None else "",
            wording.phrase("term", term=wording.term(wish.term)) if wish.term else "",
            wording.employment(wish.employment) if wish.employment else "",
            wording.phrase("score", score=wish.score) if wish.score is not None else "",
            wording.residency(wish.residency) if wish.residency else "",
            wording.region(wish.region) if wish.region else "",
        )
        if part
    )


def _head(wording: Wording, *fields: str) -> list[str]:
    return [wording.label(field) for field in fields]


def _make_card(title: str, point: str, head: list[str], rows: list[list[str]]) -> dict[str, Any]:
    return {
        "title": title,
        "point": point or None,
        "definition": None,
        "details": [],
        "table": {"head": head, "rows": rows},
        "script": None,
        "link": None,
    }
