"""A running action server with its real parts: the knowledge of the tests' articles, SQLite, rasa-sdk's executor."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from rasa_sdk.executor import ActionExecutor
from sqlalchemy import select

from actions import server
from actions.escalation import StoreEscalation
from actions.server import list_actions
from actions.webhook import Webhook
from encoder import Encoder
from knowledge.base import Knowledge
from knowledge.gate import Gate
from saathi import conversations, inbox
from saathi.messages import Incoming
from saathi.periods import PeriodReader
from saathi.store import Database, open_database
from saathi.store.tables import inbox as inbox_rows
from tests.support.files import read_once

ARTICLES = Path(__file__).parents[1] / "knowledge" / "articles"
SECRET = "s" * 40
HEADERS = {"X-Saathi-Secret": SECRET}
ADDRESS = "https://saathi.example"
TODAY = date(2026, 11, 20)


@pytest.fixture(scope="session", autouse=True)
def _files_are_read_once() -> Iterator[None]:
    """Every set of actions reads sentences, products and rules: half a second of work."""
    with read_once() as patch:
        patch.setattr(server, "PeriodReader", cache(PeriodReader))
        yield


@pytest.fixture(scope="session")
def knowledge(small_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    folder = shutil.copytree(small_index, tmp_path_factory.mktemp("knowledge") / "index")
    return asyncio.run(Knowledge.open(folder, Encoder.load(), Gate.load(), ARTICLES))


@pytest.fixture
async def database(new_database_with_tables: Callable[[str], str]) -> AsyncIterator[Database]:
    opened = open_database(new_database_with_tables("sqlite"))
    yield opened
    await opened.close()


@dataclass(frozen=True)
class Talk:
    """One conversation with the action server, as Rasa leads it."""

    client: TestClient[Any, Any]
    database: Database
    conversation: str

    async def hear(self, key: str, text: str) -> str:
        """Stores a user's message and gives its id."""
        incoming = Incoming(self.conversation, "inapp", key, text, "en")
        await self.database.write(lambda c: inbox.store(c, incoming, time.time()))
        return str(await self.database.read(lambda c: c.scalar(select(inbox_rows.c.id).where(inbox_rows.c.key == key))))

    async def run(
        self, action: str, message: str, text: str = "hello", language: str = "en", failed_attempts: int = 0
    ) -> dict[str, Any]:
        """Calls an action; the body of a 200."""
        call = make_call(action, self.conversation, message, text, language, failed_attempts)
        async with self.client.post("/webhook", json=call, headers=HEADERS) as response:
            assert response.status == 200, await response.text()
            body: dict[str, Any] = await response.json()
            return body


def make_call(
    action: str,
    conversation: str = "c1",
    message: str = "m1",
    text: str = "hello",
    language: str = "en",
    failed_attempts: int = 0,
    intent: str = "ask_knowledge",
    sentiment: float | None = None,
) -> dict[str, Any]:
    """A call as Rasa 3.6.21 sends it with `enable_selective_domain`."""
    return {
        "next_action": action,
        "sender_id": conversation,
        "version": "3.6.21",
        "tracker": {
            "sender_id": conversation,
            "slots": {"language": language, "failed_attempts": failed_attempts, "session_started_metadata": None},
            "latest_message": {
                "text": text,
                "message_id": message,
                "metadata": {"turn": "t1", "channel": "inapp"},
                "intent": {"name": intent, "confidence": 0.9},
                "sentiment": sentiment,
                "entities": [],
            },
            "latest_event_time": 1.0,
            "paused": False,
            "events": [],
            "latest_input_channel": "inapp",
            "active_loop": {},
            "latest_action_name": "action_listen",
            "followup_action": None,
        },
    }


def mark(text: str, named: dict[str, str]) -> list[dict[str, Any]]:
    """Entities as Rasa finds them in a message: their kinds, and what of the text they are."""
    return [
        {"entity": kind, "value": said, "start": text.index(said), "end": text.index(said) + len(said)}
        for kind, said in named.items()
    ]


@pytest.fixture
def executor(knowledge: Knowledge, database: Database) -> ActionExecutor:
    executor = ActionExecutor()
    for action in list_actions(knowledge, database, StoreEscalation(database), lambda: TODAY, ADDRESS):
        executor.register_action(action)
    return executor


@pytest.fixture
async def client(executor: ActionExecutor, knowledge: Knowledge) -> AsyncIterator[TestClient[Any, Any]]:
    app = Webhook(executor, knowledge, SECRET, deadline=1.0).make_app()
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest.fixture
async def talk(client: TestClient[Any, Any], database: Database) -> Talk:
    conversation = await database.write(lambda c: conversations.find_chat(c, "P1001", time.time()))
    return Talk(client, database, conversation)
