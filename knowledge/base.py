"""The knowledge base in one process: it owns the index, answers from it, and swaps in a rebuilt one."""

import asyncio
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

from knowledge.answers import Answer, choose_details, compose
from knowledge.articles.library import ARTICLES
from knowledge.build import fingerprint
from knowledge.gate import Gate
from knowledge.index import Counts
from knowledge.loading import load_snapshot
from knowledge.search import find_candidates, prepare
from knowledge.snapshot import Snapshot
from knowledge.vectors import Encodes
from language import Language


class Knowledge:
    """Answers questions from the articles. Make one with `Knowledge.open`.

    A question takes a few milliseconds of one core (docs/architecture.md has the figures), so it runs on the loop.
    """

    def __init__(self, snapshot: Snapshot, folder: Path, articles: Path, encoder: Encodes, gate: Gate) -> None:
        self._snapshot = snapshot
        self._folder = folder
        self._articles = articles
        self._encoder = encoder
        self._gate = gate
        self._reloading = asyncio.Lock()

    @classmethod
    async def open(cls, folder: Path, encoder: Encodes, gate: Gate, articles: Path = ARTICLES) -> "Knowledge":
        """The knowledge of the articles as they are. Its index lies below `folder` and is built when it is missing.

        Raises `BuildError` when it cannot be built, `ValueError` when the gate does not fit.
        """
        return cls(await load_snapshot(folder, articles, encoder), folder, articles, encoder, gate)

    @property
    def version(self) -> str:
        """Fingerprint of the index that answers now."""
        return self._snapshot.index.version

    async def count(self) -> Counts:
        """How many articles and passages stand."""
        return await self._snapshot.index.count()

    async def reload(self) -> Counts:
        """Takes the articles as they are now; answers come from the old state until the new one stands.

        Raises `BuildError` and keeps the old state when the build fails.
        """
        async with self._reloading:
            if await asyncio.to_thread(fingerprint, self._articles, self._encoder.version) != self.version:
                self._snapshot = await load_snapshot(self._folder, self._articles, self._encoder)
        return await self.count()

    async def answer(
        self, question: str, language: Language, today: date, audience: str | None = None
    ) -> Answer | None:
        """The grounded answer in that language, or None when no article that is current on `today` supports one."""
        started = time.perf_counter()
        now = self._snapshot  # the same state to the end, also when a reload comes between
        asked = prepare(question, self._encoder, now)
        found = self._gate.best(await find_candidates(asked, now, today, audience)) if asked.words else None
        if found is None:
            return None
        candidate, score = found
        article = candidate.article
        details = await choose_details(asked, article, language, now, today)
        answer = compose(article, language, details, score, now.index.version)
        return replace(answer, milliseconds=round((time.perf_counter() - started) * 1000, 1))
