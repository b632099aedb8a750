"""What the files themselves show: broken, expired, unfinished, unreviewed, links that lead nowhere."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from knowledge.articles import Article, Library
from knowledge.check.findings import Finding

SOON = timedelta(days=60)


def find_in_files(library: Library, paths: dict[str, Path], tools: frozenset[str], today: date) -> Iterator[Finding]:
    """The findings; `paths` maps slugs to files, `tools` are the calculators that a link may name."""
    for error in library.errors:
        is_link = error.message.startswith("link to an article")
        yield Finding("dead_link" if is_link else "broken", (error.path.stem,), str(error))
    for article in library.articles.values():
        yield from _look_at_days(article, today)
        if article.link and article.link.url.startswith("/tools/"):
            tool = article.link.url.removeprefix("/tools/").partition("?")[0].partition("#")[0]
            if tool not in tools:
                known = ", ".join(sorted(tools)) or "none yet"
                message = f"{paths[article.slug]}: there is no calculator `{tool}`; there are: {known}"
                yield Finding("dead_link", (article.slug,), message)
        todo = _line_of_todo(paths[article.slug])
        if todo:
            yield Finding("unfinished", (article.slug,), f"{paths[article.slug]}:{todo}: replace the TODO")
        elif article.reviewed is None:
            yield Finding("unreviewed", (article.slug,), f"{article.slug}: {article.title}")


def _look_at_days(article: Article, today: date) -> Iterator[Finding]:
    end = article.valid_until
    if end is None:
        return
    left = (end - today).days
    if left < 0:
        message = f"{article.slug}: held until {end}; read {article.source} anew, write the new facts and days"
        yield Finding("expired", (article.slug,), message, weight=-left)
    elif end <= today + SOON:
        yield Finding("expiring", (article.slug,), f"{article.slug}: holds until {end}, {left} days", weight=-left)


def _line_of_todo(path: Path) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if "TODO" in line), 0)
