"""The benchmark of search: its questions are read as they are meant, and counted right."""

from pathlib import Path

import pytest

from benchmarks.knowledge.questions import QuestionsError, read_answerable, read_unanswerable
from benchmarks.knowledge.rankers import WordsRanker
from benchmarks.knowledge.retrieval import Scores, measure, rank_of
from knowledge.articles import read_articles
from knowledge.chunks import cut
from tests.benchmarks.conftest import ARTICLES, asked, write


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
