"""Which articles an intent is about: the file, what is wrong with it, and what it does to the search."""

import asyncio
import shutil
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from encoder import Encoder
from knowledge.answers import Answer, Refusal
from knowledge.articles import read_article
from knowledge.base import Knowledge
from knowledge.gate import Gate
from knowledge.search import Candidate, Evidence, Question, find_candidates, prepare
from knowledge.topics import find_topic_faults, main, read_topics
from saathi.located import FileFault
from tests.knowledge.conftest import ARTICLES, TODAY

GRACE = read_article(ARTICLES / "life-insurance" / "grace-days.md")
LOAN = read_article(ARTICLES / "loans" / "share-loan.md")
ASKED = Question(
    "q", np.zeros(384, dtype=np.float32), ("late",), known=1.0, live=False, outside=False, outside_likeness=0.3
)
GOOD = Evidence(0.60, 0.60, 0.60, 0.50, 2.0, 1.8, 1.0, 0.8, 0.4)
NEAR = Evidence(0.54, 0.54, 0.54, 0.44, 2.0, 1.8, 0.9, 0.7, 0.3)
POOR = Evidence(0.20, 0.20, 0.20, 0.20, 0.5, 0.3, 0.2, 0.0, 0.0)
SLUGS = {"grace-days", "share-loan", "festival-deposit"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "topics.yml"


def write(file: Path, text: str) -> None:
    file.write_text(text, "utf-8")


def first(topic: frozenset[str], *candidates: Candidate) -> str:
    return Gate.load().judge(ASKED, candidates, topic).ranked[0].article.slug


def test_article_of_the_topic_goes_before_one_that_fits_a_little_better() -> None:
    candidates = Candidate(GRACE, GOOD), Candidate(LOAN, NEAR)
    assert first(frozenset(), *candidates) == "grace-days"
    assert first(frozenset({"share-loan"}), *candidates) == "share-loan"


def test_article_outside_the_topic_that_fits_clearly_better_stays_first() -> None:
    assert first(frozenset({"share-loan"}), Candidate(GRACE, GOOD), Candidate(LOAN, POOR)) == "grace-days"


def test_intent_supports_an_answer_but_does_not_make_one() -> None:
    gate, topic = Gate.load(), frozenset({"share-loan"})
    fair, poor = [Candidate(LOAN, NEAR)], [Candidate(LOAN, POOR)]
    assert gate.judge(ASKED, fair, topic).probability > gate.judge(ASKED, fair).probability
    assert gate.judge(ASKED, poor, topic).best is None


async def test_intent_decides_between_articles_that_a_question_fits_alike(knowledge: Knowledge) -> None:
    question = "loan on shares and the grace period"
    for slug in ("grace-days", "share-loan"):
        answer = await knowledge.answer(question, "en", TODAY, topic=frozenset({slug}))
        assert isinstance(answer, Answer)
        assert answer.articles == (slug,)


@pytest.mark.parametrize(
    "topic", [frozenset({"share-loan"}), frozenset({"grace-days", "share-loan"}), frozenset({"x"})]
)
async def test_question_that_nobody_answers_is_refused_under_any_topic(
    knowledge: Knowledge, topic: frozenset[str]
) -> None:
    assert isinstance(await knowledge.answer("How do I buy bitcoin?", "en", TODAY, topic=topic), Refusal)


async def test_topic_brings_no_article_that_is_not_current_or_not_for_the_audience(knowledge: Knowledge) -> None:
    state = knowledge._state
    assert state is not None
    asked = prepare("How long is the grace period?", knowledge._encoder, state.snapshot)
    everything = frozenset(SLUGS)
    found = await find_candidates(asked, state.snapshot, TODAY, "caller", everything)
    assert {candidate.article.slug for candidate in found} == {"grace-days"}


def test_every_fault_is_told_with_its_line_and_what_to_do(file: Path) -> None:
    file.write_text(
        "ask_grace:\n  - grace-days\n  - share-lone\n\nask_lone: [share-loan]\nodd: [share-loan]\n", "utf-8"
    )
    assert find_topic_faults(file, {"ask_grace", "ask_loan"}, SLUGS) == [
        f"{file}:3: there is no article share-lone; did you mean share-loan?",
        f"{file}:5: there is no intent ask_lone; did you mean ask_loan?",
        f"{file}:6: there is no intent odd; mend its spelling or take it out",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("ask_grace: grace-days\n", 1),
        ("a: [grace-days]\nb: []\n", 2),
        ("a: [grace-days]\nb: [x]\na: [x]\n", 3),
        ("a: [grace\n", 2),
        ("- a\n", 1),
    ],
)
def test_file_that_is_no_mapping_to_slugs_is_refused_with_its_line(file: Path, text: str, line: int) -> None:
    write(file, text)
    with pytest.raises(FileFault, match=rf"topics\.yml:{line}: "):
        read_topics(file)
    assert find_topic_faults(file, {"a", "b"}, SLUGS)


def test_topic_around_an_article_is_all_that_it_shares_one_with(file: Path) -> None:
    write(file, "a: [one, two]\nb: [two, three]\nc: [four]\n")
    topics = read_topics(file)
    assert topics.around("two") == {"one", "two", "three"}
    assert topics.around("four") == {"four"}
    assert topics.around("five") == frozenset()


def test_committed_topics_name_intents_and_articles_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert (main(), capsys.readouterr().out) == (0, "")


async def test_library_without_the_articles_is_told_once_and_answers(
    small_index: Path, tmp_path: Path, encoder: Encoder, file: Path
) -> None:
    shutil.copytree(small_index, tmp_path / "index")
    write(file, "ask_payout: [payout-cycle, grace-days]\n")
    with capture_logs() as logs:
        knowledge = await Knowledge.open(tmp_path / "index", encoder, Gate.load(), ARTICLES, topics=file)
    (warning,) = [log for log in logs if log["event"] == "topics_without_article"]
    assert (warning["slugs"], warning["file"], warning["remedy"]) == (["payout-cycle"], str(file), "make validate")
    topic = knowledge.topic_of("ask_payout")
    assert isinstance(await knowledge.answer("How long is the grace period?", "en", TODAY, topic=topic), Answer)


async def test_saved_topics_are_taken_while_it_runs_and_broken_ones_are_not(
    small_index: Path, tmp_path: Path, encoder: Encoder, file: Path
) -> None:
    shutil.copytree(small_index, tmp_path / "index")
    write(file, "ask_payout: [grace-days]\n")
    knowledge = await Knowledge.open(tmp_path / "index", encoder, Gate.load(), ARTICLES, topics=file)
    version = knowledge.version
    write(file, "ask_payout: [share-loan]\n")
    await knowledge.refresh()
    assert (knowledge.topic_of("ask_payout"), knowledge.version) == (frozenset({"share-loan"}), version)
    assert knowledge.topic_of("ask_knowledge") == knowledge.topic_of(None) == frozenset()
    write(file, "ask_payout: share-loan\n")
    with pytest.raises(FileFault, match=r"topics\.yml:1: "):
        await knowledge.refresh()
    assert knowledge.topic_of("ask_payout") == frozenset({"share-loan"})


def test_start_without_the_file_says_what_is_missing(tmp_path: Path, encoder: Encoder, file: Path) -> None:
    shutil.copytree(ARTICLES, tmp_path / "articles")
    with pytest.raises(FileFault, match=r"topics\.yml:1: .*put it back"):
        asyncio.run(Knowledge.open(tmp_path / "index", encoder, Gate.load(), tmp_path / "articles", topics=file))
