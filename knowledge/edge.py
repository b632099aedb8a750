"""The index in Qdrant Edge: the engine within this process, one process a folder.

Edge holds the interpreter while it works. A search takes parts of a millisecond; building and optimising take
long, so they are for a process of their own (knowledge/build.py).
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import qdrant_edge as qdrant

from knowledge.chunks import Passage
from knowledge.index import Counts, Hit, Hits, Scope, Vectors

_DIMENSIONS = 384
_NO_END = 10**7  # as the day number of a fact whose end is not known
_INDEXED = {
    "slug": qdrant.PayloadSchemaType.Keyword,
    "kind": qdrant.PayloadSchemaType.Keyword,
    "product": qdrant.PayloadSchemaType.Keyword,
    "audience": qdrant.PayloadSchemaType.Keyword,
    "valid_from": qdrant.PayloadSchemaType.Integer,
    "valid_until": qdrant.PayloadSchemaType.Integer,
}
_RRF_K = 60


class IndexHeldError(Exception):
    """The index cannot be opened, most likely because another process holds it; the message names the folder."""


class EdgeIndex:
    """`Index` on one Qdrant Edge shard. Words reach BM25 ready cut: lower case, Latin letters, without stop words."""

    def __init__(self, shard: qdrant.EdgeShard, version: str, counts: Counts) -> None:
        self._shard = shard
        self._version = version
        self._counts = counts
        self._bm25 = qdrant.Bm25(qdrant.Bm25Config(language="english", avg_len=40))

    @classmethod
    def create(cls, folder: Path) -> "EdgeIndex":
        """A new, empty index in a folder that does not exist yet."""
        dense = qdrant.EdgeVectorParams(size=_DIMENSIONS, distance=qdrant.Distance.Cosine)
        words = qdrant.EdgeSparseVectorParams(modifier=qdrant.Modifier.Idf)
        folder.mkdir(parents=True)
        config = qdrant.EdgeConfig(vectors={"dense": dense}, sparse_vectors={"words": words}, max_search_threads=1)
        shard = qdrant.EdgeShard.create(str(folder / "shard"), config)
        for field, kind in _INDEXED.items():
            shard.update(qdrant.UpdateOperation.create_field_index(field, kind))
        return cls(shard, "", Counts(0, 0))

    @classmethod
    def load(cls, folder: Path) -> "EdgeIndex":
        """The finished index of a folder. Raises `FileNotFoundError` when there is none, `IndexHeldError` when it
        cannot be opened."""
        version, counts = read_manifest(folder)
        try:
            shard = qdrant.EdgeShard.load(str(folder / "shard"))
        except Exception as error:  # the engine raises plain Exception
            raise IndexHeldError(f"{folder} cannot be opened; does another action server run? ({error})") from error
        return cls(shard, version, counts)

    @property
    def version(self) -> str:
        """Fingerprint of what the index was built from; empty while it is being built."""
        return self._version

    async def search(self, vector: Vectors, words: str, scope: Scope, limit: int) -> Hits:
        """See `Index`. A question without words is searched by its vector alone."""
        conditions = _conditions(scope)
        dense = qdrant.Query.Nearest(vector.tolist(), using="dense")
        requests = [_request(dense, conditions, limit)]
        if words:
            lexical = qdrant.Query.Nearest(self._bm25.embed_query(words), using="words")
            both = [qdrant.Prefetch(limit=limit, query=query, filter=conditions) for query in (dense, lexical)]
            fusion = qdrant.Fusion.Rrf(k=_RRF_K)
            requests.append(_request(lexical, conditions, limit))
            requests.append(
                # The stubs miss that Fusion.Rrf is a Fusion.
                qdrant.QueryRequest(limit=limit, prefetches=both, query=fusion)  # type: ignore[arg-type]
            )
        answers = [tuple(map(_hit, points)) for points in self._shard.query_batch(qdrant.QueryBatchRequest(requests))]
        return Hits(*answers) if words else Hits(answers[0], (), answers[0])

    async def upsert(self, passages: Sequence[Passage], vectors: Vectors, words: Sequence[str]) -> None:
        """See `Index`."""
        points = [
            qdrant.Point(
                passage.id, {"dense": vector.tolist(), "words": self._bm25.embed_document(text)}, _row(passage)
            )
            for passage, vector, text in zip(passages, vectors, words, strict=True)
        ]
        self._shard.update(qdrant.UpdateOperation.upsert_points(points))

    async def count(self) -> Counts:
        """See `Index`."""
        return self._counts

    def finish(self, folder: Path, version: str, articles: int) -> None:
        """Optimises, writes everything down and closes. The manifest comes last: with it the index is whole."""
        chunks = self._shard.info().points_count
        self._shard.optimize()
        self._shard.flush()
        self._shard.close()
        manifest = {"version": version, **asdict(Counts(articles, chunks))}
        (folder / "manifest.json").write_text(json.dumps(manifest) + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> tuple[str, Counts]:
    """Version and counts of a finished index, without opening it. Raises `FileNotFoundError` when there is none."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return manifest["version"], Counts(manifest["articles"], manifest["chunks"])


def _request(query: qdrant.Query, conditions: qdrant.Filter, limit: int) -> qdrant.QueryRequest:
    return qdrant.QueryRequest(limit=limit, query=query, filter=conditions)


def _hit(point: qdrant.ScoredPoint) -> Hit:
    return Hit(str(point.id), point.score)


def _row(passage: Passage) -> dict[str, Any]:
    article = passage.article
    until = article.valid_until
    return {
        "slug": article.slug,
        "product": article.product,
        "audience": list(article.audience),
        "skill_level": article.skill_level,
        "valid_from": article.valid_from.toordinal(),
        "valid_until": _NO_END if until is None else until.toordinal(),
        "kind": passage.kind,
        "number": passage.number,
        "language": passage.language,
        "heading": passage.heading,
        "text": passage.text,
        "form": passage.form,
    }


def _conditions(scope: Scope) -> qdrant.Filter:
    day = float(scope.today.toordinal())
    must: list[Any] = [
        qdrant.FieldCondition("valid_from", range=qdrant.RangeFloat(lte=day)),
        qdrant.FieldCondition("valid_until", range=qdrant.RangeFloat(gte=day)),
        qdrant.FieldCondition("kind", match=qdrant.MatchAny([str(kind) for kind in scope.kinds])),
    ]
    for field, value in (("audience", scope.audience), ("product", scope.product), ("slug", scope.slug)):
        if value is not None:
            must.append(qdrant.FieldCondition(field, match=qdrant.MatchValue(value)))
    return qdrant.Filter(must=must)
