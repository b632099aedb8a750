"""The benchmark of search and answers: it counts right, and it finds what is wrong with an answer."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.knowledge import latency, ways
from benchmarks.knowledge.__main__ import run, show
from benchmarks.knowledge.claims import dates, figures, names
from benchmarks.knowledge.judge import CHECKS, Judge
from benchmarks.knowledge.machine import features, lines
from benchmarks.knowledge.message import Writer
from benchmarks.knowledge.questions import Asked, QuestionsError, read_answerable, read_unanswerable
from benchmarks.knowledge.rankers import WordsRanker
from benchmarks.knowledge.retrieval import Scores, measure, rank_of
from benchmarks.knowledge.synthetic import Generator
from benchmarks.knowledge.targets import targets
from benchmarks.knowledge.workshop import RebuildError, Workshop
from knowledge.answers import Answer, Citation, Details, compose
from knowledge.articles import read_articles
from knowledge.articles.library import article_paths
from knowledge.chunks import Passage, cut
from knowledge.edge import EdgeIndex
from knowledge.index import Scope
from knowledge.lexicon import Lexicon
from knowledge.points import DIMENSIONS

ARTICLES = Path(__file__).resolve().parents[1] / "knowledge" / "articles"
TODAY = date(2026, 11, 20)
KINDS = ("title", "question", "definition", "section", "sentence")


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.load()


@pytest.fixture(scope="module")
def judge(lexicon: Lexicon) -> Judge:
    files = {path.stem: path for path in article_paths(ARTICLES)}
    return Judge(read_articles(ARTICLES).articles, files, lexicon, Writer(TODAY))


@pytest.fixture
def answer() -> Answer:
    """What a question for the length of the grace period gets: a figure, two steps and a row of a table."""
    article = read_articles(ARTICLES).articles["grace-days"]
    sentences = [passage for passage in cut(article) if passage.kind == "sentence"]
    point = next(passage for passage in sentences if "1 April" in passage.text)
    steps = [passage for passage in sentences if passage.form == "step"][:2]
    row = next(passage for passage in sentences if passage.form == "row")
    return compose(article, "en", Details(point, (*steps, row)), 0.9, "v")


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


def asked(text: str = "How many days?", slugs: tuple[str, ...] = ("grace-days",), **more: Any) -> Asked:
    return Asked(text, "en", slugs, **more)


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_questions_are_read_with_their_groups(tmp_path: Path) -> None:
    file = write(
        tmp_path / "q.yml",
        "- {question: grce days, language: en, article: [grace-days, share-loan], noisy: true}\n"
        "- {question: कितने दिन, language: hi, article: grace-days, noisy: false}\n",
    )
    first, second = read_answerable(file, frozenset({"grace-days", "share-loan"}))
    assert (first.slugs, first.groups) == (("grace-days", "share-loan"), ("all", "en", "noisy"))
    assert (second.slugs, second.groups) == (("grace-days",), ("all", "hi", "clean"))
    others = write(tmp_path / "u.yml", "- {question: who won, language: en, article: null, near: false}\n")
    assert read_unanswerable(others)[0].groups == ("all", "en", "far")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{}", "write a list of questions"),
        ("- [", "cannot be read"),
        ("- {question: a, language: fr, article: x}", "question 1: write `question` and `language`"),
        ("- {question: a, language: en, article: grace-days}\n- {question: b, language: en, article: y}", "question 2"),
        ("- {question: a, language: en}", "names no article"),
    ],
)
def test_file_of_questions_that_is_wrong_is_refused_by_name(tmp_path: Path, text: str, said: str) -> None:
    file = write(tmp_path / "q.yml", text)
    with pytest.raises(QuestionsError, match=said) as raised:
        read_answerable(file, frozenset({"grace-days"}))
    assert str(file) in str(raised.value)


def test_unanswerable_question_may_name_no_article_and_the_file_must_be_there(tmp_path: Path) -> None:
    file = write(tmp_path / "u.yml", "- {question: a, language: en, article: grace-days}\n")
    with pytest.raises(QuestionsError, match="question 1"):
        read_unanswerable(file)
    with pytest.raises(QuestionsError, match="cannot be read"):
        read_unanswerable(tmp_path / "none.yml")


def test_scores_count_first_places_first_fives_and_reciprocal_ranks() -> None:
    scores = Scores.of([1, 2, 6, None])
    assert (scores.questions, scores.hit_at_1, scores.hit_at_5) == (4, 0.25, 0.5)
    assert scores.mrr == pytest.approx((1 + 1 / 2 + 1 / 6) / 4)


def test_any_of_the_right_articles_counts() -> None:
    assert rank_of(asked(slugs=("b", "c")), ["a", "c", "b"]) == 2
    assert rank_of(asked(slugs=("d",)), ["a", "c", "b"]) is None


async def test_each_group_is_measured_over_its_own_questions() -> None:
    class Fixed:
        async def rank(self, question: str) -> list[str]:
            return ["x", "grace-days"] if question == "noisy" else ["grace-days"]

    found = await measure("fixed", Fixed(), [asked("noisy", noisy=True), asked("clean", noisy=False)])
    assert {group: scores["hit_at_1"] for group, scores in found.items()} == {
        "all": 0.5,
        "en": 0.5,
        "noisy": 0.0,
        "clean": 1.0,
    }


async def test_words_alone_find_hindi_in_latin_letters_and_nothing_for_unknown_words() -> None:
    passages = [p for a in read_articles(ARTICLES).articles.values() for p in cut(a) if p.kind != "sentence"]
    ranker = WordsRanker(passages)
    assert (await ranker.rank("प्रीमियम देर से भरने पर"))[0] == "grace-days"
    assert (await ranker.rank("premium late ho gaya"))[0] == "grace-days"
    assert await ranker.rank("zzz qqq") == []
    assert await ranker.rank("?!") == []


def test_claims_are_told_from_the_words_around_them() -> None:
    text = "Since 1 April 2026 IRDAI allows ₹20,000 or 2 %, under 80C; 15 अप्रैल 2027 तक।"
    assert figures(text) == {"1", "2026", "₹20,000", "2%", "80C", "15", "2027"}
    assert dates(text) == {"1 April 2026", "15 अप्रैल 2027"}
    assert dates("It may be paid by 2026-11-20 or in Nov 2026.") == {"2026-11-20", "Nov 2026"}
    assert names(text) == {"IRDAI", "April"}
    assert names("The rule: The Income-tax Act. PAN first, then Aadhaar; Rate: 2%") == {
        "Income-tax",
        "Act",
        "PAN",
        "Aadhaar",
    }
    assert names("कमीशन और premium") == frozenset()


async def test_sound_answer_passes_every_check(judge: Judge, answer: Answer) -> None:
    assert await judge.check(answer, asked()) == []


def _quote(answer: Answer, quote: str) -> Answer:
    return replace(answer, citations=(*answer.citations, Citation(answer.title, answer.citations[0].url, quote)))


SPOILT: list[tuple[str, Callable[[Answer], Answer]]] = [
    ("url", lambda a: replace(a, citations=())),
    ("url", lambda a: replace(a, citations=(*a.citations, Citation("t", "/articles/none", "15 days")))),
    ("url", lambda a: replace(a, citations=(*a.citations, Citation("t", "grace-days", "15 days")))),
    ("page", lambda a: _quote(a, "The grace period is 16 days for a monthly premium.")),
    ("file", lambda a: _quote(a, "The grace period is 16 days for a monthly premium.")),
    ("figures", lambda a: replace(a, point="The grace period is 31 days for a yearly premium.")),
    ("dates", lambda a: replace(a, point="The grace period is 30 days, e.g. one due on 30 April.")),
    ("names", lambda a: replace(a, point="The grace period of Acme is 30 days.")),
    ("figures", lambda a: replace(a, spoken="It is 99 days.")),
    ("message", lambda a: replace(a, definition=a.definition + " premium" * 200)),
    ("spoken", lambda a: replace(a, spoken="premium " * 61)),
    ("spoken", lambda a: replace(a, spoken="")),
]


@pytest.mark.parametrize(("check", "spoil"), SPOILT)
async def test_spoilt_answer_is_found_out(
    judge: Judge, answer: Answer, check: str, spoil: Callable[[Answer], Answer]
) -> None:
    faults = await judge.check(spoil(answer), asked())
    assert check in CHECKS
    assert check in {found for found, _ in faults}


async def test_claims_of_one_text_may_not_be_gathered_from_several_quotes(judge: Judge, answer: Answer) -> None:
    """ "15" and "1 April" both stand in quotes, but nowhere together."""
    mixed = replace(answer, point="The grace period is 15 days, e.g. one due on 1 April.")
    assert {check for check, _ in await judge.check(mixed, asked())} == {"figures"}


async def test_quote_that_the_file_lacks_is_found_though_the_reader_has_it(
    lexicon: Lexicon, answer: Answer, tmp_path: Path
) -> None:
    text = (ARTICLES / "life-insurance" / "grace-days.md").read_text(encoding="utf-8")
    file = write(tmp_path / "grace-days.md", text.replace("15 days for a monthly", "14 days for a monthly"))
    articles = read_articles(ARTICLES).articles
    judge = Judge(articles, {"grace-days": file}, lexicon, Writer(TODAY))
    assert await judge.check(answer, asked()) == []
    stated = _quote(answer, "The grace period is 15 days for a monthly premium.")
    assert {check for check, _ in await judge.check(stated, asked())} == {"file"}


def test_wishes_are_fulfilled_by_what_the_answer_holds(judge: Judge, answer: Answer) -> None:
    assert dict(judge.wishes(answer, asked("how many days is the grace period"))) == {"a number": True}
    assert dict(judge.wishes(replace(answer, point=None), asked("how many days"))) == {"a number": False}
    wishes = dict(judge.wishes(answer, asked("how to pay within the grace period")))
    assert wishes == {"steps": True, "steps, of an article that has some": True}


async def test_message_is_what_the_chat_shows(answer: Answer) -> None:
    text = await Writer(TODAY).write(answer, "How long?", "en")
    assert text.startswith(f"{answer.point}\n\n{answer.definition}")
    assert "Say to the customer:" in text
    assert text.endswith("/articles/grace-days")


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


def test_processor_tells_whether_it_has_vnni(tmp_path: Path) -> None:
    info = write(tmp_path / "cpuinfo", "processor\t: 0\nflags\t\t: fpu avx2 avx512_vnni\n")
    assert features(info) == {"AVX2": True, "AVX-512": False, "VNNI": True, "AVX-VNNI": False, "AMX": False}
    assert not any(features(tmp_path / "none").values())
    machine = {"cpu": "x", "cpus": 2, "memory_gb": 8, "system": "Linux", "python": "3.11", "load": 5.0}
    assert "OTHERS USE" in lines({**machine, "features": features(info)})[-1]


def test_build_that_fails_says_what_was_printed(tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    workshop = Workshop(tmp_path, tmp_path / "none")
    (tmp_path / "search").write_text("in the way", encoding="utf-8")
    with pytest.raises(RebuildError, match="Error"):
        workshop.rebuild()


@pytest.mark.timeout(300)
async def test_whole_run_measures_everything_that_it_has_models_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = [
        asked("How long is the grace period?", noisy=False),
        Asked("share girvi rakh ke kitna loan milega", "hinglish", ("share-loan",), noisy=True),
        Asked("शेयर पर कितना लोन मिल सकता है", "hi", ("share-loan",), noisy=False),
    ]
    others = [Asked("who won the cricket match yesterday", "en", (), near=False)]
    found = await run(questions, others, Workshop(tmp_path, ARTICLES), tmp_path / "encoders", (100,), timed=20)
    assert found["retrieval"][ways.report.WHOLE]["all"]["hit_at_1"] == 1
    assert found["rebuild"]["articles"] == 3
    for name in (ways.report.UNTOUCHED, ways.report.ENCODER_FP32, ways.report.WHOLE_FP32):
        assert "make encoder" in found["retrieval"][name]
    assert found["answers"]["unanswerable"]["far"] == {"questions": 1, "right": 0, "wrong": 0, "refused": 1}
    assert set(found["answers"]["checks"].values()) == {1.0}, found["answers"]["faults"]
    assert found["answers"]["ranked_first"] == 1
    assert [row["engine"] for row in found["latency"]] == ["Qdrant Edge", "qdrant-client local mode"]
    assert all(
        row["encoded"]["runs"] == 20 and 0 < row["encoded"]["p50"] <= row["encoded"]["p95"] for row in found["latency"]
    )
    machine = {"cpu": "x", "cpus": 2, "memory_gb": 8, "system": "Linux", "python": "3.11", "load": 0.0, "features": {}}
    show({**found, "date": "2026-11-20", "commit": "abc", "machine": machine})
    printed = capsys.readouterr().out
    for line in ("Retrieval", "Decisions", "Answers", "Latency", "must hold", "not measured"):
        assert line in printed


def _measured() -> dict[str, Any]:
    scores = {"questions": 10, "hit_at_1": 0.9, "hit_at_5": 0.98, "mrr": 0.93}
    shares = {"questions": 10, "right": 0.9, "wrong": 0.06, "refused": 0.04}
    times = {"runs": 300, "p50": 2.0, "p95": 4.9}
    row = {"chunks": 10_000, "engine": "Qdrant Edge", "build": 1.0, "load": 0.1, "search": times, "filtered": times}
    return {
        "retrieval": {
            ways.report.WHOLE: dict.fromkeys(("all", "en", "hinglish", "hi"), scores),
            ways.report.WHOLE_FP32: {"all": {**scores, "hit_at_1": 0.91}},
        },
        "answers": {
            "answerable": {"all": shares},
            "unanswerable": {"all": {"questions": 10, "right": 0.0, "wrong": 0.05, "refused": 0.95}},
            "checks": dict.fromkeys(CHECKS, 1.0),
        },
        "latency": [{**row, "encoded": times}],
        "rebuild": {"seconds": 24.0, "articles": 150, "chunks": 6000},
    }


def _verdicts(found: dict[str, Any]) -> dict[str, bool | None]:
    return {target.what: target.holds for target in targets(found)}


def test_bounds_that_are_just_met_hold_and_what_was_not_measured_is_neither() -> None:
    verdicts = _verdicts(_measured())
    unmeasured = [what for what, holds in verdicts.items() if holds is None]
    assert len(unmeasured) == 1
    assert "100,000 chunks" in unmeasured[0]
    assert all(holds for what, holds in verdicts.items() if what not in unmeasured)


@pytest.mark.parametrize(
    ("where", "value", "what"),
    [
        (("retrieval", ways.report.WHOLE, "hi"), {"hit_at_1": 0.81}, "hit@1, hi"),
        (("retrieval", ways.report.WHOLE_FP32, "all"), {"hit_at_1": 0.92}, "int8"),
        (("answers", "answerable", "all"), {"refused": 0.06}, "answerable refused <="),
        (("answers", "unanswerable", "all"), {"refused": 0.91}, "unanswerable refused >="),
        (("answers", "checks"), {"figures": 0.999}, "each figure"),
        (("latency", 0, "encoded"), {"p95": 5.1}, "10,000 chunks"),
        (("rebuild",), {"seconds": 26.0}, "full rebuild"),
    ],
)
def test_bound_that_is_missed_is_said(where: tuple[Any, ...], value: dict[str, float], what: str) -> None:
    found = _measured()
    place: Any = found
    for step, after in pairwise((*where, None)):
        if after is None:
            place[step] = {**place[step], **value}
        else:
            place = place[step]
    missed = [name for name, holds in _verdicts(found).items() if holds is False]
    assert len(missed) == 1
    assert what in missed[0]
