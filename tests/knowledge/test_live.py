"""What is saved while the assistant runs: taken in place, never mixed, and never in the way of what is sound."""

import asyncio
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from encoder import Encoder
from knowledge.answers import Answer
from knowledge.base import Knowledge
from knowledge.build import build
from knowledge.chunks import Passage
from knowledge.edge import EdgeIndex
from knowledge.gate import Gate
from knowledge.index import Counts, Hits, Index, KnowledgeUnavailable, Scope, Vectors
from knowledge.scan import Seen
from knowledge.watch import Watcher
from saathi.store import StoreUnavailable
from tests.knowledge.conftest import ARTICLES, TODAY

ASKED = "How long is the grace period?"


class CountingEncoder:
    """The real encoder; counts the texts that it is given by themselves or in batches."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.version = encoder.version
        self.texts: list[str] = []

    def encode(self, texts: list[str]) -> Vectors:
        self.texts += texts
        return self._encoder.encode(texts)


class UnsteadyIndex:
    """An index behind a line that takes its time, and breaks when it is told to."""

    def __init__(self, inner: Index) -> None:
        self._inner = inner
        self.breaks = False

    @property
    def version(self) -> str:
        return self._inner.version

    async def search(self, vector: Vectors, words: str, scope: Scope, limit: int) -> Hits:
        await asyncio.sleep(0.002)
        return await self._inner.search(vector, words, scope, limit)

    async def upsert(self, passages: Sequence[Passage], vectors: Vectors, words: Sequence[str]) -> None:
        await asyncio.sleep(0.01)
        if self.breaks:
            raise KnowledgeUnavailable("the line is cut")
        await self._inner.upsert(passages, vectors, words)

    async def remove(self, slug: str) -> None:
        await asyncio.sleep(0.01)
        await self._inner.remove(slug)

    async def count(self) -> Counts:
        return await self._inner.count()


class Folder:
    """A folder of articles that a test may write to, and the knowledge of it."""

    def __init__(self, place: Path, encoder: Encoder, built: Path) -> None:
        self._built = built
        self.articles = place / "articles"
        self.index = place / "index"
        shutil.copytree(ARTICLES, self.articles)
        self.encoder = CountingEncoder(encoder)
        self.grace = self.articles / "life-insurance" / "grace-days.md"
        self.loan = self.articles / "loans" / "share-loan.md"

    async def open(self) -> Knowledge:
        """The index is there, as after a start before."""
        if not self.index.exists():
            shutil.copytree(self._built, self.index)
        return await Knowledge.open(self.index, self.encoder, Gate.load(), self.articles)


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


async def told(knowledge: Knowledge, question: str = ASKED) -> str:
    """All that the answer says, empty when there is none."""
    answer = await knowledge.answer(question, "en", TODAY)
    if not isinstance(answer, Answer):
        return ""
    return " ".join([answer.definition, answer.point or "", *answer.details])


async def until(is_so: Callable[[], bool], within_s: float) -> None:
    for _ in range(int(within_s / 0.05)):
        if is_so():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"it did not come true within {within_s} s")


def make_snapshot_unsteady(knowledge: Knowledge) -> UnsteadyIndex:
    state = knowledge._state
    assert state is not None
    index = UnsteadyIndex(state.snapshot.index)
    knowledge._state = replace(state, snapshot=replace(state.snapshot, index=index))
    return index


@pytest.fixture
def folder(tmp_path: Path, encoder: Encoder, small_index: Path) -> Folder:
    return Folder(tmp_path, encoder, small_index)


async def test_saved_article_is_answered_from_and_only_its_new_texts_are_encoded(folder: Folder) -> None:
    knowledge = await folder.open()
    first, counts = knowledge.version, await knowledge.count()
    edit(folder.grace, "15 days for a monthly", "17 days for a monthly")
    folder.encoder.texts.clear()
    seen = await knowledge.refresh()
    assert seen.errors == ()
    assert 1 <= len(folder.encoder.texts) <= 2  # the paragraph and its sentence
    assert "17 days" in await told(knowledge)
    assert knowledge.version != first
    assert await knowledge.count() == counts


async def test_unchanged_articles_change_nothing(folder: Folder) -> None:
    knowledge = await folder.open()
    first = knowledge.version
    folder.grace.touch()
    await knowledge.refresh()
    assert (knowledge.version, knowledge.is_changed) == (first, False)


async def test_new_article_is_found_and_a_deleted_one_goes(folder: Folder) -> None:
    knowledge = await folder.open()
    text = folder.grace.read_text(encoding="utf-8")
    new = folder.grace.with_name("zorbing-cover.md")
    new.write_text(text.replace("grace period", "zorbing cover").replace("Grace period", "Zorbing cover"), "utf-8")
    folder.loan.unlink()
    await knowledge.refresh()
    answer = await knowledge.answer("What is the zorbing cover?", "en", TODAY)
    assert isinstance(answer, Answer)
    assert answer.articles == ("zorbing-cover",)
    assert await told(knowledge, "How much money can be borrowed against shares?") == ""
    assert (await knowledge.count()).articles == 3


async def test_broken_article_keeps_its_last_sound_text_and_stops_only_itself(folder: Folder) -> None:
    knowledge = await folder.open()
    await knowledge.refresh()
    edit(folder.grace, "15 days for a monthly", "17 days for a monthly")
    edit(folder.grace, "audience: [partner, caller]", "audience: [everybody]")
    edit(folder.loan, "up to 50%", "up to 47%")
    seen = await knowledge.refresh()
    (error,) = seen.errors
    assert (error.path, error.line) == (folder.grace, 8)
    assert "write a list" in error.message
    assert seen.held == {"grace-days"}
    assert "15 days" in await told(knowledge)
    assert "47%" in await told(knowledge, "How much money can be borrowed against shares?")
    edit(folder.grace, "audience: [everybody]", "audience: [partner]")
    assert (await knowledge.refresh()).errors == ()
    assert "17 days" in await told(knowledge)


async def test_broken_article_outlives_a_rebuild_by_its_last_sound_text(folder: Folder) -> None:
    knowledge = await folder.open()
    await knowledge.refresh()
    edit(folder.grace, "audience: [partner, caller]", "audience: [everybody]")
    assert (await knowledge.reload()).articles == 3
    assert "15 days" in await told(knowledge)


async def test_change_that_was_undone_before_a_restart_leaves_no_trace(folder: Folder) -> None:
    knowledge = await folder.open()
    version = knowledge.version
    edit(folder.grace, "15 days for a monthly", "17 days for a monthly")
    await knowledge.refresh()
    edit(folder.grace, "17 days for a monthly", "15 days for a monthly")
    folder.encoder.texts.clear()
    again = await folder.open()
    assert again.version == version
    assert folder.encoder.texts == []
    assert "15 days" in await told(again)


async def test_reload_makes_a_changed_index_whole(folder: Folder) -> None:
    knowledge = await folder.open()
    edit(folder.grace, "15 days for a monthly", "17 days for a monthly")
    await knowledge.refresh()
    assert knowledge.is_changed
    await knowledge.reload()
    assert not knowledge.is_changed
    assert "17 days" in await told(knowledge)
    assert [place.name for place in folder.index.iterdir() if place.is_dir()] == [knowledge.version]


async def test_many_changed_articles_are_one_rebuild(folder: Folder) -> None:
    knowledge = await folder.open()
    text = folder.grace.read_text(encoding="utf-8")
    for number in range(12):
        folder.grace.with_name(f"grace-days-{number}.md").write_text(text, encoding="utf-8")
    await knowledge.refresh()
    assert (await knowledge.count()).articles == 15
    assert not knowledge.is_changed


async def test_no_answer_mixes_two_states(folder: Folder) -> None:
    knowledge = await folder.open()
    make_snapshot_unsteady(knowledge)
    stop = asyncio.Event()
    seen: set[tuple[bool, bool]] = set()

    async def ask() -> None:
        while not stop.is_set():
            text = await told(knowledge)
            seen.add(("pay its premium" in text, "17 days" in text))
            await asyncio.sleep(0)

    asking = [asyncio.create_task(ask()) for _ in range(4)]
    for _ in range(6):
        edit(folder.grace, "a premium can still be paid", "one can still pay its premium")
        edit(folder.grace, "15 days for a monthly", "17 days for a monthly")
        await knowledge.refresh()
        edit(folder.grace, "one can still pay its premium", "a premium can still be paid")
        edit(folder.grace, "17 days for a monthly", "15 days for a monthly")
        await knowledge.refresh()
    stop.set()
    await asyncio.gather(*asking)
    assert seen == {(False, False), (True, True)}


async def test_index_that_breaks_in_the_middle_of_a_change_answers_nobody_and_comes_back(folder: Folder) -> None:
    knowledge = await folder.open()
    index = make_snapshot_unsteady(knowledge)
    edit(folder.grace, "15 days for a monthly", "17 days for a monthly")
    index.breaks = True
    with pytest.raises(KnowledgeUnavailable, match="line is cut"):
        await knowledge.refresh()
    with pytest.raises(KnowledgeUnavailable, match="line is cut"):
        await told(knowledge)
    await until(lambda: bool(knowledge.version), 30)
    assert "17 days" in await told(knowledge)
    await knowledge.close()


class AwayServer:
    """Stands in the place of a Qdrant server: away at first, then it has the index of the articles."""

    url, api_key = "http://127.0.0.1:9", ""

    def __init__(self, place: Path) -> None:
        self._place = place
        self.is_away = True

    async def find(self, version: str, *_: Any) -> Index:
        if self.is_away:
            raise KnowledgeUnavailable("the server is away")
        return EdgeIndex.load(self._place)


async def test_knowledge_opens_without_its_server_and_goes_on_trying(folder: Folder, tmp_path: Path) -> None:
    place, _ = await build(tmp_path / "elsewhere", folder.encoder, folder.articles)
    server: Any = AwayServer(place)
    folder.index.mkdir()
    knowledge = await Knowledge.open(folder.index, folder.encoder, Gate.load(), folder.articles, server=server)
    for asked in (told(knowledge), knowledge.count(), knowledge.refresh()):
        with pytest.raises(KnowledgeUnavailable, match="the server is away"):
            await asked
    assert knowledge.version == ""
    server.is_away = False
    await until(lambda: bool(knowledge.version), 10)
    assert "15 days" in await told(knowledge)
    await knowledge.close()


class Listener:
    """Keeps what it is told; fails the first time."""

    def __init__(self) -> None:
        self.versions: list[str] = []
        self.faults = 1

    async def tell(self, _seen: Seen, version: str) -> None:
        if self.faults:
            self.faults -= 1
            raise StoreUnavailable("the store is away")
        self.versions.append(version)


async def test_watcher_takes_what_is_saved_and_tells_it_once(folder: Folder) -> None:
    knowledge = await folder.open()
    listener = Listener()
    watcher = Watcher(knowledge, (folder.articles,), listener.tell, lambda: TODAY)
    await watcher.look()
    assert listener.versions == []  # it could not be told, so it is told at the next look
    await watcher.look()
    await watcher.look()
    first = knowledge.version
    async with watcher.at_work():
        await asyncio.sleep(0.5)
        edit(folder.grace, "15 days for a monthly", "17 days for a monthly")
        await until(lambda: len(listener.versions) == 2, 5)
        assert "17 days" in await told(knowledge)
    assert listener.versions == [first, knowledge.version]


async def test_watcher_makes_the_index_whole_when_it_is_quiet(folder: Folder) -> None:
    knowledge = await folder.open()
    listener = Listener()
    watcher = Watcher(knowledge, (folder.articles,), listener.tell, lambda: TODAY, quiet_s=0.0)
    listener.faults = 0
    edit(folder.grace, "15 days for a monthly", "17 days for a monthly")
    await watcher.look()
    await watcher.look()
    assert not knowledge.is_changed
    assert "17 days" in await told(knowledge)


async def test_faults_and_expired_facts_are_logged_once_with_the_remedy(
    folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    knowledge = await folder.open()
    listener = Listener()
    listener.faults = 0
    days = iter([date(2026, 11, 20)] * 3 + [date(2026, 11, 21)])
    watcher = Watcher(knowledge, (folder.articles,), listener.tell, lambda: next(days))
    for _ in range(2):
        await watcher.look()
    edit(folder.grace, "valid_from: 2024-01-01", "valid_from: soon")
    for _ in range(2):
        await watcher.look()
    printed = capsys.readouterr().out
    assert printed.count("article_broken") == 1
    assert "grace-days.md" in printed
    assert printed.count("articles_expired") == 2  # once a day
    assert "festival-deposit" in printed
