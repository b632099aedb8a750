"""Documents to import, a source that gives them, and what was made of them."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

from knowledge.articles import Paragraph, Section
from knowledge.articles.sentences import split_sentences
from knowledge.sources import Document, Item
from knowledge.sources.imported import Imported
from knowledge.sources.importing import Summary, import_source
from knowledge.sources.markdown import Fields
from tests.knowledge.conftest import TODAY

TEXT = "A lien is the right of a lender to keep the pledged units until the loan is repaid."


class ListSource:
    """A source that gives what it is told."""

    origin = "handbook"
    mark: str | None = None
    expected: int | None = None
    is_whole = True

    def __init__(self, *items: Item) -> None:
        self.items = items

    async def read(self, since: str | None) -> AsyncIterator[Item]:
        for item in self.items:
            yield item


def make(
    identity: str = "lien.pdf", text: str = TEXT, title: str = "What a lien is", place: str = "page 4"
) -> Document:
    return Document(identity, title, date(2026, 1, 5), (Section("", (Paragraph(split_sentences(text)),), place),))


async def take(imported: Imported, *items: Item, today: date = TODAY) -> Summary:
    return await import_source(ListSource(*items), "handbook", "somewhere", imported, Fields("loans"), today)


def review(imported: Imported, slug: str) -> Path:
    copy = imported.find(slug)
    assert copy is not None
    return imported.review(copy, None, TODAY)


def counted(summary: Summary) -> dict[str, int]:
    return {kind: count for kind, count in summary.counts.items() if count}


def state_of(folder: Path) -> dict[str, str]:
    return {str(path): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}
