"""The index in Qdrant Edge: the engine within this process, one process a folder.

Edge holds the interpreter while it works. A search takes parts of a millisecond; building and optimising take
long, so they are for a process of their own (knowledge/build.py).
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import qdrant_edge as qdrant

from knowledge.chunks import Passage
from knowledge.edge_models import to_filter, to_request
from knowledge.filters import DENSE, WORDS, of_article, queries
from knowledge.index import PLAIN, Counts, Fusion, Hit, Hits, Scope, Vectors, settle_ties
from knowledge.points import DIMENSIONS, FIELDS, embedder, payload
from knowledge.qdrant_models import models

_MOST_ARTICLES = 100_000
# KB of dense vectors, 9,300 of them, from which a graph (HNSW) is built. Below, a filtered search reads all of them
# anyway, and the graph of 7,000 costs 4.5 s of processor time.
_GRAPH_FROM = 30_000
_MANIFEST = "manifest.json"


class IndexHeldError(Exception):
    """The index cannot be opened because another process holds it; the message names the folder."""


class IndexBrokenError(Exception):
    """The files of an index are damaged, or of another shape; the message names the folder. Build it anew."""


class EdgeIndex:
    """`Index` on one Qdrant Edge shard. Words reach BM25 ready cut: lower case, Latin letters, without stop words.

    An index changed in place no longer is what its folder's name says, so its manifest goes with the first change: it
    answers on, and the next process builds anew (from the kept vectors, so in seconds).
    """

    def __init__(self, shard: qdrant.EdgeShard, folder: Path, version: str, fusion: Fusion = PLAIN) -> None:
        self._shard = shard
        self._folder = folder
        self._version = version
        self._fusion = fusion
        self._bm25 = embedder()
        self._counts: Counts | None = None

    @classmethod
    def create(cls, folder: Path, fusion: Fusion = PLAIN) -> "EdgeIndex":
        """A new, empty index in a folder that does not exist yet."""
        folder.mkdir(parents=True)
        shard = qdrant.EdgeShard.create(str(folder / "shard"), _config())
        for field, kind in FIELDS.items():
            schema = getattr(qdrant.PayloadSchemaType, kind.capitalize())
            shard.update(qdrant.UpdateOperation.create_field_index(field, schema))
        return cls(shard, folder, "", fusion)

    @classmethod
    def load(cls, folder: Path, fusion: Fusion = PLAIN) -> "EdgeIndex":
        """The finished index of a folder. Raises `FileNotFoundError` when there is none, `IndexHeldError` when another
        process has it, `IndexBrokenError` when its files are damaged or of another dimension."""
        version, counts = read_manifest(folder)
        try:
            shard = qdrant.EdgeShard.load(str(folder / "shard"), _config())
            index = cls(shard, folder, version, fusion)
            stands = index._count()
        except BaseException as error:  # the engine raises plain Exception, and where it panics a BaseException
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
            if "WouldBlock" in str(error):
                raise IndexHeldError(f"{folder} is held by another process; does another action server run?") from error
            raise IndexBrokenError(f"{folder} cannot be read ({error})") from error
        if stands != counts:
            shard.close()
            raise IndexBrokenError(f"{folder} holds {stands.chunks} passages where there should be {counts.chunks}")
        return index

    @property
    def version(self) -> str:
        """Fingerprint of what the index was built from; empty while it is being built."""
        return self._version

    async def search(self, vector: Vectors, words: str, scope: Scope, limit: int) -> Hits:
        """See `Index`. A question without words is searched by its vector alone."""
        sparse = None
        if words:
            weighed = self._bm25.embed_query(words)
            sparse = models.SparseVector(indices=weighed.indices, values=weighed.values)
        asked = [to_request(query) for query in queries(vector, sparse, scope, limit, self._fusion)]
        answers = [tuple(map(_hit, points)) for points in self._shard.query_batch(qdrant.QueryBatchRequest(asked))]
        if not words:
            return Hits(answers[0], (), answers[0])
        dense, lexical, fused = answers
        return Hits(dense, lexical, settle_ties(fused, dense))

    async def upsert(self, passages: Sequence[Passage], vectors: Vectors, words: Sequence[str]) -> None:
        """See `Index`."""
        self._begin_change()
        points = [
            qdrant.Point(passage.id, {DENSE: row.tolist(), WORDS: self._bm25.embed_document(text)}, payload(passage))
            for passage, row, text in zip(passages, vectors, words, strict=True)
        ]
        self._shard.update(qdrant.UpdateOperation.upsert_points(points))

    async def remove(self, slug: str) -> None:
        """See `Index`."""
        self._begin_change()
        which = to_filter(of_article(slug))
        assert which is not None
        self._shard.update(qdrant.UpdateOperation.delete_points_by_filter(which))

    async def count(self) -> Counts:
        """See `Index`."""
        if self._counts is None:
            self._counts = self._count()
        return self._counts

    def finish(self, folder: Path, version: str) -> Counts:
        """Optimises, writes everything down and closes. The manifest comes last: with it the index is whole."""
        counts = self._count()
        self._shard.optimize()
        self._shard.flush()
        self._shard.close()
        write_manifest(folder, version, counts)
        return counts

    def _count(self) -> Counts:
        request = qdrant.FacetRequest("slug", limit=_MOST_ARTICLES, exact=True)
        sizes = [hit.count for hit in self._shard.facet(request).hits if hit.count]
        return Counts(len(sizes), sum(sizes))

    def _begin_change(self) -> None:
        remove_manifest(self._folder)
        self._counts = None


def read_manifest(folder: Path) -> tuple[str, Counts]:
    """Version and counts of a finished index, without opening it. Raises `FileNotFoundError` when there is none, and
    `IndexBrokenError` when it cannot be read."""
    text = (folder / _MANIFEST).read_text(encoding="utf-8")
    try:
        manifest = json.loads(text)
        return str(manifest["version"]), Counts(int(manifest["articles"]), int(manifest["chunks"]))
    except (ValueError, KeyError, TypeError) as error:
        raise IndexBrokenError(f"{folder / _MANIFEST} cannot be read ({error!r})") from error


def write_manifest(folder: Path, version: str, counts: Counts) -> None:
    """Marks the folder's index as whole."""
    (folder / _MANIFEST).write_text(json.dumps({"version": version, **asdict(counts)}) + "\n", encoding="utf-8")


def remove_manifest(folder: Path) -> None:
    """Takes the mark away, so that the index is built anew."""
    (folder / _MANIFEST).unlink(missing_ok=True)


def _config() -> qdrant.EdgeConfig:
    dense = qdrant.EdgeVectorParams(size=DIMENSIONS, distance=qdrant.Distance.Cosine)
    words = qdrant.EdgeSparseVectorParams(modifier=qdrant.Modifier.Idf)
    return qdrant.EdgeConfig(
        vectors={DENSE: dense},
        sparse_vectors={WORDS: words},
        max_search_threads=1,
        optimizers=qdrant.EdgeOptimizersConfig(indexing_threshold=_GRAPH_FROM),
    )


def _hit(point: qdrant.ScoredPoint) -> Hit:
    return Hit(str(point.id), point.score)
