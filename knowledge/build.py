"""Builds the index in a process of its own: `python -m knowledge.build [folder]`.

The index of one state of the articles lies in `<folder>/<fingerprint>`. It is built beside that place and moved
there when it is whole, so that nobody ever sees half an index. Prints one line a broken article, then what stands.
"""

import argparse
import asyncio
import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from encoder.store import Encodes, VectorStore
from knowledge.articles import ArticleError, read_articles
from knowledge.articles.library import ARTICLES, article_paths
from knowledge.chunks import Passage, cut
from knowledge.edge import EdgeIndex, IndexBrokenError, read_manifest, write_manifest
from knowledge.index import Counts, Index, KnowledgeUnavailable
from knowledge.lexicon import LEXICON, Lexicon
from knowledge.outside import OUTSIDE, read_outside

if TYPE_CHECKING:
    from knowledge.server import QdrantServer

_BATCH = 512  # passages: the encoder sorts them by length, so that little is padded
_SCRATCH = "building-"
_ROOT = Path(__file__).resolve().parent.parent
_CODE = (
    "knowledge/articles/*.py",
    "knowledge/chunks.py",
    "knowledge/edge.py",
    "knowledge/points.py",
    "knowledge/lexicon.py",
    "language/*",
)


def fingerprint(articles: Path, encoder_version: str) -> str:
    """Sixteen hexadecimal digits that change when an article, the encoder, or code that cuts and indexes does."""
    digest = hashlib.sha256(encoder_version.encode())
    code = sorted(path for pattern in _CODE for path in _ROOT.glob(pattern) if path.is_file())
    for path in (*article_paths(articles), LEXICON, OUTSIDE, *code):
        content = path.read_bytes()
        name = path.relative_to(articles if path.is_relative_to(articles) else _ROOT)
        digest.update(f"{name}:{len(content)}:".encode() + content)
    return digest.hexdigest()[:16]


def place_of(folder: Path, version: str, server: "QdrantServer | None") -> Path:
    """Where that version's index lies below `folder`; of one on a server, its manifest and vectors."""
    return folder / (version if server is None else f"{version}-server")


async def build(
    folder: Path, encoder: Encodes, articles: Path = ARTICLES, server: "QdrantServer | None" = None
) -> tuple[Path, tuple[ArticleError, ...]]:
    """Builds the index of the articles unless it is there. Gives its place and what is wrong with articles.

    With a server the index is a collection there, and the place has its manifest and vectors. Raises
    `KnowledgeUnavailable` when the server does not answer.
    """
    version = fingerprint(articles, encoder.version)
    place = place_of(folder, version, server)
    library = read_articles(articles)
    if await _is_built(place, version, server):
        return place, library.errors
    passages = [passage for article in library.articles.values() for passage in cut(article)]
    vectors = VectorStore.load(encoder, folder)
    lexicon = Lexicon.load()
    with _scratch(folder) as scratch:
        unfinished = Path(scratch) / "index"
        if server is None:
            index = EdgeIndex.create(unfinished)
            await _fill(index, passages, vectors, lexicon)
            vectors.save(unfinished)
            index.finish(unfinished, version)
        else:
            unfinished.mkdir()
            async with server.building(version) as collection:
                await _fill(collection, passages, vectors, lexicon)
            vectors.save(unfinished)
            write_manifest(unfinished, version, Counts(len(library.articles), len(passages)))
        if place.exists():  # left by a build that was cut off, or changed since
            shutil.rmtree(place)
        unfinished.rename(place)
    return place, library.errors


async def _is_built(place: Path, version: str, server: "QdrantServer | None") -> bool:
    if server is not None:
        index = await server.find(version)
        if index is not None:
            _note_build(place, version, await index.count())
        return index is not None
    try:
        return read_manifest(place)[0] == version
    except (FileNotFoundError, NotADirectoryError, IndexBrokenError):
        return False


def _note_build(place: Path, version: str, counts: Counts) -> None:
    """Says here what stands on the server; another machine may have built it."""
    place.mkdir(parents=True, exist_ok=True)
    write_manifest(place, version, counts)


def _scratch(folder: Path) -> tempfile.TemporaryDirectory[str]:
    folder.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=folder)


async def _fill(index: Index, passages: Sequence[Passage], vectors: VectorStore, lexicon: Lexicon) -> None:
    for start in range(0, len(passages), _BATCH):
        batch = passages[start : start + _BATCH]
        texts = [passage.searchable for passage in batch]
        rows = vectors.encode([lexicon.gloss(text) for text in texts])
        await index.upsert(batch, rows, [" ".join(lexicon.content(text)) for text in texts])
    vectors.encode([lexicon.gloss(question) for question in read_outside()])  # so that whoever loads finds them made


def remove_others(place: Path) -> None:
    """Deletes the other indexes beside `place`; one that is open stays usable to its owner."""
    for other in place.parent.iterdir():
        if other.is_dir() and other != place and not other.name.startswith(_SCRATCH):
            shutil.rmtree(other, ignore_errors=True)


def main() -> int:
    """Builds and reports; 1 when an article is broken."""
    # Imported here: the model is needed by this process alone, not by those that import `build`.
    from encoder import Encoder  # noqa: PLC0415
    from saathi.settings import Settings  # noqa: PLC0415

    settings = Settings()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=settings.data_dir / "knowledge")
    parser.add_argument("--articles", type=Path, default=ARTICLES)
    parser.add_argument("--server", default=settings.qdrant_url, help="a Qdrant server; none: Qdrant Edge")
    arguments = parser.parse_args()
    os.nice(5)  # a rebuild gives way to those who serve
    started = time.perf_counter()
    key = settings.qdrant_api_key.get_secret_value()
    encoder = Encoder.load(threads=os.cpu_count() or 1)
    try:
        place, errors = asyncio.run(_run(arguments.folder, encoder, arguments.articles, arguments.server, key))
    except KnowledgeUnavailable as error:
        # No failure of the articles: the assistant starts, and builds once the server answers.
        sys.stderr.write(f"Nothing was built. {error}\n")
        return 0
    for fault in errors:
        sys.stderr.write(f"{fault}\n")
    counts = read_manifest(place)[1]  # not opened: its owner may hold it
    sys.stdout.write(
        f"{counts.articles} articles, {counts.chunks} passages, {len(errors)} faults, "
        f"{time.perf_counter() - started:.1f} s: {place.name}\n"
    )
    return 1 if errors else 0


async def _run(
    folder: Path, encoder: Encodes, articles: Path, address: str, key: str
) -> tuple[Path, tuple[ArticleError, ...]]:
    if not address:
        return await build(folder, encoder, articles)
    from knowledge.server import QdrantServer  # noqa: PLC0415 - the client costs 40 MB, so only where it is used

    server = QdrantServer(address, key)
    try:
        return await build(folder, encoder, articles, server)
    finally:
        await server.close()


if __name__ == "__main__":
    sys.exit(main())
