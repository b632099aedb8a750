"""What the replies about products say: text for any channel, one for the ear, and a card."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from saathi.products import Advice, Catalog, Comparison, Product, Standing, Verdict
from saathi.products.wishes import Wish
from saathi.products.wording import Wording, write_paise

# Rows that a chat shows: who may have it, what it costs, what to mind. The page has all of them.
_SHOWN = ("strength", "age", "income", "score", "amount", "yearly", "term", "charges", "exclusions", "sale")


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


def write_recommendation(advice: Advice, wish: Wish, wording: Wording) -> Reply:
    """The products best first, each with why it fits and what to mind; then what is still to be checked."""
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
            "lines": "\n".join(lines),
            "to_check": to_check,
            "names": ", ".join(wording.name(verdict.product) for verdict in verdicts),
            "first": wording.say(first, "strength"),
        },
    )


def write_misses(advice: Advice, wish: Wish, wording: Wording) -> Reply:
    """What would suit the need, and why this customer cannot have it: the reasons say what would have to be."""
    missed = [(v.product, "; ".join(wording.reasons(v, Standing.NOT_MET))) for v in advice.missed]
    told = [wording.phrase("about", product=wording.name(product), said=reasons) for product, reasons in missed]
    rows = [[wording.name(product), reasons] for product, reasons in missed]
    return Reply(
        "utter_product_none_eligible",
        tuple(product for product, _ in missed),
        _make_card(_write_basis(wish, wording), "", _head(wording, "product", "why_not"), rows),
        {"basis": _write_basis(wish, wording), "lines": "\n".join(f"- {line}" for line in told), "first": told[0]},
    )


def write_comparison(comparison: Comparison, wording: Wording) -> Reply:
    """Products side by side: a table on a card, a block a product in text."""
    shown = [row for row in _SHOWN if row in comparison.rows]
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
        _make_card(" / ".join(names), "", ["", *names], rows),
        {"lines": "\n\n".join(blocks), "first": " ".join(spoken)},
    )


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
            wording.employment(wish.employment) if wish.employment else "",
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
