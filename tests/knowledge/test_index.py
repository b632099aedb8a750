"""The index: the contract that every backend keeps."""

from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from encoder import Encoder
from knowledge.articles import read_article
from knowledge.chunks import Kind, Passage, cut
from knowledge.index import Counts, Fusion, Hit, Index, Scope
from tests.knowledge.backends import Opens, connect, fill, on_edge, on_server, run_stand_in
from tests.knowledge.conftest import ARTICLES, IN_SEASON, TODAY

GRACE = read_article(ARTICLES / "life-insurance" / "grace-days.md")

OFFER = read_article(ARTICLES / "savings" / "festival-deposit.md")

LOAN = read_article(ARTICLES / "loans" / "share-loan.md")

FINDABLE: tuple[Kind, ...] = ("title", "question", "definition", "section")

PASSAGES = {passage.id: passage for article in (GRACE, OFFER, LOAN) for passage in cut(article)}


@pytest.fixture(params=["edge", "server"])
async def opens(request: pytest.FixtureRequest, tmp_path: Path, encoder: Encoder) -> AsyncIterator[Opens]:
    """Makes a live index of some articles, on each backend."""
    if request.param == "edge":
        yield partial(on_edge, tmp_path / "index", encoder)
        return
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(run_stand_in(tmp_path))
        server = await stack.enter_async_context(connect(running.url, deadline=30.0))
        yield partial(on_server, server, encoder)


def slugs(hits: Iterable[Hit]) -> set[str]:
    return {PASSAGES[hit.passage].article.slug for hit in hits}


async def find_all(index: Index, encoder: Encoder, scope: Scope) -> list[Passage]:
    """What a question that has words of all articles finds, each way."""
    vector = encoder.encode(["deposit, loan, premium"])[0]
    hits = await index.search(vector, "deposit loan premium", scope, 200)
    return [PASSAGES[hit.passage] for ranking in (hits.dense, hits.lexical, hits.fused) for hit in ranking]


def test_passages_keep_their_ids_and_stand_in_the_article() -> None:
    first, again = cut(GRACE), cut(read_article(ARTICLES / "life-insurance" / "grace-days.md"))
    assert [passage.id for passage in first] == [passage.id for passage in again]
    assert len({passage.id for passage in first}) == len(first)
    assert all(GRACE.states(p.text) for p in first if p.kind in {"definition", "sentence"})
    assert {p.language for p in first if p.kind == "definition"} == {"en", "hi", "hinglish"}


async def test_search_honours_kind_date_audience_product_and_article(opens: Opens, encoder: Encoder) -> None:
    index = await opens(GRACE, OFFER, LOAN)

    async def found(scope: Scope) -> set[str]:
        passages = await find_all(index, encoder, scope)
        assert all(passage.kind in scope.kinds for passage in passages)
        return {passage.article.slug for passage in passages}

    assert await found(Scope(IN_SEASON, ("definition",))) == {"grace-days", "festival-deposit", "share-loan"}
    assert await found(Scope(TODAY, ("definition", "title"))) == {"grace-days", "share-loan"}
    assert await found(Scope(date(2020, 1, 1), ("definition",))) == set()
    assert await found(Scope(IN_SEASON, ("definition",), audience="caller")) == {"grace-days"}
    assert await found(Scope(IN_SEASON, ("title",), product="loans")) == {"share-loan"}
    assert await found(Scope(IN_SEASON, ("sentence",), slug="share-loan")) == {"share-loan"}


async def test_validity_counts_its_first_and_last_day(opens: Opens, encoder: Encoder) -> None:
    index = await opens(OFFER)
    assert OFFER.valid_until is not None
    for day, found in (
        (OFFER.valid_from.toordinal() - 1, False),
        (OFFER.valid_from.toordinal(), True),
        (OFFER.valid_until.toordinal(), True),
        (OFFER.valid_until.toordinal() + 1, False),
    ):
        scope = Scope(date.fromordinal(day), ("title",))
        assert bool(await find_all(index, encoder, scope)) is found


async def test_search_honours_skill_level_and_language(opens: Opens, encoder: Encoder) -> None:
    index = await opens(GRACE, OFFER, LOAN)
    for level in {GRACE.skill_level, LOAN.skill_level}:
        passages = await find_all(index, encoder, Scope(TODAY, ("title",), skill_level=level))
        assert passages
        assert {passage.article.skill_level for passage in passages} == {level}
    assert await find_all(index, encoder, Scope(TODAY, ("title",), skill_level="no such level")) == []
    for language in ("en", "hi", "hinglish"):
        passages = await find_all(index, encoder, Scope(TODAY, ("definition",), language=language))
        assert {passage.language for passage in passages} == {language}
        assert {passage.article.slug for passage in passages} == {"grace-days", "share-loan"}


async def test_all_filters_hold_at_once(opens: Opens, encoder: Encoder) -> None:
    index = await opens(GRACE, OFFER, LOAN)
    everything = Scope(
        TODAY,
        ("definition",),
        audience=LOAN.audience[0],
        product=LOAN.product,
        slug=LOAN.slug,
        skill_level=LOAN.skill_level,
        language="hi",
    )
    passages = await find_all(index, encoder, everything)
    assert {(passage.article.slug, passage.language) for passage in passages} == {("share-loan", "hi")}


async def test_both_searches_agree_on_the_plain_case(opens: Opens, encoder: Encoder) -> None:
    index = await opens(GRACE, OFFER, LOAN)
    scope = Scope(IN_SEASON, FINDABLE)
    hits = await index.search(encoder.encode(["a loan against shares"])[0], "loan against shares", scope, 10)
    for ranking in (hits.dense, hits.lexical, hits.fused):
        assert PASSAGES[ranking[0].passage].article.slug == "share-loan"
        assert [hit.score for hit in ranking] == sorted((hit.score for hit in ranking), reverse=True)
        assert len(ranking) <= 10
    assert 0.0 < hits.dense[0].score <= 1.0001


async def test_question_without_words_is_searched_by_its_vector(opens: Opens, encoder: Encoder) -> None:
    index = await opens(LOAN)
    hits = await index.search(encoder.encode(["shares"])[0], "", Scope(IN_SEASON, FINDABLE), 10)
    assert hits.dense
    assert hits.lexical == ()
    assert hits.fused == hits.dense


async def test_words_that_no_passage_has_find_nothing_by_words(opens: Opens, encoder: Encoder) -> None:
    index = await opens(LOAN)
    hits = await index.search(encoder.encode(["shares"])[0], "zebra", Scope(IN_SEASON, FINDABLE), 10)
    assert hits.lexical == ()
    assert [hit.passage for hit in hits.fused] == [hit.passage for hit in hits.dense]


@pytest.mark.parametrize(
    ("fusion", "first"), [(Fusion(5.0, 1.0, k=1), "grace-days"), (Fusion(1.0, 5.0, k=1), "share-loan")]
)
async def test_weights_decide_which_ranking_leads(opens: Opens, encoder: Encoder, fusion: Fusion, first: str) -> None:
    index = await opens(GRACE, LOAN, fusion=fusion)
    hits = await index.search(encoder.encode([GRACE.title])[0], "loan share", Scope(TODAY, ("title", "question")), 5)
    assert slugs(hits.fused[:1]) == {first}


async def test_same_question_gets_the_same_order_each_time(opens: Opens, encoder: Encoder) -> None:
    index = await opens(GRACE, OFFER, LOAN)
    vector = encoder.encode(["interest of a deposit"])[0]
    orders = {
        tuple(hit.passage for hit in (await index.search(vector, "loan", Scope(IN_SEASON, FINDABLE), 100)).fused)
        for _ in range(20)
    }
    assert len(orders) == 1


async def test_removed_article_is_found_no_more_and_counted_no_more(opens: Opens, encoder: Encoder) -> None:
    index = await opens(GRACE, LOAN)
    assert await index.count() == Counts(2, len(cut(GRACE)) + len(cut(LOAN)))
    await index.remove("share-loan")
    assert await index.count() == Counts(1, len(cut(GRACE)))
    assert {passage.article.slug for passage in await find_all(index, encoder, Scope(TODAY, FINDABLE))} == {
        "grace-days"
    }
    await index.remove("no-such-article")
    assert await index.count() == Counts(1, len(cut(GRACE)))


async def test_article_is_replaced_in_place_by_removing_and_putting_in(opens: Opens, encoder: Encoder) -> None:
    index = await opens(GRACE, LOAN)
    before = await index.count()
    await fill(index, encoder, GRACE)
    assert await index.count() == before, "what has the same id is replaced"
    await index.remove("grace-days")
    await fill(index, encoder, GRACE, OFFER)
    assert await index.count() == Counts(3, before.chunks + len(cut(OFFER)))
    hits = await index.search(encoder.encode(["grace period"])[0], "", Scope(TODAY, ("title",), slug="grace-days"), 50)
    assert len(hits.dense) == 1


async def test_both_backends_rank_alike(tmp_path: Path, encoder: Encoder) -> None:
    """Also after an article was replaced, when the rarity of words (IDF) has changed."""
    scope = Scope(IN_SEASON, FINDABLE)
    questions = ("loan against shares", "grace period of a premium", "festival deposit rate", "how much interest")
    async with run_stand_in(tmp_path) as running, connect(running.url, deadline=30.0) as server:
        for fusion in (Fusion(), Fusion(0.4, 1.3, k=3)):
            edge = await on_edge(tmp_path / f"edge-{fusion.k}", encoder, GRACE, OFFER, LOAN, fusion=fusion)
            other = await on_server(server, encoder, GRACE, OFFER, LOAN, fusion=fusion)
            for index in (edge, other):
                await index.remove("festival-deposit")
                await fill(index, encoder, OFFER)
            for question in questions:
                vector = encoder.encode([question])[0]
                mine, theirs = [await index.search(vector, question, scope, 100) for index in (edge, other)]
                assert scores(mine.dense) == pytest.approx(scores(theirs.dense), abs=1e-5)
                assert scores(mine.lexical) == pytest.approx(scores(theirs.lexical), abs=1e-5)
                # Passages of equal score take ranks by chance, so the fused ones are compared by article.
                first, second = ([PASSAGES[hit.passage].article.slug for hit in hits.fused] for hits in (mine, theirs))
                assert list(dict.fromkeys(first)) == list(dict.fromkeys(second))
                assert sorted(first) == sorted(second)


def scores(hits: Iterable[Hit]) -> dict[str, float]:
    return {hit.passage: hit.score for hit in hits}
