"""What all products share (`data/products/shared/words.yml`): providers, kinds, needs, and the wording of keys."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from language import Language
from saathi.located import read_located
from saathi.products.model import Criterion, Key, Name, Read, Said, Text, Unit

WORDS = Path(__file__).resolve().parents[2] / "data" / "products" / "shared" / "words.yml"

Asked = Literal["age", "income", "amount", "yearly"]


class Provider(Name):
    """Who makes products; `said` is how partners name it beside its name."""

    said: tuple[Said, ...] = ()


class Kind(Read):
    """A kind of product and the need that it is mainly for; `short` names it beside a provider."""

    label: Text
    need: Key
    said: tuple[Said, ...]
    short: tuple[Said, ...] = ()


class Need(Read):
    """What a customer needs. `asks` is what has to be known beside it."""

    label: Text
    asks: tuple[Asked, ...] = Field(max_length=2)
    said: tuple[Said, ...]


class Trait(Read):
    """What a customer is one of: how they earn, where they live."""

    label: Text
    said: tuple[Said, ...]


class Reason(Read):
    """The wording of one criterion, by how it stands."""

    met: Text
    not_met: Text
    unknown: Text
    change: Text | None = None


class Reading(Read):
    """Words by which figures in a message are told apart."""

    income: frozenset[str]
    saved: frozenset[str]
    yearly: frozenset[str]
    not_sums: frozenset[str]
    age: frozenset[str]
    unknown: frozenset[str]
    child: frozenset[str]
    score: frozenset[str]
    below: frozenset[str]
    days: frozenset[str]
    weeks: frozenset[str]
    for_term: frozenset[str]
    term_is: frozenset[str]
    lasted: frozenset[str]
    person: frozenset[str]


class Naming(Read):
    """Words by which a product's name is told from other words beside a provider."""

    provider_ends: frozenset[str]
    nouns: frozenset[str]
    plain: frozenset[str]


class Words(Read):
    """The whole file."""

    providers: dict[Key, Provider]
    kinds: dict[Key, Kind]
    needs: dict[Key, Need]
    employment: dict[Key, Trait]
    residency: dict[Key, Trait]
    regions: dict[Key, Trait]
    charges: dict[Key, Text]
    units: dict[Key, Text]
    durations: dict[Unit, Text]
    documents: dict[Key, Text]
    exclusions: dict[Key, Text]
    reasons: dict[Criterion, Reason]
    fields: dict[Key, Text]
    phrases: dict[Key, Text]
    reading: Reading
    naming: Naming

    @classmethod
    def load(cls, path: Path = WORDS) -> "Words":
        """Read the file. Raises `FileFault`, which names file, line and remedy."""
        return read_located(path, cls).content

    def phrase(self, key: str, language: Language, **filling: object) -> str:
        """One of `phrases`, filled in."""
        return self.phrases[key].say(language).format(**filling)
