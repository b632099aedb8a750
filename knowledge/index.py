"""What search needs of an index, whatever engine stands behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.chunks import Kind, Passage

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Scope:
    """Which passages may be found: those current on `today`, for an audience, of a product, of an article."""

    today: date
    kinds: tuple[Kind, ...]
    audience: str | None = None
    product: str | None = None
    slug: str | None = None


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


@dataclass(frozen=True, slots=True)
class Counts:
    """How much an index holds."""

    articles: int
    chunks: int


class Index(Protocol):
    """An index of passages."""

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

    async def count(self) -> Counts:
        """How many articles and passages there are."""
        ...
