"""`make check-knowledge`: what it reports, and that it raises few false alarms."""

import json
import os
import shutil
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from encoder import Encoder
from knowledge.articles import Article, read_articles
from knowledge.articles.library import article_paths
from knowledge.check.demand import Demand, find_unanswered, find_unused, read_demand
from knowledge.check.figures import differ, read_figures
from knowledge.check.files import find_in_files
from knowledge.check.findability import find_unfindable
from knowledge.check.findings import Finding
from knowledge.check.likeness import find_contradictions, find_duplicates
from knowledge.check.texts import encode_passages
from knowledge.lexicon import Lexicon
from knowledge.snapshot import Vocabulary
from saathi import conversations, inbox, outcomes
from saathi.messages import Incoming, Outcome
from saathi.outcomes import TurnOutcome
from saathi.settings import ROOT
from saathi.store import open_database
from saathi.store.migrate import migrate
from saathi.store.tables import inbox as inbox_rows
from tests.knowledge.conftest import ARTICLES, TODAY


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ARTICLES, tmp_path / "articles")
    return tmp_path / "articles"


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def look_at_files(folder: Path, today: date = TODAY) -> list[tuple[str, str]]:
    paths = {path.stem: path for path in article_paths(folder)}
    found = find_in_files(read_articles(folder), paths, frozenset({"emi"}), today)
    return [(finding.kind, finding.articles[0]) for finding in found]


def test_expired_and_expiring_facts_are_told_apart(folder: Path) -> None:
    assert ("expired", "festival-deposit") in look_at_files(folder)
    end = read_articles(folder).articles["festival-deposit"].valid_until
    assert end is not None
    assert ("expiring", "festival-deposit") in look_at_files(folder, end)


def test_broken_article_dead_link_unknown_calculator_and_todo_are_named(folder: Path) -> None:
    edit(folder / "life-insurance" / "grace-days.md", "/articles/share-loan", "/tools/emi-of-tomorrow")
    edit(folder / "loans" / "share-loan.md", "/articles/grace-days", "/articles/gone")
    edit(folder / "savings" / "festival-deposit.md", "audience: [", "audience: [nobody, ")
    found = look_at_files(folder)
    assert {("dead_link", "grace-days"), ("dead_link", "share-loan"), ("broken", "festival-deposit")} <= set(found)
    edit(folder / "loans" / "share-loan.md", "How much is lent", "TODO")
    assert ("unfinished", "share-loan") in look_at_files(folder)
    assert ("unreviewed", "share-loan") in look_at_files(ARTICLES)


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("up to ₹1,50,000 a year", {"rupees": {150000.0}}),
        ("Rs. 2.5 lakh, or 3 crore", {"rupees": {250000.0, 30000000.0}}),
        ("12.5 % or 20 per cent", {"percent": {12.5, 20.0}}),
        ("within 15 working days, then 2 years", {"days": {15.0}, "months": {24.0}}),
        ("section 80C since 1 April 2026", {}),
    ],
)
def test_figures_are_read_in_one_unit(text: str, figures: dict[str, set[float]]) -> None:
    assert {unit: set(values) for unit, values in read_figures(text).items()} == figures


def test_figures_differ_only_within_a_unit() -> None:
    assert differ(read_figures("15 days"), read_figures("30 days")) == "days"
    assert differ(read_figures("15 days or 30 days"), read_figures("30 days")) is None
    assert differ(read_figures("15 days"), read_figures("15 %")) is None


def compare(folder: Path, encoder: Encoder, tmp_path: Path) -> list[Finding]:
    articles = read_articles(folder).articles.values()
    lexicon = Lexicon.load()
    passages, vectors = encode_passages(articles, encoder, lexicon, tmp_path / "index", quiet=True)
    vocabulary = Vocabulary(articles, lexicon)
    return [
        *find_duplicates(passages, vectors),
        *find_contradictions(passages, vectors, vocabulary),
        *find_unfindable(passages, vectors, vocabulary),
    ]


PLANTED = [  # a sentence of one article, what another one says of the same, and whether that contradicts it
    ("The grace period is 15 days for a monthly premium.", "The grace period for a monthly premium is 30 days.", True),
    (
        "A lender may lend up to 50% of the market value of listed shares.",
        "Up to 60% of the market value of listed shares may be lent by the lender.",
        True,
    ),
    (
        "The free-look period of a health policy is 30 days from the receipt of the policy.",
        "A health policy has a free-look period of 15 days from the receipt of the policy.",
        True,
    ),
    ("The fee for a lost passbook is ₹100.", "For a lost passbook the fee is ₹250.", True),
    ("The grace period is 15 days for a monthly premium.", "The grace period is 15 days for a monthly premium.", False),
    ("The fee for a lost passbook is ₹100.", "The fee for a lost cheque book is ₹250.", False),
    (
        "The grace period is 15 days for a monthly premium.",
        "A complaint to the insurer is answered within 14 days.",
        False,
    ),
    ("For example, a loan of ₹5 lakh costs ₹60,000.", "For example, a loan of ₹9 lakh costs ₹90,000.", False),
]


@pytest.mark.parametrize(("one", "other", "contradicts"), PLANTED)
def test_same_quantity_with_another_figure_is_a_contradiction(
    folder: Path, encoder: Encoder, tmp_path: Path, one: str, other: str, contradicts: bool
) -> None:
    edit(folder / "loans" / "share-loan.md", "The borrower must add shares or money when their price falls.", one)
    edit(folder / "savings" / "festival-deposit.md", "## Script", f"## More\n{other}\n\n## Script")
    edit(folder / "life-insurance" / "grace-days.md", "The grace period is 15 days for a monthly premium. ", "")
    found = {frozenset(f.articles) for f in compare(folder, encoder, tmp_path) if f.kind == "contradiction"}
    assert found == ({frozenset({"share-loan", "festival-deposit"})} if contradicts else set())


def test_copied_article_is_a_duplicate_and_stands_in_the_shade(folder: Path, encoder: Encoder, tmp_path: Path) -> None:
    original = folder / "loans" / "share-loan.md"
    for number in range(4):
        shutil.copy(original, original.with_name(f"share-loan-{number}.md"))
    edit(original, "How much loan can a customer get on shares?", "How is the weather in the hills?")
    found = compare(folder, encoder, tmp_path)
    assert any(f.kind == "duplicate" and set(f.articles) == {"share-loan", "share-loan-0"} for f in found)
    assert any(f.kind == "unfindable" and "share-loan" in f.articles[0] for f in found)


def test_the_tests_own_articles_raise_no_alarm(encoder: Encoder, tmp_path: Path) -> None:
    assert compare(ARTICLES, encoder, tmp_path) == []


def test_refused_questions_are_grouped_by_meaning(encoder: Encoder) -> None:
    asked = ["How do I close my bank account?", "how can I close my bank account", "What is bitcoin?"]
    found = list(find_unanswered(Demand((asked[0], *asked, asked[0]), {}), encoder, Lexicon.load()))
    assert [finding.weight for finding in found] == [4, 1]
    assert found[0].message == "asked 4 times: How do I close my bank account?"
    assert found[0].texts == ("how can I close my bank account (1)",)


def test_uncited_articles_are_told_only_when_enough_was_asked() -> None:
    articles: list[Article] = list(read_articles(ARTICLES).articles.values())
    assert list(find_unused(articles, Demand((), {"grace-days": 10}))) == []
    found = {finding.articles[0] for finding in find_unused(articles, Demand((), {"grace-days": 900}))}
    assert found == {"share-loan", "festival-deposit"}


async def test_demand_comes_from_the_outcomes_of_ninety_days(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'saathi.db'}")
    await migrate(database)
    now = time.time()

    def ask(connection, key: str, outcome: Outcome, at: float, citations: tuple[str, ...] = ()) -> None:
        conversation = conversations.find_chat(connection, "P1001", at)
        inbox.store(connection, Incoming(conversation, "inapp", key, f"question {key}", "en"), at)
        turn = connection.scalar(inbox_rows.select().with_only_columns(inbox_rows.c.id).where(inbox_rows.c.key == key))
        row = TurnOutcome(turn, at, None, "inapp", "en", outcome, 0, {}, citations=citations)
        outcomes.record(connection, row)

    await database.write(lambda c: ask(c, "a", Outcome.REFUSED, now))
    await database.write(lambda c: ask(c, "b", Outcome.REFUSED, now - 91 * 86400))
    await database.write(lambda c: ask(c, "c", Outcome.ANSWERED, now, ("/articles/grace-days", "/articles/grace-days")))
    assert await database.read(lambda c: read_demand(c, now)) == Demand(("question a",), {"grace-days": 1})
    await database.close()


def run(tmp_path: Path, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": ""}
    command = [sys.executable, "-m", "knowledge.check", "--articles", str(folder), *options]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def test_command_ends_with_1_for_faults_alone(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "data").mkdir()
    faulty = run(tmp_path, folder)
    assert faulty.returncode == 1, faulty.stderr
    assert "Facts that have expired" in faulty.stdout
    assert "Nothing is known of what people asked" in faulty.stdout
    (folder / "savings" / "festival-deposit.md").unlink()
    sound = run(tmp_path, folder, "--json")
    assert sound.returncode == 0, sound.stderr
    report = json.loads(sound.stdout)
    assert report["faults"] == 0
    assert {finding["kind"] for finding in report["findings"]} == {"unreviewed"}


def test_vectors_have_a_row_a_passage(encoder: Encoder, tmp_path: Path) -> None:
    articles = read_articles(ARTICLES).articles.values()
    passages, vectors = encode_passages(articles, encoder, Lexicon.load(), tmp_path, quiet=True)
    again = encode_passages(articles, encoder, Lexicon.load(), tmp_path, quiet=True)[1]
    assert vectors.shape == (len(passages), 384)
    assert np.array_equal(vectors, again)
