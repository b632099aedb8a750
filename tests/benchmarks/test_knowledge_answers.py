"""The benchmark of answers finds what is wrong with one, and passes a sound one."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.knowledge.claims import dates, figures, names
from benchmarks.knowledge.judge import CHECKS, Judge
from benchmarks.knowledge.message import Writer
from knowledge.answers import Answer, Citation, Details, compose
from knowledge.articles import read_articles
from knowledge.articles.library import article_paths
from knowledge.chunks import cut
from knowledge.lexicon import Lexicon
from tests.benchmarks.conftest import ARTICLES, TODAY, asked, write


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
