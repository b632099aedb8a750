"""Providers in a message that asks for leads: whose products the leads are of."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from saathi.leads.sounds import closeness, sounds_of
from saathi.phrases import read_plain
from saathi.products import Catalog

_ALIKE = 80.0  # closeness, of 100, from which a word that sounds alike is one with a slip


@dataclass(frozen=True, slots=True)
class _Name:
    words: tuple[str, ...]
    sounds: tuple[str, ...]
    provider: str


class Providers:
    """The catalogue's providers by how their names sound, in both scripts, and the products of each, sold or not."""

    def __init__(self, catalog: Catalog) -> None:
        self._products: dict[str, set[str]] = defaultdict(set)
        for product in catalog.products:
            self._products[product.provider].add(product.slug)
        said = {
            (tuple(read_plain(name).split()), key)
            for key, provider in catalog.words.providers.items()
            for name in (provider.en, provider.hi, *provider.said)
        }
        names = [_Name(words, tuple(_sound(word) for word in words), key) for words, key in said]
        self._names = sorted(names, key=lambda name: len(name.words), reverse=True)

    def find_products(self, plain: str) -> frozenset[str] | None:
        """The products of the providers that are named in a message read by `read_plain`; None where none is."""
        found = [provider for provider, _ in self._walk(plain.split())]
        return frozenset(slug for provider in found for slug in self._products[provider]) if found else None

    def without(self, plain: str) -> str:
        """The message without the names of providers."""
        words = plain.split()
        taken = {place for _, places in self._walk(words) for place in places}
        return f" {' '.join(word for place, word in enumerate(words) if place not in taken)} "

    def _walk(self, words: Sequence[str]) -> Iterator[tuple[str, range]]:
        """Each provider that is named and the places of its words, by its longest name."""
        place, sounds = 0, [_sound(word) for word in words]
        while place < len(words):
            name = next((name for name in self._names if _is_at(name, words, sounds, place)), None)
            size = len(name.words) if name else 1
            if name:
                yield name.provider, range(place, place + size)
            place += size


def _is_at(name: _Name, words: Sequence[str], sounds: Sequence[str], place: int) -> bool:
    end = place + len(name.words)
    if tuple(sounds[place:end]) != name.sounds:
        return False
    pairs = zip(words[place:end], name.words, strict=True)
    return all(said == word or closeness(said, word) >= _ALIKE for said, word in pairs)


def _sound(word: str) -> str:
    return next(iter(sounds_of(word)), word)
