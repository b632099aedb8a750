"""A place to measure in: the articles as they are when the run begins, and indexes of them that nobody else holds."""

import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from encoder.store import Encodes, VectorStore
from knowledge.articles.library import ARTICLES, article_paths
from knowledge.build import build
from knowledge.edge import read_manifest
from knowledge.gate import Gate
from knowledge.index import Vectors
from knowledge.loading import load_snapshot
from knowledge.snapshot import Snapshot

_ROOT = Path(__file__).resolve().parents[2]


class RebuildError(Exception):
    """The index could not be built; the message holds what the build printed."""


@dataclass(frozen=True, slots=True)
class Rebuild:
    """A build of all articles with no vector kept: seconds from its call to its end, and what it built."""

    seconds: float
    articles: int
    chunks: int


class Workshop:
    """A folder with a copy of the articles: they may be edited while the run goes on."""

    def __init__(self, folder: Path, articles: Path = ARTICLES) -> None:
        self._folder = folder
        self.articles = folder / "articles"
        for path in article_paths(articles):
            place = self.articles / path.relative_to(articles)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, place)

    @property
    def files(self) -> dict[str, Path]:
        """The articles' files by slug."""
        return {path.stem: path for path in article_paths(self.articles)}

    def rebuild(self) -> Rebuild:
        """Builds the index from nothing in a process of its own, as the assistant does. Raises `RebuildError`."""
        folder = self._folder / "search"
        command = [sys.executable, "-m", "knowledge.build", str(folder), "--articles", str(self.articles)]
        began = time.perf_counter()
        done = subprocess.run(
            [*command, "--server", ""], cwd=_ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        seconds = time.perf_counter() - began
        manifests = list(folder.glob("*/manifest.json"))
        if len(manifests) != 1:
            raise RebuildError(done.stdout.decode(errors="replace")[-2000:])
        counts = read_manifest(manifests[0].parent)[1]
        return Rebuild(round(seconds, 1), counts.articles, counts.chunks)

    def copy_index(self) -> Path:
        """A folder with another copy of the index that `rebuild` made, since one process opens an index once."""
        place = self._folder / "answers"
        shutil.copytree(self._folder / "search", place)
        return place

    async def load(self, encoder: Encodes) -> tuple[Snapshot, float]:
        """The state with the index that `rebuild` made, and the seconds that loading took."""
        began = time.perf_counter()
        snapshot = await load_snapshot(self._folder / "search", self.articles, encoder, fusion=Gate.load().fusion)
        return snapshot, round(time.perf_counter() - began, 2)

    def vectors(self, knowledge: Snapshot, encoder: Encodes) -> dict[str, Vectors]:
        """The passages' vectors by their ids, as the build left them."""
        passages = list(knowledge.passages.values())
        kept = VectorStore.load(encoder, self._folder / "search")
        rows = kept.encode([knowledge.lexicon.gloss(passage.searchable) for passage in passages])
        return {passage.id: row for passage, row in zip(passages, rows, strict=True)}

    async def build_with(self, encoder: Encodes) -> Snapshot:
        """The state with an index of another encoder."""
        folder = self._folder / "other"
        await build(folder, encoder, self.articles)
        return await load_snapshot(folder, self.articles, encoder, fusion=Gate.load().fusion)
