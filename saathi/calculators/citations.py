"""The articles that give a calculator's formula, quoted word for word."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Protocol

from saathi.calculators.figures import Sheet


class SourceChanged(Exception):
    """An article is gone, holds no more, or does not say any longer what the calculator does. The message names it."""


class CitedArticle(Protocol):
    """What is needed of an article."""

    @property
    def title(self) -> str:
        """Its title."""
        ...

    @property
    def url(self) -> str:
        """Path of its page."""
        ...

    def is_current(self, today: date) -> bool:
        """Whether its facts hold on that day."""
        ...

    def quotes(self, text: str) -> bool:
        """Whether the text stands there word for word."""
        ...


@dataclass(frozen=True, slots=True)
class Citation:
    """A source: the article's title, its page, and a quote that stands there."""

    title: str
    url: str
    quote: str

    def as_dict(self) -> dict[str, str]:
        """For JSON."""
        return asdict(self)


def cite(sheet: Sheet, find: Callable[[str], CitedArticle | None], today: date) -> tuple[Citation, ...]:
    """The sources of a calculator, taken from the articles as they are now.

    Raises `SourceChanged`: a formula that our own article no longer states is not used.
    """
    found = []
    for source in sheet.citations:
        article = find(source.slug)
        if article is None or not article.is_current(today) or not article.quotes(source.quote):
            raise SourceChanged(f"the article {source.slug} must state: {source.quote}")
        found.append(Citation(article.title, article.url, source.quote))
    return tuple(found)
