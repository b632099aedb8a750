"""Importing: twice changes nothing, what changed waits, what is gone goes, and a fault stops only itself."""

from datetime import date

import pytest

from knowledge.articles import read_articles
from knowledge.sources import Document, Fault, SourceError
from knowledge.sources.imported import Imported
from knowledge.sources.importing import check_location
from tests.knowledge.imports import TEXT, counted, make, review, state_of, take


async def test_importing_twice_changes_nothing(imported: Imported) -> None:
    assert counted(await take(imported, make(), make("b.pdf", title="Another"))) == {"new": 2}
    before = state_of(imported.folder)
    assert counted(await take(imported, make(), make("b.pdf", title="Another"), today=date(2026, 12, 1))) == {
        "unchanged": 2
    }
    assert state_of(imported.folder) == before


async def test_changed_document_waits_beside_the_reviewed_one_and_replaces_it(imported: Imported) -> None:
    await take(imported, make())
    path = review(imported, "handbook-what-a-lien-is")
    path.write_text(path.read_text().replace("skill_level: beginner", "skill_level: advanced"))
    newer = TEXT.replace("pledged units", "pledged shares")
    assert counted(await take(imported, make(text=newer))) == {"changed": 1}
    assert read_articles(imported.folder).articles["handbook-what-a-lien-is"].definition == {"en": TEXT}
    assert counted(await take(imported, make(text=newer))) == {"unchanged": 1}
    review(imported, "handbook-what-a-lien-is")
    (article,) = read_articles(imported.folder).articles.values()
    assert (article.definition, article.skill_level) == ({"en": newer}, "advanced")
    assert len(list(imported.folder.rglob("*.md"))) == 1


async def test_changed_document_marked_by_hand_replaces_at_the_next_import(imported: Imported) -> None:
    await take(imported, make())
    review(imported, "handbook-what-a-lien-is")
    newer = TEXT.replace("pledged units", "pledged shares")
    await take(imported, make(text=newer))
    (waiting,) = imported.folder.glob("*/changed/*.md")
    waiting.write_text(waiting.read_text().replace("status: draft", "status: reviewed"))
    assert counted(await take(imported, make(text=newer))) == {"unchanged": 1}
    assert read_articles(imported.folder).articles["handbook-what-a-lien-is"].definition == {"en": newer}


async def test_document_that_changes_back_waits_no_more(imported: Imported) -> None:
    await take(imported, make())
    review(imported, "handbook-what-a-lien-is")
    await take(imported, make(text="Something else stands here now."))
    await take(imported, make())
    assert [path.parent.name for path in imported.folder.rglob("*.md")] == ["handbook"]
    assert counted(await take(imported, make())) == {"unchanged": 1}


async def test_document_whose_source_is_gone_is_removed_at_once(imported: Imported) -> None:
    await take(imported, make(), make("b.pdf", title="Another"))
    review(imported, "handbook-what-a-lien-is")
    await take(imported, make(text="Changed text."), make("b.pdf", title="Another"))
    assert counted(await take(imported, make("b.pdf", title="Another"))) == {"gone": 1, "unchanged": 1}
    assert [path.name for path in imported.folder.rglob("*.md")] == ["handbook-another.md"]


async def test_document_that_cannot_be_read_today_stays_as_it_was(imported: Imported) -> None:
    await take(imported, make(), make("b.pdf", title="Another"))
    review(imported, "handbook-what-a-lien-is")
    summary = await take(imported, Fault("lien.pdf", "it is encrypted", "save it", "lien.pdf"))
    assert counted(summary) == {"gone": 1}
    assert set(read_articles(imported.folder).articles) == {"handbook-what-a-lien-is"}


async def test_nothing_counts_as_gone_while_an_unnamed_one_cannot_be_read(imported: Imported) -> None:
    await take(imported, make())
    summary = await take(imported, Fault("tickets.jsonl, line 3", "it is no JSON", "write one object a line"))
    assert (counted(summary), summary.kept) == ({}, 1)
    assert len(list(imported.folder.rglob("*.md"))) == 1


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (Document("scan.pdf", "Scan", None, ()), "it holds no text"),
        (make("huge.pdf", text="word " * 100_000), "it has 499,999 characters"),
        (make("lien.pdf"), "two documents of this name"),
        (make("untitled.pdf", title="\u202e"), "it has no title"),
    ],
)
async def test_document_with_a_fault_stops_only_itself(imported: Imported, document: Document, reason: str) -> None:
    summary = await take(imported, make(), document, make("last.pdf", title="Last"))
    assert counted(summary) == {"new": 2}
    (fault,) = summary.faults
    assert fault.place == document.id
    assert reason in fault.reason
    assert fault.remedy


async def test_name_with_line_ends_cannot_reach_the_front_matter(imported: Imported) -> None:
    summary = await take(imported, make("a\n---\nstatus: reviewed"))
    assert (counted(summary), summary.faults[0].place) == ({}, "a --- status: reviewed")
    assert not list(imported.folder.rglob("*.md"))


async def test_changed_document_that_was_marked_but_is_broken_is_named_and_replaces_nothing(imported: Imported) -> None:
    await take(imported, make())
    review(imported, "handbook-what-a-lien-is")
    newer = make(text=TEXT.replace("pledged units", "pledged shares"))
    await take(imported, newer)
    (waiting,) = imported.folder.glob("*/changed/*.md")
    text = waiting.read_text().replace("status: draft", "status: reviewed")
    waiting.write_text(text.replace("product: loans", "product: lends"))
    summary = await take(imported, newer)
    assert "`product`: write one of" in summary.faults[0].remedy
    assert read_articles(imported.folder).articles["handbook-what-a-lien-is"].definition == {"en": TEXT}


async def test_same_title_twice_gives_two_files(imported: Imported) -> None:
    assert counted(await take(imported, make(), make("b.pdf"))) == {"new": 2}
    assert len({path.stem for path in imported.folder.rglob("*.md")}) == 2


async def test_name_of_another_source_is_refused_while_that_one_is_there(imported: Imported) -> None:
    await take(imported, make())
    with pytest.raises(SourceError, match=r"give this one another \(SOURCE=name\)"):
        check_location(imported, "handbook", "elsewhere", still_there=True)
    check_location(imported, "handbook", "elsewhere", still_there=False)  # it moved
    check_location(imported, "handbook", "somewhere", still_there=True)
