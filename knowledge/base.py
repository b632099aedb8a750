"""The knowledge base in one process: it owns the index, answers from it, and keeps it to the articles as they are."""

import asyncio
import contextlib
import hashlib
import time
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from encoder.store import Encodes, VectorStore
from knowledge.answers import Answer, Refusal, compose, offer
from knowledge.articles import Article
from knowledge.articles.library import ARTICLES
from knowledge.build import fingerprint
from knowledge.chunks import Passage, cut
from knowledge.details import choose_details
from knowledge.gate import Gate, Judgement
from knowledge.index import Counts, KnowledgeUnavailable, Vectors
from knowledge.lexicon import LEXICON, Lexicon
from knowledge.loading import BuildError, load_snapshot
from knowledge.more import More, choose_more
from knowledge.outside import OUTSIDE
from knowledge.scan import Scanner, Seen
from knowledge.search import Question, find_candidates, prepare
from knowledge.snapshot import Snapshot
from knowledge.topics import TOPICS, TopicsFile
from knowledge.turns import Turns
from language import Language

if TYPE_CHECKING:
    from knowledge.server import QdrantServer

log = structlog.get_logger("knowledge")

_MOST_IN_PLACE = 10  # changed articles; more of them are a rebuild in a process of its own
_CHANGE_WITHIN_S = 1.0  # seconds in which an index takes a change, and an answer waits for it
_ENDS = 3  # days on which facts ran out that a refusal looks back to
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 15.0
_LIVE = "live-"  # begins the folder of an article's vectors, made between two builds; the next build finds them


@dataclass(frozen=True, slots=True)
class _State:
    """What questions are answered from. `version` names the index as it was built, or as it was changed in place."""

    snapshot: Snapshot
    version: str
    words: str  # a digest of the files beside the articles
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which articles may answer: ones current on the day and for the audience. Those of `topic` are preferred."""

    today: date
    audience: str | None
    topic: frozenset[str]


class Knowledge:
    """Answers questions from the articles. Make one with `Knowledge.open`, and close it at the end.

    A question takes a few milliseconds of one core (docs/architecture.md has the figures), so it runs on the loop.
    """

    def __init__(
        self,
        folder: Path,
        encoder: Encodes,
        gate: Gate,
        articles: Path = ARTICLES,
        imported: Path | None = None,
        server: "QdrantServer | None" = None,
        topics: Path = TOPICS,
    ) -> None:
        self._folder = folder
        self._articles = articles
        self._encoder = encoder
        self._gate = gate
        self._server = server
        folders = (articles, *([imported] if imported else []))
        self._scanner = Scanner(*folders)
        self._topics = TopicsFile(topics, folders)
        self._state: _State | None = None
        self._fault = "the knowledge is not loaded yet"
        self._turns = Turns()
        self._changing = asyncio.Lock()
        self._opening: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls,
        folder: Path,
        encoder: Encodes,
        gate: Gate,
        articles: Path = ARTICLES,
        imported: Path | None = None,
        server: "QdrantServer | None" = None,
        topics: Path = TOPICS,
    ) -> "Knowledge":
        """The knowledge of the articles as they are. Its index lies below `folder` and is built when it is missing.

        Opens also when the index's server is away: then answers raise `KnowledgeUnavailable`, and it goes on trying.
        Raises `BuildError` when the index cannot be built, `ValueError` when the gate does not fit, `FileFault` when
        the topics cannot be read.
        """
        knowledge = cls(folder, encoder, gate, articles, imported, server, topics)
        await asyncio.to_thread(knowledge._topics.refresh)
        try:
            await knowledge._load()
        except KnowledgeUnavailable as error:
            knowledge._lose(error)
        return knowledge

    async def close(self) -> None:
        """Ends what goes on in the background."""
        if self._opening is not None:
            self._opening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._opening

    @property
    def version(self) -> str:
        """Fingerprint of the knowledge that answers now; empty while none does."""
        return self._state.version if self._state else ""

    @property
    def is_changed(self) -> bool:
        """Whether articles were replaced in place since the index was built: the next start would build anew."""
        return self._state is not None and self._state.is_changed

    @property
    def articles(self) -> dict[str, Article]:
        """The articles that stand, by slug; empty while none do."""
        return self._state.snapshot.articles if self._state else {}

    def topic_of(self, intent: str | None) -> frozenset[str]:
        """Slugs of the articles that an intent is about (data/knowledge/topics.yml); empty without a topic."""
        return self._topics.current.of(intent)

    def topic_around(self, slug: str) -> frozenset[str]:
        """Slugs of the articles that share a topic with this one; empty for an article of no topic."""
        return self._topics.current.around(slug)

    async def count(self) -> Counts:
        """How many articles and passages stand. Raises `KnowledgeUnavailable`."""
        return await self._stands().snapshot.index.count()

    async def answer(
        self,
        question: str,
        language: Language,
        today: date,
        audience: str | None = None,
        topic: frozenset[str] = frozenset(),
    ) -> Answer | Refusal:
        """The grounded answer in that language; a refusal when no article that is current on `today` supports one.
        Articles of `topic` (slugs) are preferred; another one that fits clearly better answers all the same.

        Raises `KnowledgeUnavailable` within three seconds when the index cannot be had.
        """
        started = time.perf_counter()
        try:
            async with self._turns.reading(_CHANGE_WITHIN_S):
                answer = await self._answer(self._stands(), question, language, _Wanted(today, audience, topic))
        except TimeoutError as error:
            raise KnowledgeUnavailable("a change of the index takes too long") from error
        if isinstance(answer, Refusal):
            return answer
        return replace(answer, milliseconds=round((time.perf_counter() - started) * 1000, 1))

    async def tell_more(self, slug: str, question: str, shown: frozenset[str], today: date) -> More | None:
        """What the article says on the question beyond the texts `shown`; None when the article is gone.

        Raises `KnowledgeUnavailable` as `answer` does.
        """
        try:
            async with self._turns.reading(_CHANGE_WITHIN_S):
                now = self._stands().snapshot
                article = now.articles.get(slug)
                if article is None or not article.is_current(today):
                    return None
                return await choose_more(prepare(question, self._encoder, now), article, shown, now, today)
        except TimeoutError as error:
            raise KnowledgeUnavailable("a change of the index takes too long") from error

    async def refresh(self) -> Seen:
        """Takes the articles as they are now: a few that changed in place, many by building the index anew.

        Answers come from the old state until the new one stands. A file that got broken keeps its last sound text
        until it is mended, goes, or the process ends. Raises `BuildError` and keeps the old state when a build fails,
        `KnowledgeUnavailable` when the index is away, `FileFault` and keeps the old topics when theirs are broken.
        """
        async with self._changing:
            seen = await asyncio.to_thread(self._scanner.scan)
            await self._take(seen)
            await asyncio.to_thread(self._topics.refresh)
        return seen

    async def reload(self) -> Counts:
        """Takes the articles as they are now, with an index that is whole, so that the next start finds it made.

        Raises as `refresh` does, but for the topics, which stand in no index.
        """
        async with self._changing:
            version = await asyncio.to_thread(fingerprint, self._articles, self._encoder.version)
            if self.is_changed or version != self.version:
                await self._load()
            seen = await asyncio.to_thread(self._scanner.scan)
            await self._take(seen)
        return await self.count()

    async def _answer(self, state: _State, question: str, language: Language, wanted: _Wanted) -> Answer | Refusal:
        now = state.snapshot  # the same state to the end, also when a reload comes between
        asked = prepare(question, self._encoder, now)
        if not asked.words:
            return Refusal()
        judged = await self._judge(asked, now, wanted)
        if judged.best is None:
            nearest = tuple(offer(candidate.article, language) for candidate in judged.near)
            return Refusal(nearest, await self._find_stale(asked, now, wanted))
        article = judged.best.article
        details = await choose_details(asked, article, language, now, wanted.today)
        following = _following(article, now, wanted.today)
        return compose(article, language, details, judged.probability, state.version, following)

    async def _judge(self, asked: Question, now: Snapshot, wanted: _Wanted) -> Judgement:
        candidates = await find_candidates(asked, now, wanted.today, wanted.audience, wanted.topic)
        return self._gate.judge(asked, candidates, wanted.topic)

    async def _find_stale(self, asked: Question, now: Snapshot, wanted: _Wanted) -> Article | None:
        """The article that would have answered on one of the last days on which facts ran out."""
        today = wanted.today
        ends = {a.valid_until for a in now.articles.values() if a.valid_until is not None and a.valid_until < today}
        for day in sorted(ends, reverse=True)[:_ENDS]:
            found = (await self._judge(asked, now, replace(wanted, today=day))).best
            if found is not None and not found.article.is_current(today):
                log.warning("stale_article_asked", slug=found.article.slug, valid_until=str(day))
                return found.article
        return None

    def _stands(self) -> _State:
        if self._state is None:
            raise KnowledgeUnavailable(self._fault)
        return self._state

    async def _load(self) -> None:
        words = await asyncio.to_thread(_digest_words)
        snapshot = await load_snapshot(self._folder, self._articles, self._encoder, self._server, self._gate.fusion)
        self._state = _State(snapshot, snapshot.index.version, words)

    def _lose(self, error: Exception) -> None:
        """No answers from here on, until the index is there again."""
        self._state, self._fault = None, str(error)
        log.error("knowledge_unavailable", reason=str(error))
        if self._opening is None or self._opening.done():
            self._opening = asyncio.create_task(self._go_on_trying())

    async def _go_on_trying(self) -> None:
        pause = _FIRST_PAUSE_S
        while self._state is None:
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)
            try:
                async with self._changing:
                    await self._load()
            except (KnowledgeUnavailable, BuildError, OSError) as error:
                self._fault = str(error)
                log.warning("knowledge_still_unavailable", reason=str(error), next_try_s=pause)
        log.info("knowledge_available", version=self.version)

    async def _take(self, seen: Seen) -> None:
        changed, gone = self._compare(seen)
        if len(changed) > _MOST_IN_PLACE or self._stands().words != await asyncio.to_thread(_digest_words):
            await self._load()
            changed, gone = self._compare(seen)
        if changed or gone:
            await self._replace(seen, changed, gone)

    def _compare(self, seen: Seen) -> tuple[list[str], list[str]]:
        """The articles that are new or different, and those that are gone."""
        before = self._stands().snapshot.articles
        changed = [slug for slug, article in seen.articles.items() if before.get(slug) != article]
        return changed, [slug for slug in before if slug not in seen.articles]

    async def _replace(self, seen: Seen, changed: list[str], gone: list[str]) -> None:
        """Replaces articles in place. All that takes long is done before; answers wait for the index alone."""
        started = time.perf_counter()
        state = self._stands()
        index, lexicon = state.snapshot.index, state.snapshot.lexicon
        kept = await asyncio.to_thread(VectorStore.load, self._encoder, self._folder)
        parts = [await asyncio.to_thread(self._prepare, seen.articles[slug], lexicon, kept) for slug in changed]
        snapshot = await asyncio.to_thread(state.snapshot.with_articles, seen.articles)
        is_torn = False
        try:
            async with asyncio.timeout(_CHANGE_WITHIN_S), self._turns.changing():
                is_torn = True
                for slug in (*gone, *changed):
                    await index.remove(slug)
                for part in parts:
                    await index.upsert(*part)
                self._state = replace(state, snapshot=snapshot, version=_name(index.version, seen), is_changed=True)
        except Exception as error:
            if is_torn:  # the index may hold half of the change, which must answer nobody
                self._lose(error)
            raise KnowledgeUnavailable(f"the index did not take a change ({error!r})") from error
        seconds = round(time.perf_counter() - started, 2)
        log.info("articles_replaced", changed=changed, gone=gone, version=self.version, seconds=seconds)

    def _prepare(
        self, article: Article, lexicon: Lexicon, kept: VectorStore
    ) -> tuple[list[Passage], Vectors, list[str]]:
        """The article's passages, their vectors and their words. Only texts that nobody encoded before are encoded."""
        passages = cut(article)
        texts = [passage.searchable for passage in passages]
        rows = kept.encode([lexicon.gloss(text) for text in texts])
        place = self._folder / f"{_LIVE}{article.slug}"
        place.mkdir(parents=True, exist_ok=True)
        kept.save(place)
        return passages, rows, [" ".join(lexicon.content(text)) for text in texts]


def _digest_words() -> str:
    return hashlib.sha256(LEXICON.read_bytes() + OUTSIDE.read_bytes()).hexdigest()


def _name(version: str, seen: Seen) -> str:
    """The version of an index that was changed in place: sixteen hexadecimal digits, of what stands now."""
    standing = "\n".join(f"{slug} {digest}" for slug, digest in sorted(seen.digests.items()))
    return hashlib.sha256(f"{version}\n{standing}".encode()).hexdigest()[:16]


def _following(article: Article, now: Snapshot, today: date) -> Article | None:
    """The article that this one points on to, when it stands and is current."""
    url = article.link.url if article.link else ""
    found = now.articles.get(url.removeprefix("/articles/"))
    return found if found is not None and found.is_current(today) else None
