"""Watches the folders of articles while the assistant runs: what is saved is live a moment later."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from pathlib import Path

import structlog
from watchfiles import Change, awatch

from knowledge.base import Knowledge
from knowledge.index import KnowledgeUnavailable
from knowledge.lexicon import LEXICON
from knowledge.loading import BuildError
from knowledge.outside import OUTSIDE
from knowledge.scan import Seen
from knowledge.topics import TOPICS
from saathi.located import FileFault
from saathi.store import StoreUnavailable

log = structlog.get_logger("knowledge")

_LOOK_EVERY_MS = 5000  # also without an event: a file system that sends none, a change that failed before
_DEBOUNCE_MS = 300  # an editor writes a file in several steps
_POLL_EVERY_S = 2.0
_QUIET_S = 60.0  # after this long without a change the index is made whole again

Tell = Callable[[Seen, str], Awaitable[None]]


class Watcher:
    """Keeps the knowledge to its articles. `tell` is given every new state and its version, again until it takes it."""

    def __init__(
        self,
        knowledge: Knowledge,
        folders: tuple[Path, ...],
        tell: Tell,
        today: Callable[[], date],
        quiet_s: float = _QUIET_S,
    ) -> None:
        self._knowledge = knowledge
        self._folders = folders
        self._tell = tell
        self._today = today
        self._quiet_s = quiet_s
        self._told = ""
        self._faults: frozenset[str] = frozenset()
        self._looked_for_expired: date | None = None
        self._changed_at = time.monotonic()

    @contextlib.asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Watches, for the length of the block."""
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching

    async def _watch(self) -> None:
        await self.look()
        while True:
            try:
                await self._follow()
            except (OSError, RuntimeError) as error:  # a folder is gone, or the system has no watches left
                log.warning("articles_not_watched", reason=str(error), looked_at_every_s=_POLL_EVERY_S)
            await asyncio.sleep(_POLL_EVERY_S)
            await self.look()

    async def _follow(self) -> None:
        changes = awatch(
            *(folder for folder in self._folders if folder.is_dir()),
            LEXICON.parent,
            watch_filter=_is_of_interest,
            debounce=_DEBOUNCE_MS,
            step=50,
            rust_timeout=_LOOK_EVERY_MS,
            yield_on_timeout=True,
        )
        async for _ in changes:
            await self.look()

    async def look(self) -> None:
        """Takes what changed, and does what is due; a fault is logged, and tried again at the next look."""
        try:
            before = self._knowledge.version
            seen = await self._knowledge.refresh()
            if self._knowledge.version != before:
                self._changed_at = time.monotonic()
            self._report(seen)
            await self._tell_once(seen)
            await self._settle(seen)
        except (KnowledgeUnavailable, BuildError, FileFault, StoreUnavailable, OSError) as error:
            log.warning("articles_not_taken", reason=str(error))
        except Exception:  # a defect here must not end the watching for ever
            log.exception("watching_broke")

    async def _tell_once(self, seen: Seen) -> None:
        version = self._knowledge.version
        if version != self._told:
            await self._tell(seen, version)
            self._told = version

    async def _settle(self, seen: Seen) -> None:
        """Makes an index that was changed in place whole again, when nobody has saved anything for a while."""
        if self._knowledge.is_changed and not seen.held and time.monotonic() - self._changed_at > self._quiet_s:
            await self._knowledge.reload()

    def _report(self, seen: Seen) -> None:
        """Logs each fault once, and once a day what is no longer current."""
        faults = {str(error): error for error in seen.errors}
        for text in faults.keys() - self._faults:
            error = faults[text]
            keeps = error.path.stem in seen.held
            log.error("article_broken", file=str(error.path), line=error.line, remedy=error.message, old_answers=keeps)
        if self._faults and not faults:
            log.info("articles_mended")
        self._faults = frozenset(faults)
        today = self._today()
        if today != self._looked_for_expired:
            self._looked_for_expired = today
            ends = {slug: article.valid_until for slug, article in seen.articles.items()}
            expired = sorted(slug for slug, end in ends.items() if end is not None and end < today)
            if expired:
                log.warning("articles_expired", articles=expired, remedy="make check-knowledge")


def _is_of_interest(_change: Change, path: str) -> bool:
    return path.endswith(".md") or path in {str(LEXICON), str(OUTSIDE), str(TOPICS)}
