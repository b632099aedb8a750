"""The index in one collection of a Qdrant server, through qdrant-client."""

import math
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from qdrant_client import AsyncQdrantClient

from knowledge.chunks import Passage
from knowledge.filters import DENSE, WORDS, of_article, queries
from knowledge.index import PLAIN, Counts, Fusion, Hit, Hits, Scope, Vectors, settle_ties
from knowledge.points import embedder, payload
from knowledge.qdrant_models import models

_MOST_ARTICLES = 100_000
_GIVE_UP = 2  # whole seconds after which the server, too, may stop working on a search


class Server(Protocol):
    """What an index needs of its server."""

    client: AsyncQdrantClient

    def reading(self) -> AbstractAsyncContextManager[None]:
        """Around requests that a person waits for."""
        ...

    def writing(self) -> AbstractAsyncContextManager[None]:
        """Around requests that change something."""
        ...


class QdrantIndex:
    """`Index` on one collection. Make one with `QdrantServer.find` or `QdrantServer.building`.

    A collection changed in place is no longer what its name says; it loses its mark with the first change, answers on,
    and whoever looks for that version later builds anew.
    """

    def __init__(
        self, server: Server, collection: str, version: str, fusion: Fusion = PLAIN, *, whole: bool = True
    ) -> None:
        self._server = server
        self._collection = collection
        self._version = version
        self._fusion = fusion
        self._is_marked = whole
        self._bm25 = embedder()

    @property
    def version(self) -> str:
        """Fingerprint of what the index was built from."""
        return self._version

    async def search(self, vector: Vectors, words: str, scope: Scope, limit: int) -> Hits:
        """See `Index`. One request; it is not repeated, since somebody waits."""
        sparse = self._weigh(words, query=True) if words else None
        asked = queries(vector, sparse, scope, limit, self._fusion)
        async with self._server.reading():
            answers = await self._server.client.query_batch_points(self._collection, asked, timeout=_GIVE_UP)
            rankings = [tuple(map(_hit, answer.points)) for answer in answers]
            if len(rankings) != len(asked):
                raise ValueError(f"{len(asked)} queries, {len(rankings)} answers")
        if not words:
            return Hits(rankings[0], (), rankings[0])
        dense, lexical, fused = rankings
        return Hits(dense, lexical, settle_ties(fused, dense))

    async def upsert(self, passages: Sequence[Passage], vectors: Vectors, words: Sequence[str]) -> None:
        """See `Index`."""
        points = [
            models.PointStruct(
                id=passage.id,
                vector={DENSE: row.tolist(), WORDS: self._weigh(text, query=False)},
                payload=payload(passage),
            )
            for passage, row, text in zip(passages, vectors, words, strict=True)
        ]
        async with self._server.writing():
            await self._begin_change()
            await self._server.client.upsert(self._collection, points)

    async def remove(self, slug: str) -> None:
        """See `Index`."""
        async with self._server.writing():
            await self._begin_change()
            which = models.FilterSelector(filter=of_article(slug))
            await self._server.client.delete(self._collection, which)

    async def count(self) -> Counts:
        """See `Index`."""
        async with self._server.reading():
            answer = await self._server.client.facet(self._collection, "slug", limit=_MOST_ARTICLES, exact=True)
            sizes = [hit.count for hit in answer.hits if hit.count]
        return Counts(len(sizes), sum(sizes))

    async def _begin_change(self) -> None:
        if self._is_marked:
            await self._server.client.update_collection(self._collection, metadata={"version": None})
            self._is_marked = False

    def _weigh(self, text: str, *, query: bool) -> models.SparseVector:
        weighed = self._bm25.embed_query(text) if query else self._bm25.embed_document(text)
        return models.SparseVector(indices=weighed.indices, values=weighed.values)


def _hit(point: models.ScoredPoint) -> Hit:
    if not isinstance(point.id, str) or not math.isfinite(point.score):
        raise ValueError(f"no hit of ours: {point.id!r} with {point.score!r}")
    return Hit(point.id, point.score)
