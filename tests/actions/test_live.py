"""An article that is saved while the real action server runs and is busy is live within five seconds."""

import asyncio
import os
import shutil
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import unused_port

from saathi import conversations, knowledge_changes
from saathi.settings import ROOT
from saathi.store import Database
from tests.actions.conftest import ARTICLES, HEADERS, SECRET, make_call
from tests.support.waiting import measure_slowness

LIVE_WITHIN_S = 5.0


class Server:
    """The action server's process, and a way to ask it."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url
        self._asked = 0
        self.conversation = "c1"

    async def health(self) -> dict[str, Any] | None:
        try:
            async with self._session.get(f"{self._url}/health") as response:
                body: dict[str, Any] = await response.json()
                return body
        except aiohttp.ClientError:
            return None

    async def ask(self, question: str) -> str:
        """All that the answer says."""
        self._asked += 1
        call = make_call("action_answer_question", self.conversation, f"m{self._asked}", text=question)
        async with self._session.post(f"{self._url}/webhook", json=call, headers=HEADERS) as response:
            return await response.text()

    async def until_it_says(self, question: str, words: str, *, no_more: bool = False) -> float:
        """Seconds until the answer holds the words, or holds them no more."""
        started = time.monotonic()
        while (words in await self.ask(question)) is no_more:
            assert time.monotonic() - started < 60.0, f"{words!r} was not live in time"
            await asyncio.sleep(0.1)
        return time.monotonic() - started


@asynccontextmanager
async def run_server(place: Path, articles: Path, qdrant_url: str = "") -> AsyncIterator[Server]:
    port = unused_port()
    env = {**os.environ, "ACTIONS_SECRET": SECRET, "DATA_DIR": str(place), "DATABASE_URL": "", "QDRANT_URL": qdrant_url}
    command = (sys.executable, "-m", "actions.server", "--port", str(port), "--articles", str(articles))
    with (place / "server.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=env, stdout=log, stderr=log)
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
            server = Server(session, f"http://127.0.0.1:{port}")
            for _ in range(900):
                if await server.health() is not None:
                    break
                assert process.returncode is None, (place / "server.log").read_text(encoding="utf-8")
                await asyncio.sleep(0.1)
            yield server
    finally:
        if process.returncode is None:
            process.terminate()
        assert await asyncio.wait_for(process.wait(), 10) == 0


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    shutil.copytree(ARTICLES, tmp_path / "articles")
    return tmp_path / "articles"


async def test_saved_article_is_live_within_five_seconds_under_load(
    tmp_path: Path, articles: Path, database: Database
) -> None:
    # `database` has made its tables in saathi.db, where the server looks too
    question, slowness = "What is the zorbing cover?", measure_slowness()
    new = articles / "life-insurance" / "zorbing-cover.md"
    text = (articles / "life-insurance" / "grace-days.md").read_text(encoding="utf-8")
    async with run_server(tmp_path, articles) as server:
        server.conversation = await database.write(lambda c: conversations.find_chat(c, "P1001", time.time()))
        stop = asyncio.Event()

        async def load() -> None:
            while not stop.is_set():
                await server.ask("How long is the grace period, and what comes after it?")
                await asyncio.sleep(0.03)

        busy = [asyncio.create_task(load()) for _ in range(3)]
        await asyncio.sleep(1.0)
        new.write_text(text.replace("grace period", "zorbing cover").replace("Grace period", "Zorbing cover"), "utf-8")
        added = await server.until_it_says(question, "15 days for a monthly")
        new.write_text(new.read_text(encoding="utf-8").replace("15 days for", "16 days for"), encoding="utf-8")
        changed = await server.until_it_says(question, "16 days for a monthly")
        temporary = new.with_suffix(".tmp")  # as many editors save: a new file is moved over the old one
        temporary.write_text(new.read_text(encoding="utf-8").replace("16 days for", "18 days for"), encoding="utf-8")
        temporary.replace(new)
        replaced = await server.until_it_says(question, "18 days for a monthly")
        new.unlink()
        gone = await server.until_it_says(question, "18 days for a monthly", no_more=True)
        stop.set()
        await asyncio.gather(*busy)
        sys.stdout.write(
            f"added {added:.1f} s, changed {changed:.1f}, replaced {replaced:.1f}, gone {gone:.1f}; x{slowness:.1f}\n"
        )
        assert max(added, changed, replaced, gone) < LIVE_WITHIN_S * slowness
        await asyncio.sleep(0.5)
        found = await database.read(lambda c: knowledge_changes.find_latest(c, 10))
    events = [(change.event, change.slug) for change in reversed(found)]
    assert events[0] == ("article.added", "zorbing-cover")
    assert events[-1] == ("article.removed", "zorbing-cover")
    assert {event for event, _ in events} == {"article.added", "article.changed", "article.removed"}


async def test_server_without_its_index_says_so_and_stays_up(tmp_path: Path, articles: Path) -> None:
    async with run_server(tmp_path, articles, qdrant_url=f"http://127.0.0.1:{unused_port()}") as server:
        health = await server.health()
    assert health is not None
    assert health["status"] == "degraded"
    assert "cannot be reached" in health["knowledge"]["fault"]
