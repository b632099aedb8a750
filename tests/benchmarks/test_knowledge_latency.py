"""What the latency of search is measured with: passages made up near real ones, two engines, questions that differ."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.knowledge import latency
from benchmarks.knowledge.synthetic import Generator
from knowledge.articles import read_articles
from knowledge.chunks import Passage, cut
from knowledge.edge import EdgeIndex
from knowledge.index import Scope
from knowledge.lexicon import Lexicon
from knowledge.points import DIMENSIONS
from tests.benchmarks.conftest import ARTICLES, TODAY, asked

KINDS = ("title", "question", "definition", "section", "sentence")


@pytest.fixture(scope="module")
def generator(lexicon: Lexicon) -> Generator:
    articles = read_articles(ARTICLES).articles
    chance = np.random.default_rng(1)
    vectors = {}
    for article in articles.values():
        for passage in cut(article):
            row = chance.standard_normal(DIMENSIONS, dtype=np.float32)
            vectors[passage.id] = row / np.linalg.norm(row)
    return Generator(articles, vectors, lexicon)


def test_synthetic_passages_are_the_same_every_time_and_near_real_ones(generator: Generator) -> None:
    first, second = (list(generator.batches(250, TODAY)) for _ in range(2))
    passages = [passage for batch in first for passage in batch.passages]
    assert passages == [passage for batch in second for passage in batch.passages]
    assert len(passages) == len({passage.id for passage in passages}) == 250
    assert {passage.article.is_current(TODAY) for passage in passages} == {True, False}
    vectors = np.concatenate([batch.vectors for batch in first])
    assert np.array_equal(vectors, np.concatenate([batch.vectors for batch in second]))
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    real = np.stack(list(generator._vectors.values()))
    assert 0.8 < float((vectors @ real.T).max(axis=1).mean()) < 0.92


async def test_both_engines_find_the_same_passages_and_a_product_narrows_them(
    generator: Generator, tmp_path: Path
) -> None:
    edge = EdgeIndex.create(tmp_path / "index")
    vector = next(iter(generator._vectors.values()))
    scope = Scope(TODAY, KINDS)
    passages: dict[str, Passage] = {}
    async with latency._local_mode() as local:
        for batch in generator.batches(200, TODAY):
            passages.update((passage.id, passage) for passage in batch.passages)
            for index in (edge, local):
                await index.upsert(batch.passages, batch.vectors, batch.words)
        found = [await index.search(vector, "grace premium", scope, 10) for index in (edge, local)]
        narrowed = await latency.OfOneProduct(local, "loans").search(vector, "grace premium", scope, 10)
    assert [hit.passage for hit in found[0].dense] == [hit.passage for hit in found[1].dense]
    assert {hit.passage for hit in found[0].lexical} == {hit.passage for hit in found[1].lexical}
    assert all(passages[hit.passage].article.is_current(TODAY) for hit in found[0].fused)
    assert {passages[hit.passage].article.product for hit in narrowed.fused} == {"loans"}


def test_timed_questions_never_repeat() -> None:
    texts = latency.all_different([asked("a"), asked("b"), asked("a")], 5)
    assert texts[:2] == ["a", "b"]
    assert len(texts) == len(set(texts)) == 5
