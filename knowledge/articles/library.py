"""Reads folders of articles: slugs are unique, links lead somewhere, a broken file stops only itself."""

from dataclasses import dataclass
from pathlib import Path

from knowledge.articles.model import Article, ArticleError
from knowledge.articles.reader import read_article, read_article_status

ARTICLES = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Library:
    """What the folders hold: the sound articles by slug, and what is wrong with the others. An imported document
    that waits for its review is neither."""

    articles: dict[str, Article]
    errors: tuple[ArticleError, ...]


def article_paths(folder: Path = ARTICLES, *more: Path) -> list[Path]:
    """The article files of the folders, `<area>/<slug>.md`, in a fixed order; a folder that is missing has none.

    Imported documents lie in a folder of their own, `<source>/<slug>.md`; those that wait for review are listed too.
    """
    return [path for each in (folder, *more) for path in sorted(each.glob("*/*.md"))]


def read_articles(folder: Path = ARTICLES, *more: Path) -> Library:
    """Reads all articles of the folders; of two with the same slug the first counts. A link to an article that is
    missing or broken is an error of its own that leaves the linking article standing: its text is sound. So is a label
    that two articles have."""
    articles: dict[str, Article] = {}
    places: dict[str, Path] = {}
    errors: list[ArticleError] = []
    for path in article_paths(folder, *more):
        if _waits(path, errors):
            continue
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
    errors.extend(_same_labels(articles, places))
    return Library(articles, tuple(errors))


def _waits(path: Path, errors: list[ArticleError]) -> bool:
    """Whether a file may not be read as an article: an imported draft, or one that does not say what it is."""
    try:
        return read_article_status(path) == "draft"
    except ArticleError as error:
        errors.append(error)
        return True


def _dead_links(articles: dict[str, Article], places: dict[str, Path]) -> list[ArticleError]:
    errors = []
    for article in articles.values():
        if article.link is None:
            continue
        target = article.link.url.removeprefix("/articles/").partition("#")[0]
        if article.link.url.startswith("/articles/") and target not in places:
            path = places[article.slug]
            line = _line_of(path, article.link.url)
            errors.append(ArticleError(path, line, f"link to an article that exists: there is no `{target}`"))
    return errors


def _same_labels(articles: dict[str, Article], places: dict[str, Path]) -> list[ArticleError]:
    """Labels that do not tell an article from another one."""
    errors = []
    taken: dict[tuple[str, str], str] = {}
    for article in articles.values():
        for language, label in article.label.items():
            first = taken.setdefault((language, label.casefold()), article.slug)
            if first != article.slug and "TODO" not in label:  # those of articles just begun are all alike
                path = places[article.slug]
                message = f"`label.{language}`: write another one, `{first}` has the same"
                errors.append(ArticleError(path, _line_of(path, "label:"), message))
    return errors


def _line_of(path: Path, text: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((n for n, line in enumerate(lines, 1) if text in line), 1)
