"""Products in words: what the catalogue says of them in each language. The wording is `words.yml`'s."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from language import Language
from saathi.calculators.money import write_number, write_rupees
from saathi.products.catalog import Catalog, Verdict
from saathi.products.eligibility import Check, Standing
from saathi.products.model import Charge, Product, Span, Sums, Terms


def write_paise(paise: int) -> str:
    """₹12,34,567."""
    return write_rupees(Decimal(paise) / 100 if paise % 100 else paise // 100)


class Wording:
    """Says things of products in one language. `day` is the day on which it is said."""

    def __init__(self, catalog: Catalog, language: Language, day: date) -> None:
        self._catalog = catalog
        self._words = catalog.words
        self._language = language
        self._day = day
        self._rows: dict[str, Callable[[Product], str]] = {
            "product": self.name,
            "kind": lambda p: self._words.kinds[p.kind].label.say(language),
            "strength": lambda p: p.strength.say(language),
            "needs": lambda p: ", ".join(self._words.needs[need].label.say(language) for need in p.needs),
            "charges": lambda p: "; ".join(self._charge(charge) for charge in p.charges),
            "exclusions": lambda p: " ".join(self._words.exclusions[key].say(language) for key in p.exclusions),
            "documents": lambda p: ", ".join(self._words.documents[key].say(language) for key in p.documents),
            "sale": self.sale,
        }

    def name(self, product: Product) -> str:
        """The provider's and the product's name."""
        provider = self._words.providers[product.provider]
        return f"{provider.say(self._language)} {product.name.say(self._language)}"

    def label(self, field: str) -> str:
        """The heading of a field."""
        return self._words.fields[field].say(self._language)

    def phrase(self, key: str, **filling: object) -> str:
        """One of the phrases, filled in."""
        return self._words.phrase(key, self._language, **filling)

    def say(self, product: Product, field: str) -> str:
        """What a row of a comparison says of a product; a dash where that does not matter to it."""
        if field in self._rows:
            return self._rows[field](product)
        needed = self._needed(product, field)
        if needed and field in {"income", "score"}:
            return self.phrase("from", bound=needed)
        return needed or "–"

    def main_exclusion(self, product: Product) -> str:
        """What a customer has to be told first."""
        return self._words.exclusions[product.exclusions[0]].say(self._language)

    def provider(self, key: str) -> str:
        """What a provider is called."""
        return self._words.providers[key].say(self._language)

    def need(self, key: str) -> str:
        """What a need is called."""
        return self._words.needs[key].label.say(self._language)

    def kind(self, key: str) -> str:
        """What a kind is called."""
        return self._words.kinds[key].label.say(self._language)

    def employment(self, key: str) -> str:
        """What those who earn so are called."""
        return self._words.employment[key].label.say(self._language)

    def residency(self, key: str) -> str:
        """What those who live there are called."""
        return self._words.residency[key].label.say(self._language)

    def region(self, key: str) -> str:
        """What a state is called."""
        return self._words.regions[key].label.say(self._language)

    def term(self, span: Span) -> str:
        """A length of time."""
        return self._words.durations[span.unit].say(self._language).format(bounds=span.value)

    def changes(self, verdict: Verdict) -> tuple[str, ...]:
        """What would make it fit, each in words; nothing where something stands in the way that nobody can change."""
        missed = verdict.standing(Standing.NOT_MET)
        said = [
            (self._words.reasons[one.criterion].change, self._needed(verdict.product, one.criterion)) for one in missed
        ]
        if any(text is None for text, _ in said):
            return ()
        return tuple(text.say(self._language).format(needed=needed) for text, needed in said if text is not None)

    def reasons(self, verdict: Verdict, standing: Standing) -> tuple[str, ...]:
        """The criteria that stand so, each in words."""
        return tuple(self._reason(verdict.product, one) for one in verdict.standing(standing))

    def is_on_sale(self, product: Product) -> bool:
        """Whether it may be offered on the day on which it is said."""
        return product.is_on_sale(self._day)

    def sale(self, product: Product) -> str:
        """Whether it is on sale, since or until when, and what takes its place."""
        if product.is_withdrawn(self._day):
            day = _write_day(product.withdrawn_on)
            if product.replaced_by is None:
                return self.phrase("withdrawn", day=day)
            return self.phrase("replaced", day=day, product=self.name(self._catalog.get(product.replaced_by)))
        if self._day < product.valid_from:
            return self.phrase("not_yet", day=_write_day(product.valid_from))
        if product.valid_until is None:
            return self.phrase("on_sale")
        is_over = self._day > product.valid_until
        return self.phrase("ended" if is_over else "on_sale_until", day=_write_day(product.valid_until))

    def _reason(self, product: Product, one: Check) -> str:
        reason = self._words.reasons[one.criterion]
        text = {Standing.MET: reason.met, Standing.NOT_MET: reason.not_met, Standing.UNKNOWN: reason.unknown}
        filling = {"given": self._given(one), "needed": self._needed(product, one.criterion)}
        return text[one.standing].say(self._language).format(**filling)

    def _given(self, one: Check) -> str:
        match one.criterion, one.given:
            case "income" | "amount" | "yearly", int() as paise:
                return write_paise(paise)
            case "employment", str() as key:
                return self._words.employment[key].label.say(self._language)
            case "residency", str() as key:
                return self.residency(key)
            case "region", str() as key:
                return self.region(key)
            case _, Span() as span:
                return self.term(span)
            case _:
                return "" if one.given is None else str(one.given)

    def _needed(self, product: Product, field: str) -> str:
        """What a product asks of one criterion; empty where that does not matter."""
        asks = product.eligibility
        said = {
            "age": _bounds(str(asks.age.least), str(asks.age.most)) if asks.age else "",
            "income": "" if asks.income_from is None else write_paise(asks.income_from),
            "employment": ", ".join(self.employment(key) for key in asks.employment),
            "score": str(asks.score_from or ""),
            "residency": ", ".join(self.residency(key) for key in asks.residency),
            "amount": _write_sums(asks.amount),
            "yearly": _write_sums(asks.yearly),
            "term": self._write_term(asks.term),
            "region": ", ".join(self.region(key) for key in asks.not_in),
        }
        return said[field]

    def _write_term(self, term: Terms | None) -> str:
        if term is None:
            return ""
        bounds = _bounds(str(term.least), str(term.most))
        return self._words.durations[term.unit].say(self._language).format(bounds=bounds)

    def _charge(self, charge: Charge) -> str:
        is_money = charge.unit.startswith("rupees")
        figures = [figure for figure in (charge.figure, charge.most) if figure is not None]
        written = "–".join(write_rupees(one).removeprefix("₹") if is_money else write_number(one) for one in figures)
        unit = self._words.units[charge.unit].say(self._language).format(figure=written)
        return f"{self._words.charges[charge.what].say(self._language)} {unit}"


def _bounds(least: str, most: str) -> str:
    return least if least == most else f"{least}–{most}"


def _write_sums(sums: Sums | None) -> str:
    return _bounds(write_paise(sums.least), write_paise(sums.most)) if sums else ""


def _write_day(day: date | None) -> str:
    return f"{day:%d-%m-%Y}" if day else ""
