"""Reads a folder of articles: slugs are unique, links lead somewhere, a broken file stops only itself."""

from dataclasses import dataclass
from pathlib import Path

from knowledge.articles.model import Article, ArticleError
from knowledge.articles.reader import read_article

ARTICLES = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Library:
    """What a folder holds: the sound articles by slug, and what is wrong with the others."""

    articles: dict[str, Article]
    errors: tuple[ArticleError, ...]


def article_paths(folder: Path = ARTICLES) -> list[Path]:
    """The article files of a folder, `<area>/<slug>.md`, in a fixed order."""
    return sorted(folder.glob("*/*.md"))


def read_articles(folder: Path = ARTICLES) -> Library:
    """Reads all articles of the folder. A link to an article that is missing or broken is an error of its own
    that leaves the linking article standing: its text is sound."""
    articles: dict[str, Article] = {}
    places: dict[str, Path] = {}
    errors: list[ArticleError] = []
    for path in article_paths(folder):
        if path.stem in places:
            message = f"choose another file name: {places[path.stem]} has the same slug"
            errors.append(ArticleError(path, 1, message))
            continue
        places[path.stem] = path
        try:
            articles[path.stem] = read_article(path)
        except ArticleError as error:
            errors.append(error)
    errors.extend(_dead_links(articles, places))
    return Library(articles, tuple(errors))


def _dead_links(articles: dict[str, Article], places: dict[str, Path]) -> list[ArticleError]:
    errors = []
    for article in articles.values():
        target = article.link.url.removeprefix("/articles/").partition("#")[0]
        if article.link.url.startswith("/articles/") and target not in places:
            path = places[article.slug]
            line = _line_of(path, article.link.url)
            errors.append(ArticleError(path, line, f"link to an article that exists: there is no `{target}`"))
    return errors


def _line_of(path: Path, text: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((n for n, line in enumerate(lines, 1) if text in line), 1)
