"""Reads folders of articles again and again, each file only when it has changed."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from knowledge.articles import Article, ArticleError, read_article
from knowledge.articles.library import article_paths
from knowledge.articles.reader import read_article_status


@dataclass(frozen=True, slots=True)
class Seen:
    """What the folders hold: the articles by slug, a digest of each one's file, and what is wrong with others.

    `held` are the slugs of files that are broken now and whose last sound text stands instead.
    """

    articles: dict[str, Article]
    digests: dict[str, str]
    errors: tuple[ArticleError, ...]
    held: frozenset[str]


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it was read last. `article` is its last sound text, None when it never had one or is a draft."""

    stamp: tuple[int, int]
    content: str
    digest: str
    article: Article | None
    error: ArticleError | None


class Scanner:
    """Remembers the files of some folders. One caller at a time; `scan` blocks."""

    def __init__(self, *folders: Path) -> None:
        self._folders = folders
        self._files: dict[Path, _File] = {}

    def scan(self) -> Seen:
        """What the folders hold now. A file that got broken keeps its last sound text until it is mended or goes."""
        found: dict[Path, _File] = {}
        for path in article_paths(*self._folders):
            try:
                found[path] = self._look(path, self._files.get(path))
            except FileNotFoundError:  # gone since it was listed
                continue
        self._files = found
        return _gather(found)

    def _look(self, path: Path, known: _File | None) -> _File:
        about = path.stat()
        stamp = (about.st_mtime_ns, about.st_size)
        if known is not None and known.stamp == stamp:
            return known
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        if known is not None and known.content == content:
            return _File(stamp, content, known.digest, known.article, known.error)
        try:
            article = None if read_article_status(path) == "draft" else read_article(path)
        except ArticleError as error:
            last = known or _File(stamp, content, content, None, None)
            return _File(stamp, content, last.digest, last.article, error)
        return _File(stamp, content, content, article, None)


def _gather(files: dict[Path, _File]) -> Seen:
    articles: dict[str, Article] = {}
    digests: dict[str, str] = {}
    errors: list[ArticleError] = []
    held: set[str] = set()
    for path, file in files.items():
        if file.error is not None:
            errors.append(file.error)
        if file.article is None:
            continue
        if path.stem in articles:
            errors.append(ArticleError(path, 1, "choose another file name: another article has the same slug"))
            continue
        articles[path.stem], digests[path.stem] = file.article, file.digest
        if file.error is not None:
            held.add(path.stem)
    return Seen(articles, digests, tuple(errors), frozenset(held))
