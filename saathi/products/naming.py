"""Names of products in text: which the catalogue has, and which an answer must not say."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Literal

from language import normalise, to_latin
from saathi.products.model import Product
from saathi.products.words import Words

# A word, whatever its script; a mark between two words ends a name, a hyphen does not.
_WORD = re.compile(r"[^\s\-–—,.;:!?()\[\]{}\"'“”‘’/|।*•]+")
_ENDS_NAME = re.compile(r"[^\s\-]")
_LIKE = 0.84  # how alike two words are that are one with a slip
_SHORTEST_SLIP = 5  # letters; a shorter word with a slip is another word
_LONGEST_NAME = 5  # words after a provider that are looked at


@dataclass(frozen=True, slots=True)
class Named:
    """What a message names: products, and providers beside them without one of their products."""

    products: tuple[Product, ...]
    providers: tuple[str, ...]


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
        self._providers = [
            (tuple(_plain_words(name)), key)
            for key, provider in words.providers.items()
            for name in (provider.en, provider.hi, *provider.said)
        ]
        self._names: dict[str, list[tuple[tuple[str, ...], Product]]] = {}
        for product in products:
            for name in {tuple(_plain_words(said)) for said in _write_names(product, words)}:
                self._names.setdefault(name[0][:1], []).append((name, product))

    def find(self, text: str) -> Named:
        """The products that are named, in the order of the text, each once; and the providers named alone."""
        tokens = _split(text)
        products: list[Product] = []
        providers: list[str] = []
        place = 0
        while place < len(tokens):
            found = self._find_at(tokens, place)
            provider = self._provider_at(tokens, place)
            if found:
                products += [match.product for match in found]
                place = found[0].end
            elif provider is not None:
                providers += [provider[0]] if provider[0] not in providers else []
                place = provider[1]
            else:
                place += 1
        return Named(tuple({product.slug: product for product in products}.values()), tuple(providers))

    def find_unsold(self, text: str, day: date) -> tuple[Unsold, ...]:
        """The names that must not be said on that day, each once."""
        return tuple(dict.fromkeys(self._find_unsold(_split(text), day)))

    def _find_unsold(self, tokens: list[_Token], day: date) -> Iterator[Unsold]:
        place = 0
        while place < len(tokens):
            provider = self._provider_at(tokens, place)
            found = [
                match
                for match in self._find_at(tokens, place, exact=True)
                if provider or _is_written_as_name(tokens[place : match.end])
            ]
            if found:
                yield from _judge(found, tokens[place : found[0].end], day)
                place = found[0].end
                continue
            after = provider[1] if provider else self._unknown_provider_at(tokens, place)
            name = self._name_after(tokens, after, is_known=provider is not None) if after else 0
            if after and name:
                yield Unsold(" ".join(token.raw for token in tokens[place : after + name]), "absent")
            place = after + name if after else place + 1

    def _find_at(self, tokens: list[_Token], place: int, *, exact: bool = False) -> list[_Match]:
        """The products whose name begins there: those of the longest name, several when it is that of several."""
        matches = [
            _Match(product, place + len(name), len(name))
            for name, product in self._names.get(tokens[place].plain[:1], ())
            if len(name) <= len(tokens) - place and _is_said(name, tokens[place : place + len(name)], exact=exact)
        ]
        longest = max((match.length for match in matches), default=0)
        return [match for match in matches if match.length == longest]

    def _provider_at(self, tokens: list[_Token], place: int) -> tuple[str, int] | None:
        """The provider named there, and the place after its name."""
        found = [
            (place + len(name), key)
            for name, key in self._providers
            if _is_said(name, tokens[place : place + len(name)], exact=True)
        ]
        return (max(found)[1], max(found)[0]) if found else None

    def _unknown_provider_at(self, tokens: list[_Token], place: int) -> int:
        """The place after what is written as a provider's name; 0 where none is."""
        if place + 1 >= len(tokens):
            return 0
        first, second = tokens[place], tokens[place + 1]
        is_name = first.is_capital and second.is_capital and second.is_joined
        known = self._words.naming
        return place + 2 if is_name and second.plain in known.provider_ends and first.plain not in known.plain else 0

    def _name_after(self, tokens: list[_Token], start: int, *, is_known: bool) -> int:
        """How many words after a provider are a product's name. In Latin letters a name has capitals; without them it
        has to end in a word that names end in, and so it has to beside a provider that nobody knows."""
        known = self._words.naming
        length, last_noun, own = 0, 0, 0
        for token in tokens[start : start + _LONGEST_NAME]:
            is_noun = token.plain in known.nouns
            if not token.is_joined or (token.plain in known.plain and not is_noun and not token.is_capital):
                break
            if token.raw.isascii() and not token.is_capital and not is_noun:
                break
            length += 1
            own += token.plain not in known.plain and not is_noun
            last_noun = length if is_noun else last_noun
        if not own:
            return 0
        has_capitals = all(token.is_capital for token in tokens[start : start + length])
        if has_capitals and is_known and own > 1:
            return length
        return last_noun


def _judge(found: list[_Match], tokens: list[_Token], day: date) -> Iterator[Unsold]:
    if any(match.product.is_on_sale(day) for match in found):
        return
    product = found[0].product
    name = " ".join(token.raw for token in tokens)
    yield Unsold(name, "withdrawn" if product.is_withdrawn(day) else "not_on_sale", product)


def _is_written_as_name(tokens: list[_Token]) -> bool:
    """Without its provider a name counts where it is written as one: two words or more, in Latin letters with
    capitals; "return of premium term" in a sentence is no name."""
    return len(tokens) > 1 and all(token.is_capital or not token.raw.isascii() for token in tokens)


def _write_names(product: Product, words: Words) -> Iterator[str]:
    """All ways to name a product: with and without its provider, and in other words."""
    provider = words.providers[product.provider]
    for name in (product.name.en, product.name.hi):
        yield name
        for maker in (provider.en, provider.hi, *provider.said):
            yield f"{maker} {name}"
    yield from product.also_called


def _plain_words(text: str) -> list[str]:
    return [token.plain for token in _split(text)]


def _split(text: str) -> list[_Token]:
    text = normalise(text)
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
    if tuple(token.plain for token in tokens) == name:
        return True
    return not exact and all(_is_like(said.plain, word) for said, word in zip(tokens, name, strict=True))


def _is_like(said: str, word: str) -> bool:
    if said == word:
        return True
    if len(word) < _SHORTEST_SLIP or abs(len(said) - len(word)) > 2 or said[:1] != word[:1]:
        return False
    return SequenceMatcher(None, said, word).ratio() >= _LIKE
