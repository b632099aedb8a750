"""SIGKILL one process in the middle of 100 turns: what was acknowledged is answered exactly once."""

import asyncio
import sqlite3
from collections import Counter
from contextlib import closing

import pytest

from tests.support.assistant import Assistant
from tests.support.chat import Chat, open_chat

PARTNERS, EACH = 20, 5
SAID = ("hello", "What is a ULIP?", "qzx vbnm trw", "thanks", "free look kitne din ka hota hai")


class Partner:
    """Sends each message until it is acknowledged, over as many sockets as it takes; keeps the replies by number."""

    def __init__(self, address: str, name: str) -> None:
        self.address = address
        self.name = name
        self.unacknowledged = {f"m{number}": SAID[number % len(SAID)] for number in range(EACH)}
        self.replies: dict[int, str] = {}
        self.repeated: list[int] = []

    @property
    def is_done(self) -> bool:
        return not self.unacknowledged and set(self.replies.values()) >= {f"m{n}" for n in range(EACH)}

    async def converse(self) -> None:
        while not self.is_done:
            try:
                async with open_chat(self.address, self.name) as chat:
                    await self._use(chat)
            except (OSError, TimeoutError, KeyError, ValueError):
                await asyncio.sleep(0.3)
            except Exception as error:  # a gateway that dies closes in many ways
                if "aiohttp" not in type(error).__module__:
                    raise
                await asyncio.sleep(0.3)

    async def _use(self, chat: Chat) -> None:
        await chat.send("resume", after=max(self.replies, default=0))
        for id_, text in list(self.unacknowledged.items()):
            await chat.say(text, id_)
        while not self.is_done:
            frame = await chat.next("ack", "message", "error", within_s=20)
            if frame["type"] == "ack":
                self.unacknowledged.pop(frame["id"], None)
            elif frame["type"] == "message":
                if frame["seq"] in self.replies:
                    self.repeated.append(frame["seq"])
                self.replies[frame["seq"]] = frame["reply_to"]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("program", ["channels.gateway", "actions.server", "bot.server"])
async def test_killed_process_loses_and_repeats_nothing(assistant: Assistant, program: str) -> None:
    first = 1100 + 30 * ["channels.gateway", "actions.server", "bot.server"].index(program)
    partners = [Partner(assistant.address, f"P{first + number}") for number in range(PARTNERS)]
    talks = [asyncio.create_task(partner.converse()) for partner in partners]
    await asyncio.sleep(0.5)
    assistant.kill(program)
    assert sum(partner.is_done for partner in partners) < PARTNERS  # it died in the middle
    await asyncio.wait_for(asyncio.gather(*talks), 120)
    assert [partner.repeated for partner in partners] == [[]] * PARTNERS
    await asyncio.to_thread(assistant.wait, 60)
    await asyncio.sleep(1)
    for partner in partners:
        check_store(assistant, partner)


def check_store(assistant: Assistant, partner: Partner) -> None:
    with closing(sqlite3.connect(assistant.data_dir / "saathi.db")) as connection:
        conversation = connection.execute("SELECT id FROM conversations WHERE chat_of = ?", (partner.name,)).fetchone()[
            0
        ]
        messages = connection.execute("SELECT id, state FROM inbox WHERE conversation = ?", (conversation,)).fetchall()
        answers = connection.execute("SELECT message, part FROM outbox WHERE conversation = ?", (conversation,))
        assert [state for _, state in messages] == ["done"] * EACH
        parts = Counter(message for message, part in answers if part == 0)
        assert parts == Counter({message: 1 for message, _ in messages})
        outcomes = connection.execute(
            "SELECT count(*) FROM outcomes JOIN inbox ON inbox.id = outcomes.turn WHERE inbox.conversation = ?",
            (conversation,),
        ).fetchone()[0]
        assert outcomes == EACH
        counted = connection.execute(
            "SELECT count(*) FROM attempts WHERE conversation = ? AND cause = 'unclear'", (conversation,)
        ).fetchone()[0]
        assert counted <= 1  # one message of the five is unclear
