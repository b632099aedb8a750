"""The files of the catalogue, read and checked: what is wrong is told with file, line and remedy."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from language import read_names
from saathi.located import FileFault, Located, Place, read_located
from saathi.products.model import Key, Product, Read
from saathi.products.words import WORDS, Words

ROOT = Path(__file__).resolve().parents[2]
PRODUCTS = ROOT / "data" / "products"
ARTICLES = ROOT / "knowledge" / "articles"


class _File(Read):
    """One file: the products of one kind."""

    kind: Key
    products: tuple[Product, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A product and where it stands."""

    product: Product
    path: Path
    number: int
    lines: dict[Place, int]

    def fault(self, field: str, message: str) -> str:
        """A fault at the line of one of the product's fields."""
        top: Place = ("products", self.number)
        return f"{self.path}:{self.lines.get((*top, field), self.lines[top])}: {message}"


def read_products(words: Words, folder: Path = PRODUCTS, articles: Path = ARTICLES) -> tuple[Product, ...]:
    """All products, in the order of files and lines. Raises `FileFault`, one line a fault."""
    faults: list[str] = []
    entries: list[_Entry] = []
    for path in sorted(folder.glob("*.yml")):
        try:
            read = read_located(path, _File)
        except FileFault as fault:
            faults += str(fault).splitlines()
            continue
        if read.content.kind not in words.kinds or read.content.kind != path.stem:
            faults.append(
                f"{path}:{read.lines['kind',]}: kind is {read.content.kind}; write the file's name, a kind of words.yml"
            )
        entries += _enter(read, path)
    faults += _find_faults(entries, words, {path.stem for path in articles.glob("*/*.md")})
    if faults:
        raise FileFault("\n".join(faults))
    return tuple(entry.product for entry in entries)


def find_faults(folder: Path = PRODUCTS, words: Path = WORDS, articles: Path = ARTICLES) -> list[str]:
    """What is wrong with the catalogue, a line each; empty for a sound one."""
    try:
        products = read_products(Words.load(words), folder, articles)
    except FileFault as fault:
        return str(fault).splitlines()
    return list(_find_unlisted_names(products))


def _find_unlisted_names(products: tuple[Product, ...]) -> Iterator[str]:
    """Names whose words would tell the language of a message."""
    listed = read_names()
    for name in sorted({product.name.en.lower() for product in products} - listed):
        yield f"language/names.txt: {name} is missing; add it, or its words tell the language of a message"


def _enter(read: Located[_File], path: Path) -> Iterator[_Entry]:
    for number, product in enumerate(read.content.products):
        yield _Entry(product.model_copy(update={"kind": read.content.kind}), path, number, read.lines)


def _find_faults(entries: list[_Entry], words: Words, articles: set[str]) -> Iterator[str]:
    first: dict[str, _Entry] = {}
    names: dict[tuple[str, str], _Entry] = {}
    for entry in entries:
        product = entry.product
        if product.slug in first:
            yield entry.fault("slug", f"{product.slug} is the slug of another product; slugs never come twice")
        first.setdefault(product.slug, entry)
        for name in (product.name.en.lower(), product.name.hi):
            if (product.provider, name) in names:
                yield entry.fault("name", f"{name} is the name of another product of {product.provider}; change one")
            names.setdefault((product.provider, name), entry)
    for entry in entries:
        yield from _find_unknown_keys(entry, words)
        if entry.product.article not in articles:
            yield entry.fault("article", f"there is no article {entry.product.article} in knowledge/articles")
        yield from _find_bad_replacement(entry, first)


def _find_unknown_keys(entry: _Entry, words: Words) -> Iterator[str]:
    product = entry.product
    for field, known, keys in (
        ("provider", words.providers, (product.provider,)),
        ("needs", words.needs, product.needs),
        ("exclusions", words.exclusions, product.exclusions),
        ("documents", words.documents, product.documents),
        ("charges", words.charges, tuple(charge.what for charge in product.charges)),
        ("charges", words.units, tuple(charge.unit for charge in product.charges)),
        ("eligibility", words.employment, product.eligibility.employment),
        ("eligibility", words.residency, product.eligibility.residency),
        ("eligibility", words.regions, product.eligibility.not_in),
    ):
        for key in keys:
            if key not in known:
                yield entry.fault(field, f"{field} has {key}, words.yml has not; mend it, or add it there")


def _find_bad_replacement(entry: _Entry, products: dict[str, _Entry]) -> Iterator[str]:
    product = entry.product
    if product.replaced_by is None:
        return
    other = products.get(product.replaced_by)
    if other is None:
        yield entry.fault("replaced_by", f"there is no product {product.replaced_by}; write the slug of one")
    elif other.product.withdrawn_on is not None:
        yield entry.fault("replaced_by", f"{product.replaced_by} is withdrawn itself; write what is offered now")
    elif other.product.kind != product.kind:
        yield entry.fault("replaced_by", f"{product.replaced_by} is a {other.product.kind}; write one of the same kind")
