"""`make article`: a file that is sound, says what to write, and is never answered from as it is."""

from pathlib import Path

import pytest

from knowledge.articles import read_article, read_articles
from knowledge.scaffold import ScaffoldError, scaffold, slug_of
from tests.knowledge.conftest import TODAY


def test_scaffolded_article_is_sound_and_not_current(tmp_path: Path) -> None:
    path = scaffold('Credit "life"  insurance: basics', "loans", tmp_path)
    assert path == tmp_path / "loans" / "credit-life-insurance-basics.md"
    article = read_article(path)
    assert article.title == 'Credit "life" insurance: basics'
    assert (article.product, article.reviewed) == ("loans", None)
    assert not article.is_current(TODAY)
    assert all("TODO" in label for label in article.label.values())
    assert path.read_text(encoding="utf-8").count("TODO") > 10


def test_articles_just_begun_do_not_stand_in_each_others_way(tmp_path: Path) -> None:
    for title in ("Credit life insurance", "Crop insurance"):
        path = scaffold(title, "loans", tmp_path)
        path.write_text(path.read_text("utf-8").replace("(/articles/", "(/tools/"), "utf-8")
    assert read_articles(tmp_path).errors == ()


def test_existing_article_is_not_overwritten_in_any_area(tmp_path: Path) -> None:
    path = scaffold("Credit life insurance", "loans", tmp_path)
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(ScaffoldError, match="exists already"):
        scaffold("Credit life insurance!", "cards", tmp_path)
    assert path.read_text(encoding="utf-8") == "mine"


def test_unknown_area_is_told_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ScaffoldError, match="loans, cards"):
        scaffold("Credit life insurance", "lones", tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("title", "slug"),
    [("Section 80C, and 80D", "section-80c-and-80d"), ("Don't & won't", "dont-wont"), ("  Café  plan ", "cafe-plan")],
)
def test_slug_comes_from_the_title(title: str, slug: str) -> None:
    assert slug_of(title) == slug


def test_title_without_english_letters_is_refused() -> None:
    with pytest.raises(ScaffoldError, match="English letters"):
        slug_of("बीमा")
