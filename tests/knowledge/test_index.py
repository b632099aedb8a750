"""The index: what it finds, how it is built in a process of its own, and how a new one is swapped in."""

import asyncio
import shutil
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from encoder import Encoder
from knowledge.articles import read_article
from knowledge.base import Knowledge
from knowledge.loading import BuildError
from knowledge.build import fingerprint
from knowledge.chunks import Passage, cut
from knowledge.edge import EdgeIndex
from knowledge.gate import Gate
from knowledge.index import Scope, Vectors
from knowledge.vectors import VectorStore
from tests.knowledge.conftest import ARTICLES, IN_SEASON, TODAY

GRACE = read_article(ARTICLES / "life-insurance" / "grace-days.md")
OFFER = read_article(ARTICLES / "savings" / "festival-deposit.md")
LOAN = read_article(ARTICLES / "loans" / "share-loan.md")


async def fill(index: EdgeIndex, encoder: Encoder, *articles: object) -> dict[str, Passage]:
    passages = [passage for article in articles for passage in cut(article)]  # type: ignore[arg-type]
    texts = [passage.searchable for passage in passages]
    await index.upsert(passages, encoder.encode(texts), [text.lower() for text in texts])
    return {passage.id: passage for passage in passages}


def test_passages_keep_their_ids_and_stand_in_the_article() -> None:
    first, again = cut(GRACE), cut(read_article(ARTICLES / "life-insurance" / "grace-days.md"))
    assert [passage.id for passage in first] == [passage.id for passage in again]
    assert len({passage.id for passage in first}) == len(first)
    assert all(GRACE.states(p.text) for p in first if p.kind in {"definition", "sentence"})
    assert {p.language for p in first if p.kind == "definition"} == {"en", "hi", "hinglish"}


async def test_search_honours_kind_date_audience_product_and_article(tmp_path: Path, encoder: Encoder) -> None:
    index = EdgeIndex.create(tmp_path / "index")
    passages = await fill(index, encoder, GRACE, OFFER, LOAN)
    vector = encoder.encode(["deposit, loan, premium"])[0]

    async def slugs(scope: Scope) -> set[str]:
        hits = await index.search(vector, "deposit loan premium", scope, 50)
        found = [passages[hit.passage] for ranking in (hits.dense, hits.lexical, hits.fused) for hit in ranking]
        assert all(passage.kind in scope.kinds for passage in found)
        return {passage.article.slug for passage in found}

    assert await slugs(Scope(IN_SEASON, ("definition",))) == {"grace-days", "festival-deposit", "share-loan"}
    assert await slugs(Scope(TODAY, ("definition", "title"))) == {"grace-days", "share-loan"}
    assert await slugs(Scope(date(2020, 1, 1), ("definition",))) == set()
    assert await slugs(Scope(IN_SEASON, ("definition",), audience="caller")) == {"grace-days"}
    assert await slugs(Scope(IN_SEASON, ("title",), product="loans")) == {"share-loan"}
    assert await slugs(Scope(IN_SEASON, ("sentence",), slug="share-loan")) == {"share-loan"}


async def test_both_searches_agree_on_the_plain_case(tmp_path: Path, encoder: Encoder) -> None:
    index = EdgeIndex.create(tmp_path / "index")
    passages = await fill(index, encoder, GRACE, OFFER, LOAN)
    scope = Scope(IN_SEASON, ("title", "question", "definition", "section"))
    hits = await index.search(encoder.encode(["a loan against shares"])[0], "loan against shares", scope, 10)
    for ranking in (hits.dense, hits.lexical, hits.fused):
        assert passages[ranking[0].passage].article.slug == "share-loan"
    assert 0.0 < hits.dense[0].score <= 1.0001
    wordless = await index.search(encoder.encode(["shares"])[0], "", scope, 10)
    assert wordless.lexical == ()
    assert wordless.fused == wordless.dense


async def test_upsert_replaces_the_passages_of_an_article_in_place(tmp_path: Path, encoder: Encoder) -> None:
    index = EdgeIndex.create(tmp_path / "index")
    await fill(index, encoder, GRACE)
    await fill(index, encoder, GRACE)
    vector = encoder.encode(["grace period"])[0]
    hits = await index.search(vector, "", Scope(TODAY, ("title",)), 50)
    assert len(hits.dense) == 1


class CountingEncoder:
    """The real encoder, which also counts the texts that it is given."""

    def __init__(self, encoder: Encoder) -> None:
        self.version = encoder.version
        self.texts = 0
        self._encoder = encoder

    def encode(self, texts: list[str], /) -> Vectors:
        self.texts += len(texts)
        return self._encoder.encode(texts)


def test_rebuild_encodes_only_what_changed(tmp_path: Path, encoder: Encoder) -> None:
    (tmp_path / "first").mkdir()
    counting = CountingEncoder(encoder)
    store = VectorStore.load(counting, tmp_path)
    before = store.encode(["one", "two", "one"])
    store.save(tmp_path / "first")
    again = VectorStore.load(counting, tmp_path)
    after = again.encode(["two", "three"])
    assert counting.texts == 3
    assert np.array_equal(before[1], after[0])


def test_vectors_of_another_encoder_are_not_used(tmp_path: Path, encoder: Encoder) -> None:
    (tmp_path / "first").mkdir()
    store = VectorStore.load(encoder, tmp_path)
    store.encode(["one"])
    store.save(tmp_path / "first")
    other = CountingEncoder(encoder)
    other.version = "another"
    VectorStore.load(other, tmp_path).encode(["one"])
    assert other.texts == 1


def copy_articles(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ARTICLES, tmp_path / "articles"))


def add_article(articles: Path) -> None:
    text = (articles / "loans" / "share-loan.md").read_text(encoding="utf-8")
    text = text.replace("Loan against shares", "Tractor lease").replace("on shares", "on a tractor lease")
    text = text.replace("shares par loan", "tractor lease").replace("शेयर पर लोन", "ट्रैक्टर लीज़")
    text = text.replace("against shares", "for a tractor lease").replace("shares", "tractor")
    (articles / "loans" / "tractor-lease.md").write_text(text, encoding="utf-8")


async def test_reload_swaps_in_a_new_article_while_answers_go_on(tmp_path: Path, encoder: Encoder) -> None:
    articles = copy_articles(tmp_path)
    knowledge = await Knowledge.open(tmp_path / "index", encoder, Gate.load(), articles)
    before = knowledge.version
    question = "How much can a customer get on a tractor lease?"
    old = await knowledge.answer(question, "en", TODAY)
    assert old is None or old.articles != ("tractor-lease",)
    add_article(articles)
    longest, reload = 0.0, asyncio.create_task(knowledge.reload())
    while not reload.done():
        started = time.perf_counter()
        await asyncio.sleep(0.01)
        assert await knowledge.answer("How long is the grace period?", "en", TODAY) is not None
        longest = max(longest, time.perf_counter() - started)
    counts = await reload
    assert counts.articles == 4
    assert knowledge.version != before
    assert longest < 1.0, "a rebuild must not hold the loop"
    new = await knowledge.answer(question, "en", TODAY)
    assert new is not None
    assert new.articles == ("tractor-lease",)
    assert [path.name for path in (tmp_path / "index").iterdir()] == [knowledge.version]


async def test_reload_without_a_change_keeps_the_index(tmp_path: Path, encoder: Encoder) -> None:
    knowledge = await Knowledge.open(tmp_path / "index", encoder, Gate.load(), copy_articles(tmp_path))
    version, (place,) = knowledge.version, (tmp_path / "index").iterdir()
    written = (place / "manifest.json").stat().st_mtime_ns
    await knowledge.reload()
    assert knowledge.version == version
    assert (place / "manifest.json").stat().st_mtime_ns == written


async def test_failed_build_keeps_the_old_answers(tmp_path: Path, encoder: Encoder) -> None:
    articles = copy_articles(tmp_path)
    knowledge = await Knowledge.open(tmp_path / "index", encoder, Gate.load(), articles)
    add_article(articles)
    # The build cannot make its folder: a file stands in the way.
    shutil.rmtree(tmp_path / "index")
    (tmp_path / "index").write_text("in the way", encoding="utf-8")
    with pytest.raises(BuildError, match="index"):
        await knowledge.reload()
    assert await knowledge.answer("How long is the grace period?", "en", TODAY) is not None


def test_fingerprint_changes_with_articles_and_encoder(tmp_path: Path) -> None:
    articles = copy_articles(tmp_path)
    first = fingerprint(articles, "one")
    assert first == fingerprint(articles, "one")
    assert first != fingerprint(articles, "two")
    add_article(articles)
    assert first != fingerprint(articles, "one")


def test_build_command_names_broken_articles_and_indexes_the_others(tmp_path: Path) -> None:
    articles = copy_articles(tmp_path)
    broken = articles / "loans" / "broken.md"
    broken.write_text("no front matter", encoding="utf-8")
    command = [sys.executable, "-m", "knowledge.build", str(tmp_path / "index"), "--articles", str(articles)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert result.returncode == 1
    assert f"{broken}:1: begin the file with a line `---`" in result.stderr
    assert result.stdout.startswith("3 articles, ")
