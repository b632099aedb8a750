"""How long a search takes as the index grows: Qdrant Edge, and qdrant-client's local mode beside it."""

import contextlib
import itertools
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from qdrant_client import AsyncQdrantClient
from tqdm import tqdm

from benchmarks.knowledge.questions import Asked
from benchmarks.knowledge.synthetic import Generator
from benchmarks.knowledge.times import Times
from encoder.store import Encodes
from knowledge.chunks import Passage
from knowledge.edge import EdgeIndex
from knowledge.filters import DENSE, WORDS
from knowledge.index import Counts, Hits, Index, Scope, Vectors
from knowledge.points import DIMENSIONS
from knowledge.qdrant_models import models
from knowledge.search import find_hits, prepare
from knowledge.server_index import QdrantIndex
from knowledge.snapshot import Snapshot

_WARM_UP = 30  # questions at most that do not count
_LOCAL = {100: 60, 1_000: 30, 10_000: 10}  # questions by size; at 10,000 each takes seconds


class OfOneProduct:
    """An index of which only one product's passages are found."""

    def __init__(self, index: Index, product: str) -> None:
        self._index = index
        self._product = product

    @property
    def version(self) -> str:
        """See `Index`."""
        return self._index.version

    async def search(self, vector: Vectors, words: str, scope: Scope, limit: int) -> Hits:
        """See `Index`."""
        return await self._index.search(vector, words, replace(scope, product=self._product), limit)

    async def upsert(self, passages: Sequence[Passage], vectors: Vectors, words: Sequence[str]) -> None:
        """See `Index`."""
        await self._index.upsert(passages, vectors, words)

    async def remove(self, slug: str) -> None:
        """See `Index`."""
        await self._index.remove(slug)

    async def count(self) -> Counts:
        """See `Index`."""
        return await self._index.count()


class Stopwatch:
    """Times the project's own search over any index. All questions are different and none is in the encoder's memory.

    `load_encoder` gives a new encoder each time, so that a question which was asked of one index is new at the next.
    """

    def __init__(
        self,
        knowledge: Snapshot,
        load_encoder: Callable[[], Encodes],
        questions: Sequence[str],
        warm_up: Sequence[str],
        today: date,
    ) -> None:
        self._knowledge = knowledge
        self._load_encoder = load_encoder
        self._questions = questions
        self._warm_up = list(warm_up)[:_WARM_UP]
        self._today = today
        encoder = load_encoder()
        self._prepared = [prepare(text, encoder, knowledge) for text in questions]
        products = sorted({article.product for article in knowledge.articles.values()})
        self._products = list(itertools.islice(itertools.cycle(products), len(questions)))

    def time_encoding(self) -> Times:
        """A question made ready: normalised, its slips mended, encoded."""
        encoder, seconds = self._warm(), []
        for text in self._questions:
            began = time.perf_counter()
            prepare(text, encoder, self._knowledge)
            seconds.append(time.perf_counter() - began)
        return Times.of(seconds)

    async def time(self, index: Index, most: int) -> dict[str, dict[str, float]]:
        """Milliseconds of search alone, of search within a product, and of that with the encoding of the question.

        Each asks for what is current today. At most `most` questions are asked.
        """
        whole = [replace(self._knowledge, index=index)] * len(self._questions)
        narrowed = [replace(self._knowledge, index=OfOneProduct(index, product)) for product in self._products]
        for question, state in zip(self._prepared[: min(_WARM_UP, most // 5)], narrowed, strict=False):
            await find_hits(question, state, self._today)
        return {
            "search": await self._time_search(whole[:most]),
            "filtered": await self._time_search(narrowed[:most]),
            "encoded": await self._time_all(narrowed[:most]),
        }

    async def _time_search(self, states: Sequence[Snapshot]) -> dict[str, float]:
        seconds = []
        for question, state in zip(self._prepared, states, strict=False):
            began = time.perf_counter()
            await find_hits(question, state, self._today)
            seconds.append(time.perf_counter() - began)
        return Times.of(seconds).report()

    async def _time_all(self, states: Sequence[Snapshot]) -> dict[str, float]:
        encoder, seconds = self._warm(), []
        for text, state in zip(self._questions, states, strict=False):
            began = time.perf_counter()
            await find_hits(prepare(text, encoder, state), state, self._today)
            seconds.append(time.perf_counter() - began)
        return Times.of(seconds).report()

    def _warm(self) -> Encodes:
        encoder = self._load_encoder()
        for text in self._warm_up:
            prepare(text, encoder, self._knowledge)
        return encoder


def all_different(asked: Sequence[Asked], least: int) -> list[str]:
    """The texts of the questions, at least so many: where there are too few, they come again with a number."""
    texts = list(dict.fromkeys(one.text for one in asked))
    again = (f"{text} ({number})" for number in itertools.count(2) for text in texts)
    return texts + list(itertools.islice(again, max(0, least - len(texts))))


async def measure(
    sizes: Sequence[int], generator: Generator, stopwatch: Stopwatch, questions: int, today: date
) -> list[dict[str, Any]]:
    """A row for each size and engine: `chunks`, `engine`, seconds to `build` and `load`, and `Stopwatch.time`'s."""
    rows = []
    for size in sizes:
        with TemporaryDirectory() as folder:
            rows.append(await _measure_edge(size, Path(folder) / "index", generator, stopwatch, questions, today))
        if size in _LOCAL:
            rows.append(await _measure_local(size, generator, stopwatch, questions, today))
    return rows


async def _measure_edge(
    size: int, folder: Path, generator: Generator, stopwatch: Stopwatch, questions: int, today: date
) -> dict[str, Any]:
    began = time.perf_counter()
    index = EdgeIndex.create(folder)
    await _fill(index, "Qdrant Edge", size, generator, today)
    index.finish(folder, "benchmark")
    built = time.perf_counter()
    loaded = EdgeIndex.load(folder)
    seconds = {"build": round(built - began, 1), "load": round(time.perf_counter() - built, 3)}
    return {"chunks": size, "engine": "Qdrant Edge", **seconds, **await stopwatch.time(loaded, questions)}


async def _measure_local(
    size: int, generator: Generator, stopwatch: Stopwatch, questions: int, today: date
) -> dict[str, Any]:
    name = "qdrant-client local mode"
    async with _local_mode() as index:
        began = time.perf_counter()
        await _fill(index, name, size, generator, today)
        seconds = round(time.perf_counter() - began, 1)
        times = await stopwatch.time(index, min(questions, _LOCAL[size]))
    return {"chunks": size, "engine": name, "build": seconds, "load": None, **times}


async def _fill(index: Index, engine: str, size: int, generator: Generator, today: date) -> None:
    with tqdm(desc=f"{engine}, {size:,} chunks", total=size, unit="chunk") as bar:
        for batch in generator.batches(size, today):
            await index.upsert(batch.passages, batch.vectors, batch.words)
            bar.update(len(batch.passages))


class _Memory:
    """qdrant-client's local mode where a server would be."""

    def __init__(self) -> None:
        self.client = AsyncQdrantClient(":memory:")

    def reading(self) -> contextlib.AbstractAsyncContextManager[None]:
        """Nothing can go wrong between us."""
        return contextlib.nullcontext()

    def writing(self) -> contextlib.AbstractAsyncContextManager[None]:
        """As `reading`."""
        return contextlib.nullcontext()


@contextlib.asynccontextmanager
async def _local_mode() -> AsyncIterator[QdrantIndex]:
    """Our index on a server, asked in the same words, in local mode; it has no payload indexes."""
    memory = _Memory()
    await memory.client.create_collection(
        "benchmark",
        vectors_config={DENSE: models.VectorParams(size=DIMENSIONS, distance=models.Distance.COSINE)},
        sparse_vectors_config={WORDS: models.SparseVectorParams(modifier=models.Modifier.IDF)},
    )
    try:
        yield QdrantIndex(memory, "benchmark", "benchmark", whole=False)
    finally:
        await memory.client.close()
