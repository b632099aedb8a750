"""What is imported waits as a draft; only what a person has reviewed is an article and is answered from."""

from datetime import date
from pathlib import Path

import pytest

from encoder import Encoder
from knowledge.answers import Answer
from knowledge.articles import Article, ArticleError, BulletList, Library, Section, read_article, read_articles
from knowledge.base import Knowledge
from knowledge.chunks import cut
from knowledge.gate import Gate
from knowledge.sources import Document
from knowledge.sources.imported import Imported
from knowledge.sources.importing import import_source
from knowledge.sources.markdown import Fields
from tests.knowledge.conftest import TODAY
from tests.knowledge.imports import TEXT, ListSource, make, review, state_of, take


async def test_draft_is_no_article_and_no_error(imported: Imported) -> None:
    await take(imported, make())
    library = read_articles(imported.folder)
    assert (library.articles, library.errors) == ({}, ())


async def test_reviewed_document_is_an_article_with_its_place(imported: Imported) -> None:
    await take(imported, make())
    article = read_article(review(imported, "handbook-what-a-lien-is"))
    assert read_articles(imported.folder).articles == {"handbook-what-a-lien-is": article}
    assert (article.definition, article.script, article.link) == ({"en": TEXT}, {}, None)
    assert (article.imported_from, article.place, article.reviewed) == ("handbook/lien.pdf", "page 4", TODAY)
    assert (article.valid_from, article.source) == (date(2026, 1, 5), "handbook: lien.pdf")
    (definition,) = (passage for passage in cut(article) if passage.kind == "definition")
    assert (definition.text, definition.place) == (TEXT, "page 4")


async def test_passages_carry_the_place_of_their_section(imported: Imported) -> None:
    steps = BulletList(("Ask for the form.", "Sign it."), ordered=True)
    await take(imported, Document("a", "Lien", None, (*make().sections, Section("Steps", (steps,), "page 9"))))
    passages = cut(read_article(review(imported, "handbook-lien")))
    assert {(p.kind, p.place) for p in passages if p.heading == "Steps"} == {
        ("section", "page 9"),
        ("sentence", "page 9"),
    }


async def test_document_without_a_product_is_not_reviewed_before_it_has_one(imported: Imported) -> None:
    await import_source(ListSource(make()), "handbook", "somewhere", imported, Fields(), TODAY)
    copy = imported.find("handbook-what-a-lien-is")
    assert copy is not None
    before = state_of(imported.folder)
    with pytest.raises(ArticleError, match="`product`: write one of"):
        imported.review(copy, None, TODAY)
    assert state_of(imported.folder) == before
    assert read_article(imported.review(copy, "loans", TODAY)).product == "loans"


async def test_review_by_hand_counts_and_one_without_a_day_is_named(imported: Imported) -> None:
    await take(imported, make())
    (path,) = imported.folder.glob("*/*.md")
    text = path.read_text().replace("status: draft", "status: reviewed")
    path.write_text(text)
    library = read_articles(imported.folder)
    assert not library.articles
    assert "`reviewed`: write a day" in library.errors[0].message
    path.write_text(text.replace("reviewed: null", "reviewed: 2026-11-20"))
    assert set(read_articles(imported.folder).articles) == {"handbook-what-a-lien-is"}


@pytest.mark.parametrize("change", [("status: draft\n", ""), ("status: draft", "status: done"), ("imported_on", "on")])
async def test_file_that_does_not_say_whether_it_was_reviewed_is_never_read(
    imported: Imported, change: tuple[str, str]
) -> None:
    await take(imported, make())
    (path,) = imported.folder.glob("*/*.md")
    path.write_text(path.read_text().replace(*change))
    library = read_articles(imported.folder)
    assert not library.articles
    assert [error.path for error in library.errors] == [path]


async def test_imported_file_cannot_pass_for_one_of_ours(imported: Imported) -> None:
    await take(imported, make())
    (path,) = imported.folder.glob("*/*.md")
    path.write_text("\n".join(line for line in path.read_text().split("\n") if not line.startswith("imported_from")))
    assert not read_articles(imported.folder).articles


async def open_knowledge(folder: Path, imported: Imported, encoder: Encoder) -> Knowledge:
    return await Knowledge.open(folder, encoder, Gate.load(), imported.folder)


async def test_draft_is_never_answered_from_and_reviewed_is(
    imported: Imported, tmp_path: Path, encoder: Encoder
) -> None:
    other = make("b.pdf", "A nominee is the person who receives the money of an account.", "Nominee of an account")
    await take(imported, make(), other)
    review(imported, "handbook-nominee-of-an-account")
    knowledge = await open_knowledge(tmp_path / "index", imported, encoder)
    assert (await knowledge.count()).articles == 1
    asked = ("What is a lien?", "en", TODAY)
    assert not isinstance(await knowledge.answer(*asked), Answer)
    review(imported, "handbook-what-a-lien-is")
    await knowledge.reload()
    answer = await knowledge.answer(*asked)
    assert isinstance(answer, Answer)
    assert answer.definition == TEXT
    assert answer.citations[0].place == "page 4"
    assert answer.citations[0].url == "/articles/handbook-what-a-lien-is"
    await take(imported, other)
    await knowledge.reload()
    assert not isinstance(await knowledge.answer(*asked), Answer)


def test_our_articles_still_need_all_three_languages_script_and_link(library: Library) -> None:
    article: Article
    for article in library.articles.values():
        assert set(article.definition) == set(article.script) == {"en", "hi", "hinglish"}
        assert article.link is not None
        assert not article.imported_from
