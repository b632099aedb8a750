"""The article reader: what it reads, and what it says about a broken article."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from knowledge.articles import ArticleError, BulletList, Library, Paragraph, Table, read_article, read_articles
from language import utf16_units
from saathi.titles import LONGEST_BUTTON

ARTICLES = Path(__file__).parent / "articles"
SOUND = (ARTICLES / "life-insurance" / "grace-days.md").read_text(encoding="utf-8")


def write(folder: Path, text: str, name: str = "grace-days.md") -> Path:
    path = folder / "life-insurance" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def line_of(text: str, part: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if part in line)


def test_article_is_read_whole() -> None:
    article = read_article(ARTICLES / "life-insurance" / "grace-days.md")
    assert (article.slug, article.product, article.skill_level) == ("grace-days", "life-insurance", "beginner")
    assert article.audience == ("partner", "caller")
    assert (article.valid_from, article.valid_until, article.reviewed) == (date(2024, 1, 1), None, date(2026, 1, 15))
    assert article.label == {"en": "Grace period", "hinglish": "Grace period", "hi": "ग्रेस पीरियड"}
    assert len(article.questions) == 3
    assert set(article.definition) == set(article.script) == {"en", "hi", "hinglish"}
    assert article.definition["hi"].startswith("ग्रेस पीरियड वह समय है")
    assert (article.link.title, article.link.url) == ("Loan against shares", "/articles/share-loan")
    assert [section.heading for section in article.sections] == ["How long it lasts", "Paying within the grace period"]


def test_blocks_keep_sentences_rows_and_steps() -> None:
    lasts, paying = read_article(ARTICLES / "life-insurance" / "grace-days.md").sections
    prose, table = lasts.blocks
    assert isinstance(prose, Paragraph)
    # "e.g." ends no sentence
    assert prose.sentences[1] == "The grace period is 30 days for a yearly premium, e.g. one due on 1 April."
    assert isinstance(table, Table)
    assert table.rows == (("Monthly", "15 days"), ("Yearly", "30 days"))
    (steps,) = paying.blocks
    assert isinstance(steps, BulletList)
    assert steps.ordered
    assert len(steps.items) == 3


@pytest.mark.parametrize(
    ("old", "new", "at", "says"),
    [
        ("---\ntitle", "title", "title", "begin the file with a line `---`"),
        ("title: Grace period for a late premium\n", "", "---", "add the field `title`"),
        (
            "label:\n  en: Grace period\n  hinglish: Grace period\n  hi: ग्रेस पीरियड\n",
            "",
            "---",
            "add the field `label`",
        ),
        ("  hi: ग्रेस पीरियड\n", "", "label:", "a short name for each of en, hi, hinglish"),
        ("  hi: ग्रेस पीरियड", "  hi: ग्रेस पीरियड\n  fr: Délai", "label:", "for each of en, hi, hinglish"),
        ("  en: Grace period\n", "  en: Grace periods of policies\n", "  en: Grace", "20 characters, 24 where it"),
        ("  en: Grace period\n", "  en: 30\n", "  en: 30", "a short name of at most 20 characters"),
        ("  hi: ग्रेस पीरियड", "  hi: Grace period", "  hi: Grace", "write it in Devanagari"),
        ("  hinglish: Grace period", "  hinglish: ग्रेस पीरियड", "  hinglish:", "write it in Latin letters"),
        ("product: life-insurance", "product: insurance", "product:", "write one of: life-insurance"),
        ("audience: [partner, caller]", "audience: partner", "audience:", "write a list, in brackets, of: partner"),
        ("audience: [partner, caller]", "audience: [boss]", "audience:", "of: partner, caller, agent"),
        ("skill_level: beginner", "skill_level: easy", "skill_level:", "beginner, intermediate, advanced"),
        ("valid_from: 2024-01-01", "valid_from: soon", "valid_from:", "YYYY-MM-DD"),
        ("valid_from: 2024-01-01", "valid_from: 2024-13-45", "valid_from:", "a value that exists"),
        ("valid_until: null", "valid_until: 2023-01-01", "valid_until:", "not before `valid_from`"),
        ("language: en", "language: fr", "language:", "write one of: en"),
        ("reviewed: 2026-01-15", "reviewer: me", "reviewer:", "remove `reviewer`"),
        ("reviewed: 2026-01-15", "reviewed: null\nreviewed: null", "", "write `reviewed` once"),
        ("title: Grace", "title: Claims: Grace", "title:", "quote a value with a colon"),
        ("  - What if my customer pays the premium late?", "  - What: if", "questions:", "write a list of texts"),
        ("## Definition\n", "## Meaning\n", "## Link", "add a section `## Definition`"),
        ("### Hinglish\nGrace", "### Hinglish2\nGrace", "### Hinglish2", "only ### English, ### Hinglish, ### Hindi"),
        ("### Hindi\nअभी", "#### x\nअभी", "#### x", "only ### English, ### Hinglish, ### Hindi"),
        ("## Script\n", "## Words\n", "## Link", "add a section `## Script`"),
        ("## Script\n### English\n", "## Script\n", "## Script", "write the script under `### English`"),
        ("[Loan against shares](/articles/share-loan)", "see elsewhere", "## Link", "write one link under `## Link`"),
        ("(/articles/share-loan)", "(http://example.com)", "[Loan", "a page of ours or https"),
    ],
)
def test_fault_is_named_with_line_and_remedy(tmp_path: Path, old: str, new: str, at: str, says: str) -> None:
    assert old in SOUND
    text = SOUND.replace(old, new, 1)
    with pytest.raises(ArticleError) as caught:
        read_article(write(tmp_path, text))
    assert says in caught.value.message
    if at:
        assert caught.value.line == line_of(text, at)
    assert str(caught.value).startswith(f"{tmp_path}/life-insurance/grace-days.md:{caught.value.line}: ")


def test_missing_translation_of_the_script_is_named(tmp_path: Path) -> None:
    text = SOUND[: SOUND.index("### Hindi\nअभी")] + SOUND[SOUND.index("## Link") :]
    with pytest.raises(ArticleError, match="add `### Hindi` to `## Script`"):
        read_article(write(tmp_path, text))


def test_file_that_is_not_utf8_is_named_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, SOUND)
    path.write_bytes(SOUND.encode().replace(b"15 days for", b"15 d\xe9ys for"))
    with pytest.raises(ArticleError, match="save the file as UTF-8") as caught:
        read_article(path)
    assert caught.value.line == line_of(SOUND, "15 days for")


def test_windows_line_ends_and_byte_order_mark_are_read(tmp_path: Path) -> None:
    path = write(tmp_path, "")
    path.write_bytes(b"\xef\xbb\xbf" + SOUND.replace("\n", "\r\n").encode())
    assert read_article(path) == read_article(ARTICLES / "life-insurance" / "grace-days.md")


def test_broken_article_stops_only_itself(tmp_path: Path) -> None:
    shutil.copytree(ARTICLES, tmp_path / "all")
    write(tmp_path / "all", SOUND.replace("## Script", "## Words"), "broken.md")
    library = read_articles(tmp_path / "all")
    assert set(library.articles) == {"grace-days", "share-loan", "festival-deposit"}
    assert [error.path.name for error in library.errors] == ["broken.md"]


def test_same_slug_in_two_areas_is_named(tmp_path: Path) -> None:
    shutil.copytree(ARTICLES, tmp_path / "all")
    shutil.copy(ARTICLES / "loans" / "share-loan.md", tmp_path / "all" / "savings" / "share-loan.md")
    library = read_articles(tmp_path / "all")
    (error,) = library.errors
    assert "has the same slug" in error.message
    assert len(library.articles) == 3


def test_link_to_a_missing_article_is_named_and_the_article_stands(tmp_path: Path) -> None:
    path = write(tmp_path, SOUND)
    library = read_articles(tmp_path)
    (error,) = library.errors
    assert (error.path, error.line) == (path, line_of(SOUND, "/articles/share-loan"))
    assert "there is no `share-loan`" in error.message
    assert set(library.articles) == {"grace-days"}


def test_label_that_two_articles_have_is_named_and_both_stand(tmp_path: Path) -> None:
    shutil.copytree(ARTICLES, tmp_path / "all")
    again = SOUND.replace("  en: Grace period", "  en: Grace days").replace("  hi: ग्रेस पीरियड", "  hi: ग्रेस के दिन")
    path = write(tmp_path / "all", again, "grace-weeks.md")
    library = read_articles(tmp_path / "all")
    (error,) = library.errors
    assert (error.path, error.line) == (path, line_of(again, "label:"))
    assert error.message == "`label.hinglish`: write another one, `grace-days` has the same"
    assert {"grace-days", "grace-weeks"} <= set(library.articles)


def test_article_without_a_label_goes_by_its_title() -> None:
    article = replace(read_article(ARTICLES / "life-insurance" / "grace-days.md"), label={})
    assert article.label_in("hinglish") == "Grace period for a…"


def test_article_is_current_from_its_first_to_its_last_day() -> None:
    offer = read_article(ARTICLES / "savings" / "festival-deposit.md")
    days = [date(2025, 8, 31), date(2025, 9, 1), date(2025, 12, 31), date(2026, 1, 1)]
    assert [offer.is_current(day) for day in days] == [False, True, True, False]


def test_table_row_is_stated_but_is_no_quote() -> None:
    article = read_article(ARTICLES / "life-insurance" / "grace-days.md")
    assert article.states("Monthly – Grace period: 15 days")
    assert not article.quotes("Monthly – Grace period: 15 days")
    table = next(block for section in article.sections for block in section.blocks if isinstance(block, Table))
    assert article.quotes(table.quote(table.rows[0]))
    assert not article.quotes(table.quote())
    assert not article.quotes(table.quote(("Monthly", "31 days")))
    assert article.quotes("The grace period is 15 days for a monthly premium.")
    assert not article.quotes("")


def test_every_article_of_the_project_is_sound(library: Library) -> None:
    assert not library.errors, "\n".join(map(str, library.errors))
    assert len(library.articles) >= 30


def test_every_article_of_the_project_fits_on_a_button_in_every_language(library: Library) -> None:
    labels = [label for article in library.articles.values() for label in article.label.values()]
    assert max(map(utf16_units, labels)) <= LONGEST_BUTTON
