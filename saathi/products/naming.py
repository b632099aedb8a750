"""Names of products in text: which the catalogue has, and which an answer must not say."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

from language import is_common_word, normalise, to_latin
from saathi.products.model import Product
from saathi.products.words import Words

# A word, whatever its script; a mark between two words ends a name, a hyphen does not.
_WORD = re.compile(r"[^\s\-–—,.;:!?()\[\]{}\"'“”‘’/|।*•]+")
_ENDS_NAME = re.compile(r"[^\s\-]")
_LINKS = frozenset({"ka", "ki", "ke", "new", "naya", "nayi"})
_POSSESSIVE = re.compile(r"(?<=\w)'s\b")
_LIKE = 0.8  # how alike two words are that are one with a slip
_SHORTEST_SLIP = 5  # letters; a shorter word with a slip is another word
_LONGEST_NAME = 5  # words after a provider that are looked at


@dataclass(frozen=True, slots=True)
class Named:
    """What a message names: products, providers beside them without one of their products, and whether a provider that
    the catalogue does not have. `clear`: the products that more than a word names, which could be any word."""

    products: tuple[Product, ...]
    providers: tuple[str, ...]
    has_unknown: bool = False
    clear: tuple[Product, ...] = ()


@dataclass(frozen=True, slots=True)
class Unsold:
    """A name that must not be said: `absent` from the catalogue, or `withdrawn` or otherwise `not_on_sale`."""

    name: str
    fault: Literal["absent", "withdrawn", "not_on_sale"]
    product: Product | None = None


@dataclass(frozen=True, slots=True)
class _Token:
    """A word as written, as compared, and whether it belongs to the words before it."""

    raw: str
    plain: str
    is_joined: bool

    @property
    def is_capital(self) -> bool:
        return self.raw[:1].isupper()


@dataclass(frozen=True, slots=True)
class _Match:
    product: Product
    end: int
    length: int


class Names:
    """All names of the catalogue's products, each as the words that it is compared by."""

    def __init__(self, products: Sequence[Product], words: Words) -> None:
        self._words = words
        self._providers: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for key, provider in words.providers.items():
            for name in {tuple(_plain_words(said)) for said in (provider.en, provider.hi, *provider.said)}:
                self._providers.setdefault(name[0], []).append((name, key))
        # by the first letter and the first word, which a slip leaves alike
        self._names: dict[str, dict[str, list[tuple[tuple[str, ...], Product]]]] = {}
        self._of_kind: dict[str, list[Product]] = {kind: [] for kind in words.kinds}
        self._kinds = [
            (tuple(_plain_words(said)), key)
            for key, kind in words.kinds.items()
            for said in (*kind.said, *kind.short, kind.label.en, kind.label.hi)
        ]
        self._kind_words = {word for said, _ in self._kinds for word in said if not is_common_word(word)}
        for product in products:
            self._of_kind[product.kind].append(product)
            for name in {tuple(_plain_words(said)) for said in _write_names(product, words)}:
                self._names.setdefault(name[0][:1], {}).setdefault(name[0], []).append((name, product))

    def find(self, text: str) -> Named:
        """The products that are named, in the order of the text, each once; and the providers named alone."""
        tokens = _split(text)
        products: list[Product] = []
        clear: list[Product] = []
        providers: list[str] = []
        place, has_unknown = 0, False
        while place < len(tokens):
            found = self._find_at(tokens, place)
            provider = self._provider_at(tokens, place)
            if found:
                products += [match.product for match in found]
                clear += [match.product for match in found if match.length > 1]
                place = found[0].end
            elif provider is not None:
                providers += [provider[0]] if provider[0] not in providers else []
                place = provider[1]
            else:
                has_unknown = has_unknown or self._unknown_provider_at(tokens, place) > 0
                place += 1
        once = {product.slug: product for product in products}
        return Named(tuple(once.values()), tuple(providers), has_unknown, tuple(clear))

    def find_unsold(self, text: str, day: date) -> tuple[Unsold, ...]:
        """The names that must not be said on that day, each once."""
        return tuple(dict.fromkeys(self._find_unsold(_split(text), day)))

    def _find_unsold(self, tokens: list[_Token], day: date) -> Iterator[Unsold]:
        place = 0
        while place < len(tokens):
            provider = self._provider_at(tokens, place)
            found = self._find_at(tokens, place, exact=True)
            if not found:
                slips = self._find_at(tokens, place)  # nothing where it may as well be what is on sale
                found = [] if any(match.product.is_on_sale(day) for match in slips) else slips
            if found and (provider or found[0].length > 1):
                yield from _judge(found, tokens[place : found[0].end], day)
                place = found[0].end
                continue
            after = provider[1] if provider else self._unknown_provider_at(tokens, place)
            name = self._name_after(tokens, after, provider[0] if provider else None, day) if after else 0
            if after and name:
                yield Unsold(" ".join(token.raw for token in tokens[place : after + name]), "absent")
            place = after + name if after else place + 1

    def _find_at(self, tokens: list[_Token], place: int, *, exact: bool = False) -> list[_Match]:
        """The products whose name begins there: those of the longest name, several when it is that of several."""
        first = tokens[place].plain
        matches = [
            _Match(product, place + len(name), len(name))
            for word, names in self._names.get(first[:1], {}).items()
            if word in (first, _singular(first)) or (not exact and _is_like(first, word))
            for name, product in names
            if len(name) <= len(tokens) - place and _is_said(name, tokens[place : place + len(name)], exact=exact)
        ]
        longest = max((match.length for match in matches), default=0)
        return [match for match in matches if match.length == longest]

    def _provider_at(self, tokens: list[_Token], place: int) -> tuple[str, int] | None:
        """The provider named there, and the place after its name."""
        found = [
            (place + len(name), key)
            for name, key in self._providers.get(tokens[place].plain, ())
            if _is_said(name, tokens[place : place + len(name)], exact=True)
        ]
        return (max(found)[1], max(found)[0]) if found else None

    def _unknown_provider_at(self, tokens: list[_Token], place: int) -> int:
        """The place after what is written as a provider's name; 0 where none is."""
        if place + 1 >= len(tokens):
            return 0
        first, second = tokens[place], tokens[place + 1]
        is_name = second.is_joined and first.is_capital == second.is_capital
        ends = self._words.naming.provider_ends
        is_provider = is_name and second.plain in ends and first.plain not in ends
        return place + 2 if is_provider and not self._is_plain(first) else 0

    def _name_after(self, tokens: list[_Token], start: int, provider: str | None, day: date) -> int:
        """How many words after a provider are a product's name that the catalogue does not have. It ends in a word that
        names end in; beside a provider that is known, capitals make one without it, and a kind that the provider has
        not is one."""
        skipped = _count_links(tokens, start)
        start += skipped
        if skipped and start < len(tokens) and self._find_at(tokens, start, exact=True):
            return 0
        run = self._take_run(tokens, start)
        kind = self._kind_at(run) if provider is not None else None
        if kind is not None and not any(
            product.is_on_sale(day) and product.provider == provider for product in self._of_kind[kind]
        ):
            return skipped + len(run)
        own = [token for token in run if not self._is_plain(token) and not self._is_noun(token)]
        nouns = [place for place, token in enumerate(run, 1) if self._is_noun(token)]
        capitals = next((place for place, token in enumerate(run) if not token.is_capital), len(run))
        if provider is not None and not skipped and not nouns and any(token in own for token in run[:capitals]):
            return capitals
        is_name = bool(nouns) and any(token in own for token in run[: nouns[-1]])
        return skipped + nouns[-1] if is_name else 0

    def _take_run(self, tokens: list[_Token], start: int) -> list[_Token]:
        """The words from a place on that may belong to one name: small words end it."""
        run: list[_Token] = []
        for token in tokens[start : start + _LONGEST_NAME]:
            is_small = not token.is_capital and (token.plain in self._words.naming.plain or is_common_word(token.plain))
            is_part = self._is_noun(token) or token.plain in self._kind_words
            if not token.is_joined or (is_small and not is_part):
                break
            run.append(token)
        return run

    def _kind_at(self, run: list[_Token]) -> str | None:
        """The kind that a name begins with: "home loan"."""
        words = [_singular(token.plain) for token in run]
        found = [(len(said), kind) for said, kind in self._kinds if words[: len(said)] == list(said)]
        return max(found)[1] if found else None

    def _is_noun(self, token: _Token) -> bool:
        return bool({token.plain, _singular(token.plain)} & self._words.naming.nouns)

    def _is_plain(self, token: _Token) -> bool:
        """Whether a word is nobody's own name."""
        return token.plain in self._words.naming.plain or token.plain in self._kind_words or is_common_word(token.plain)


def _judge(found: list[_Match], tokens: list[_Token], day: date) -> Iterator[Unsold]:
    if any(match.product.is_on_sale(day) for match in found):
        return
    product = found[0].product
    name = " ".join(token.raw for token in tokens)
    yield Unsold(name, "withdrawn" if product.is_withdrawn(day) else "not_on_sale", product)


def _count_links(tokens: list[_Token], start: int) -> int:
    """How many words link a provider and what it has: "Himgiri ka naya Amrit Plan"."""
    return next(
        (n for n, token in enumerate(tokens[start:]) if not token.is_joined or token.plain not in _LINKS),
        len(tokens) - start,
    )


def _singular(plain: str) -> str:
    """A word without the ending of more than one: plans, policies."""
    if plain.endswith("ies"):
        return f"{plain[:-3]}y"
    return plain.removesuffix("s") if len(plain) > 3 else plain


def _write_names(product: Product, words: Words) -> Iterator[str]:
    """All ways to name a product: with and without its provider, and in other words."""
    provider = words.providers[product.provider]
    for name in (product.name.en, product.name.hi, *product.also_called):
        yield name
        for maker in (provider.en, provider.hi, *provider.said):
            yield f"{maker} {name}"


def _plain_words(text: str) -> list[str]:
    return [token.plain for token in _split(text)]


def _split(text: str) -> list[_Token]:
    text = _POSSESSIVE.sub("", normalise(text))
    tokens: list[_Token] = []
    end = 0
    for found in _WORD.finditer(text):
        is_joined = bool(tokens) and not _ENDS_NAME.search(text[end : found.start()])
        tokens.append(_Token(found[0], to_latin(found[0]).lower(), is_joined))
        end = found.end()
    return tokens


def _is_said(name: tuple[str, ...], tokens: list[_Token], *, exact: bool) -> bool:
    if len(tokens) < len(name) or not all(token.is_joined for token in tokens[1:]):
        return False
    return all(
        word in (token.plain, _singular(token.plain)) or (not exact and _is_like(token.plain, word))
        for word, token in zip(name, tokens, strict=True)
    )


@lru_cache(maxsize=16_384)
def _is_like(said: str, word: str) -> bool:
    if said == word:
        return True
    if len(word) < _SHORTEST_SLIP or abs(len(said) - len(word)) > 2 or said[:1] != word[:1]:
        return False
    matcher = SequenceMatcher(None, said, word)
    return matcher.quick_ratio() >= _LIKE and matcher.ratio() >= _LIKE
