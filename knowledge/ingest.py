"""Brings the index to the articles as they are now: `python -m knowledge.ingest` (`make ingest`).

Reads the articles and encodes what changed, with its progress; then the running action server, which owns the index,
is asked to take it, or the index is built here for its next start. Prints one line a broken article; exits with 1 when
there is one, or when nothing could be brought up.
"""

import asyncio
import hashlib
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from tqdm import tqdm

from encoder.store import Encodes
from knowledge.articles import Article, ArticleError, read_article, read_articles
from knowledge.articles.library import ARTICLES, article_paths
from knowledge.articles.reader import read_article_status
from knowledge.build import build
from knowledge.check.texts import encode_passages
from knowledge.edge import read_manifest
from knowledge.index import Counts, KnowledgeUnavailable, Vectors
from knowledge.lexicon import Lexicon
from knowledge.loading import choose_server
from saathi.settings import Settings

_DEADLINE = aiohttp.ClientTimeout(total=620, sock_connect=2)  # seconds; a build has 600
_RECORD = "ingested.json"  # below the index's folder: a digest of each article that was ingested last


class IngestError(Exception):
    """The index could not be brought to the articles; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Differences:
    """How many articles there are, by what became of them since they were ingested last."""

    new: int
    changed: int
    gone: int
    unchanged: int


class CountingEncoder:
    """An encoder that counts the texts it is given: those that nobody encoded before."""

    def __init__(self, inner: Encodes) -> None:
        self._inner = inner
        self.version = inner.version
        self.count = 0

    def encode(self, texts: list[str], /) -> Vectors:
        """See `Encodes`."""
        self.count += len(texts)
        return self._inner.encode(texts)


async def ask_owner(settings: Settings) -> Counts | None:
    """Has the running action server take the articles in; None when none runs.

    Raises `aiohttp.ClientResponseError` when it could not.
    """
    headers = {"X-Saathi-Secret": settings.actions_secret.get_secret_value()}
    address = f"{settings.actions_url.rstrip('/')}/knowledge/reload"
    async with aiohttp.ClientSession(timeout=_DEADLINE, raise_for_status=True) as session:
        try:
            async with session.post(address, headers=headers) as response:
                known = (await response.json())["knowledge"]
        except aiohttp.ClientConnectorError:
            return None
    return Counts(known["articles"], known["chunks"])


def read_with_progress(*folders: Path) -> tuple[dict[str, Article], tuple[ArticleError, ...]]:
    """The articles and what is wrong with others; reads each file once, and shows how far it is."""
    articles: dict[str, Article] = {}
    for path in tqdm(article_paths(*folders), desc="articles", unit="file", disable=None):
        try:
            if read_article_status(path) != "draft":
                articles.setdefault(path.stem, read_article(path))
        except ArticleError:
            continue  # told below, with the faults between articles
    return articles, read_articles(*folders).errors


def compare(articles: dict[str, Article], folder: Path) -> tuple[Differences, dict[str, str]]:
    """What differs from the articles ingested last, and the record to keep of these."""
    now = {slug: hashlib.sha256(repr(article).encode()).hexdigest()[:32] for slug, article in articles.items()}
    try:
        before: dict[str, str] = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        before = {}
    both = now.keys() & before.keys()
    changed = sum(now[slug] != before[slug] for slug in both)
    new, gone = len(now.keys() - before.keys()), len(before.keys() - now.keys())
    return Differences(new, changed, gone, len(both) - changed), now


async def ingest(settings: Settings, encoder: Encodes, articles: Path = ARTICLES) -> int:
    """Ingests and reports; 1 when an article is broken. Raises `IngestError`."""
    started, folder, imported = time.perf_counter(), settings.data_dir / "knowledge", settings.data_dir / "imported"
    counting = CountingEncoder(encoder)
    sound, errors = read_with_progress(articles, imported)
    for error in errors:
        sys.stderr.write(f"{error}\n")
    differences, record = compare(sound, folder)
    encode_passages(sound.values(), counting, Lexicon.load(), folder, quiet=False)
    counts = await _bring_up(settings, counting, folder, articles)
    (folder / _RECORD).write_text(json.dumps(record) + "\n", encoding="utf-8")
    sys.stdout.write(
        f"{counts.articles} articles, {counts.chunks} passages, {len(errors)} faults, "
        f"{time.perf_counter() - started:.1f} s\n"
        f"{differences.new} new, {differences.changed} changed, {differences.gone} gone, "
        f"{differences.unchanged} unchanged; {counting.count} passages encoded\n"
    )
    return 1 if errors else 0


async def _bring_up(settings: Settings, encoder: Encodes, folder: Path, articles: Path) -> Counts:
    try:
        counts = await ask_owner(settings)
    except aiohttp.ClientResponseError as error:
        remedy = "is ACTIONS_SECRET the same for both?" if error.status == 401 else "its log says why."
        raise IngestError(f"The action server answered {error.status}: {remedy}") from error
    except (aiohttp.ClientError, TimeoutError) as error:
        raise IngestError(f"The action server at {settings.actions_url} did not answer: {error!r}") from error
    if counts is not None:
        return counts
    server = choose_server(settings)
    try:
        place, _ = await build(folder, encoder, articles, server)
    except KnowledgeUnavailable as error:
        raise IngestError(f"{error}. Start the server at QDRANT_URL, or leave QDRANT_URL empty.") from error
    finally:
        if server is not None:
            await server.close()
    return read_manifest(place)[1]


def main() -> int:
    """Ingests; 1 when something is wrong."""
    from encoder import Encoder, ModelFilesError  # noqa: PLC0415 - importing this module must not need the model

    try:
        return asyncio.run(ingest(Settings(), Encoder.load()))
    except (IngestError, ModelFilesError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
