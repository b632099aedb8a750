"""The catalogue: finding, listing, judging, recommending and comparing products. No model, no guess."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from saathi.products.eligibility import Check, Standing, check
from saathi.products.model import Criterion, Product, Profile
from saathi.products.naming import Named, Names, Unsold
from saathi.products.phrases import find_longest
from saathi.products.reading import ARTICLES, PRODUCTS, read_products
from saathi.products.words import WORDS, Words

_NEVER = 99  # the place of a need that a product is not for
ROWS = (
    "kind", "strength", "needs", "age", "income", "employment", "score", "residency", "amount", "yearly", "term",
    "region", "charges", "exclusions", "documents", "sale",
)  # fmt: skip


class NoSuchProduct(LookupError):
    """No product has this slug."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"there is no product {slug}")
        self.slug = slug


@dataclass(frozen=True, slots=True)
class Verdict:
    """A product held against a customer."""

    product: Product
    checks: tuple[Check, ...]

    @property
    def is_eligible(self) -> bool:
        """Whether nothing that is known speaks against it."""
        return not self.standing(Standing.NOT_MET)

    def standing(self, standing: Standing) -> tuple[Check, ...]:
        """The criteria that stand so."""
        return tuple(one for one in self.checks if one.standing is standing)


@dataclass(frozen=True, slots=True)
class Advice:
    """What to offer, best first, with the need that each meets (None where only its kind was asked for); and what
    would suit the need but may not be sold to this customer, the nearest first."""

    recommended: tuple[tuple[Verdict, str | None], ...]
    missed: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Products side by side; `rows` names the fields that at least one of them has."""

    products: tuple[Product, ...]
    rows: tuple[str, ...]


class Catalog:
    """All products. `words` are those they share."""

    def __init__(self, products: Iterable[Product], words: Words) -> None:
        self.words = words
        self._products = {product.slug: product for product in products}
        self._names = Names(tuple(self._products.values()), words)

    @classmethod
    def load(cls, folder: Path = PRODUCTS, words: Path = WORDS, articles: Path = ARTICLES) -> "Catalog":
        """Read the files. Raises `FileFault`, which names file, line and remedy."""
        shared = Words.load(words)
        return cls(read_products(shared, folder, articles), shared)

    @property
    def products(self) -> tuple[Product, ...]:
        """All of them, sold or not."""
        return tuple(self._products.values())

    def get(self, slug: str) -> Product:
        """The product of that slug. Raises `NoSuchProduct`."""
        try:
            return self._products[slug]
        except KeyError as error:
            raise NoSuchProduct(slug) from error

    def find(self, name: str) -> tuple[Product, ...]:
        """The products that a slug or a name may mean, in any script and with small slips; several when unclear."""
        if name in self._products:
            return (self._products[name],)
        return self.find_named(name).products

    def find_named(self, text: str) -> Named:
        """The products and providers that a message names."""
        return self._names.find(text)

    def kind_of(self, text: str, *, is_beside_provider: bool = False) -> str | None:
        """The kind of product that a message names, by the longest of its words; beside a provider less is enough."""
        kinds = self.words.kinds.items()
        said = find_longest({key: kind.said for key, kind in kinds}, text)
        return said or (find_longest({key: kind.short for key, kind in kinds}, text) if is_beside_provider else None)

    def find_unsold(self, text: str, day: date) -> tuple[Unsold, ...]:
        """Products that an answer names though they are absent or not on sale; empty when it may be sent."""
        return self._names.find_unsold(text, day)

    def list(self, day: date, kinds: Collection[str] = ()) -> tuple[Product, ...]:
        """The products on sale that day, of these kinds or of all."""
        return tuple(p for p in self.products if p.is_on_sale(day) and (not kinds or p.kind in kinds))

    def eligible(self, profile: Profile, day: date) -> tuple[Verdict, ...]:
        """Every product on sale with its criteria, met, not met and unknown."""
        return tuple(Verdict(product, check(product, profile)) for product in self.list(day))

    def judge(self, slug: str, profile: Profile) -> Verdict:
        """One product held against a customer, on sale or not. Raises `NoSuchProduct`."""
        product = self.get(slug)
        return Verdict(product, check(product, profile))

    def recommend(
        self, profile: Profile, needs: Sequence[str], day: date, kinds: Collection[str] = (), most: int = 3
    ) -> Advice:
        """Products of these kinds, or for these needs where no kind is named.

        First is what is mainly for the need; of these what is made for few ages and fits this one, then what most
        criteria of the customer speak for, then what is for this need alone, then what asks for most income: what
        others could not have. What is equal stands in the order of the files.
        """
        fitting = [
            verdict
            for verdict in self.eligible(profile, day)
            if (verdict.product.kind in kinds if kinds else _place(verdict.product, needs) < _NEVER)
        ]
        offered = sorted((v for v in fitting if v.is_eligible), key=lambda v: _rank(v, profile, needs))
        missed = sorted(
            (v for v in fitting if not v.is_eligible),
            key=lambda v: (len(v.standing(Standing.NOT_MET)), _place(v.product, needs), _gap(v, profile)),
        )
        recommended = ((v, next((need for need in v.product.needs if need in needs), None)) for v in offered[:most])
        return Advice(tuple(recommended), tuple(missed[:most]))

    def compare(self, slugs: Sequence[str]) -> Comparison:
        """Products side by side. Raises `NoSuchProduct`."""
        products = tuple(self.get(slug) for slug in slugs)
        return Comparison(products, tuple(row for row in ROWS if any(_has(product, row) for product in products)))


def _place(product: Product, needs: Sequence[str]) -> int:
    """How high a need stands among what the product is for."""
    return min((place for place, need in enumerate(product.needs) if need in needs), default=_NEVER)


def _gap(verdict: Verdict, profile: Profile) -> float:
    """How far a customer is from what is not met: parts of the nearest bound, 1 for what has no distance."""
    return sum(_distance(verdict.product, one.criterion, profile) for one in verdict.standing(Standing.NOT_MET))


def _distance(product: Product, criterion: Criterion, profile: Profile) -> float:
    asks = product.eligibility
    ranges = {
        "age": (profile.age, asks.age and (asks.age.least, asks.age.most)),
        "income": (profile.income, asks.income_from and (asks.income_from, None)),
        "score": (profile.score, asks.score_from and (asks.score_from, None)),
        "amount": (profile.amount, asks.amount and (asks.amount.least, asks.amount.most)),
        "yearly": (profile.yearly, asks.yearly and (asks.yearly.least, asks.yearly.most)),
    }
    given, bounds = ranges.get(criterion, (None, None))
    if given is None or not bounds:
        return 1.0
    least, most = bounds
    return max(least - given, given - (most or given)) / max(least, 1)


def _rank(verdict: Verdict, profile: Profile, needs: Sequence[str]) -> tuple[int, bool, int, int, int]:
    product, ages = verdict.product, verdict.product.eligibility.age
    is_for_few_ages = ages is not None and (ages.least > 30 or ages.most < 50)
    return (
        _place(product, needs),
        profile.age is None or not is_for_few_ages,
        -len(verdict.standing(Standing.MET)),
        len(product.needs),
        -(product.eligibility.income_from or 0) if profile.income is not None else 0,
    )


def _has(product: Product, row: str) -> bool:
    """Whether a row of a comparison says anything of the product."""
    asks = product.eligibility
    narrow = {"income": asks.income_from, "score": asks.score_from, "region": asks.not_in}
    if row in narrow:
        return bool(narrow[row])
    return bool(getattr(asks, row)) if row in type(asks).model_fields else True
