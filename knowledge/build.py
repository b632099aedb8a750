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

from knowledge.articles import ArticleError, read_articles
from knowledge.articles.library import ARTICLES, article_paths
from knowledge.chunks import Passage, cut
from knowledge.edge import EdgeIndex, read_manifest
from knowledge.lexicon import LEXICON, Lexicon
from knowledge.vectors import Encodes, VectorStore

_BATCH = 64
_ROOT = Path(__file__).resolve().parent.parent
_CODE = ("knowledge/articles/*.py", "knowledge/chunks.py", "knowledge/edge.py", "knowledge/lexicon.py", "language/*")


def fingerprint(articles: Path, encoder_version: str) -> str:
    """Sixteen hexadecimal digits that change when an article, the encoder, or code that cuts and indexes does."""
    digest = hashlib.sha256(encoder_version.encode())
    code = sorted(path for pattern in _CODE for path in _ROOT.glob(pattern) if path.is_file())
    for path in (*article_paths(articles), LEXICON, *code):
        content = path.read_bytes()
        name = path.relative_to(articles if path.is_relative_to(articles) else _ROOT)
        digest.update(f"{name}:{len(content)}:".encode() + content)
    return digest.hexdigest()[:16]


async def build(folder: Path, encoder: Encodes, articles: Path = ARTICLES) -> tuple[Path, tuple[ArticleError, ...]]:
    """Builds the index of the articles unless it is there. Gives its place and what is wrong with articles."""
    version = fingerprint(articles, encoder.version)
    place = folder / version
    library = read_articles(articles)
    if (place / "manifest.json").exists():
        return place, library.errors
    with _scratch(folder) as scratch:
        unfinished = Path(scratch) / "index"
        index = EdgeIndex.create(unfinished)
        passages = [passage for article in library.articles.values() for passage in cut(article)]
        vectors = VectorStore.load(encoder, folder)
        await _fill(index, passages, vectors, Lexicon.load())
        vectors.save(unfinished)
        index.finish(unfinished, version, len(library.articles))
        if place.exists():  # left by a build that was cut off
            shutil.rmtree(place)
        unfinished.rename(place)
    return place, library.errors


def _scratch(folder: Path) -> tempfile.TemporaryDirectory[str]:
    folder.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(prefix="building-", dir=folder)


async def _fill(index: EdgeIndex, passages: Sequence[Passage], vectors: VectorStore, lexicon: Lexicon) -> None:
    for start in range(0, len(passages), _BATCH):
        batch = passages[start : start + _BATCH]
        texts = [passage.searchable for passage in batch]
        rows = vectors.encode([lexicon.gloss(text) for text in texts])
        await index.upsert(batch, rows, [" ".join(lexicon.content(text)) for text in texts])


def remove_others(place: Path) -> None:
    """Deletes the other finished indexes beside `place`; one that is open stays usable to its owner."""
    for other in place.parent.iterdir():
        if other != place and (other / "manifest.json").exists():
            shutil.rmtree(other, ignore_errors=True)


def main() -> int:
    """Builds and reports; 1 when an article is broken."""
    # Imported here: the model is needed by this process alone, not by those that import `build`.
    from encoder import Encoder  # noqa: PLC0415
    from saathi.settings import Settings  # noqa: PLC0415

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Settings().data_dir / "knowledge")
    parser.add_argument("--articles", type=Path, default=ARTICLES)
    arguments = parser.parse_args()
    os.nice(5)  # a rebuild gives way to those who serve
    started = time.perf_counter()
    place, errors = asyncio.run(build(arguments.folder, Encoder.load(), arguments.articles))
    for error in errors:
        sys.stderr.write(f"{error}\n")
    counts = read_manifest(place)[1]  # not opened: its owner may hold it
    sys.stdout.write(
        f"{counts.articles} articles, {counts.chunks} passages, {len(errors)} faults, "
        f"{time.perf_counter() - started:.1f} s: {place.name}\n"
    )
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
