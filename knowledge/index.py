"""What search needs of an index, whatever engine stands behind it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.chunks import Kind, Passage
from language import Language

Vectors = NDArray[np.float32]


class KnowledgeUnavailable(Exception):
    """The index does not answer, or not sensibly; the message says what is wrong. Later it may answer again."""


class Fusion(NamedTuple):
    """How the two rankings become one, as Qdrant does it: a passage's score is the sum over both rankings of
    1 / (rank / weight + k - 1), ranks from 1.

    With k = 1 that is weight / rank; with k = 60 ranks hardly differ, and a greater weight makes them differ less.
    """

    dense: float = 1.0
    lexical: float = 1.0
    k: int = 60


PLAIN = Fusion()


@dataclass(frozen=True, slots=True)
class Scope:
    """Which passages may be found: those current on `today` and of these kinds.

    Each of the others narrows that further: articles for an audience, of a product, for a skill level, one article by
    its slug; and passages in a language (definitions stand in three, all else in the article's own).
    """

    today: date
    kinds: tuple[Kind, ...]
    audience: str | None = None
    product: str | None = None
    slug: str | None = None
    skill_level: str | None = None
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, by its id, and how well."""

    passage: str
    score: float


@dataclass(frozen=True, slots=True)
class Hits:
    """One question's hits, best first: by cosine (-1 to 1), by BM25, and by both, fused by rank."""

    dense: tuple[Hit, ...]
    lexical: tuple[Hit, ...]
    fused: tuple[Hit, ...]


def settle_ties(fused: Iterable[Hit], dense: Sequence[Hit]) -> tuple[Hit, ...]:
    """Equal scores in the order of the dense ranking: the engine gives them in another order each time."""
    places = {hit.passage: place for place, hit in enumerate(dense)}

    def order(hit: Hit) -> tuple[float, int, str]:
        return -round(hit.score, 7), places.get(hit.passage, len(places)), hit.passage

    return tuple(sorted(fused, key=order))


@dataclass(frozen=True, slots=True)
class Counts:
    """How much an index holds."""

    articles: int
    chunks: int


class Index(Protocol):
    """An index of passages. All methods raise `KnowledgeUnavailable` when the engine cannot be reached in time or
    answers nonsense; `search` and `count` within two seconds."""

    @property
    def version(self) -> str:
        """Fingerprint of what the index was built from."""
        ...

    async def search(self, vector: Vectors, words: str, scope: Scope, limit: int) -> Hits:
        """The `limit` best passages each way. `vector` has 384 dimensions, `words` is text for BM25."""
        ...

    async def upsert(self, passages: Sequence[Passage], vectors: Vectors, words: Sequence[str]) -> None:
        """Puts in passages with their vectors (a row each) and BM25 texts, replacing those of the same id."""
        ...

    async def remove(self, slug: str) -> None:
        """Takes out all passages of one article; nothing happens when there are none."""
        ...

    async def count(self) -> Counts:
        """How many articles and passages there are now."""
        ...
