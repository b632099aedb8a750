"""The conversations of tests/conversations/*.yml, over the real channel, through all three processes.

One with `partner` is that partner's of tests/support/network.py, who has leads and payouts.
"""

import asyncio
import itertools
import time
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from aiohttp import ClientSession
from sqlalchemy import Connection

from channels.tokens import Tokens
from saathi.store import open_database
from tests.support.assistant import JWT_SECRET, ROOT, Assistant
from tests.support.chat import Chat, open_chat
from tests.support.network import fill, leave_chat

PARTNERS = itertools.count()  # each conversation has a partner of its own, unless it names one of the network


def read_conversations() -> list[Any]:
    return [
        pytest.param(conversation, id=f"{path.stem}: {conversation['name']}", marks=find_marks(conversation))
        for path in sorted((ROOT / "tests" / "conversations").glob("*.yml"))
        for conversation in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


def find_marks(conversation: dict[str, Any]) -> list[pytest.MarkDecorator]:
    """A conversation whose `fault` is known goes wrong as that says, and has to be told so when it goes right."""
    fault = conversation.get("fault")
    return [pytest.mark.xfail(reason=fault, strict=True)] if fault else []


async def read_turn(session: ClientSession, token: str) -> dict[str, Any]:
    """What the assistant did in the turn just taken."""
    async with session.get("/api/demo/last-turn", headers={"Authorization": f"Bearer {token}"}) as response:
        assert response.status == 200, await response.text()
        read: dict[str, Any] = await response.json()
        return read


async def say(chat: Chat, turn: dict[str, Any], number: int) -> None:
    """The user's part: words, or the choice with this title."""
    if "user" in turn:
        await chat.ask(turn["user"], f"m{number}")
        return
    while not (chosen := find_choices(chat, turn["choice"])):
        await chat.next("message")  # the second of two replies may be under way still
    await chat.choose(chosen[-1], f"m{number}")


def find_choices(chat: Chat, title: str) -> list[str]:
    """The choices with this title that were offered so far."""
    offered = [choice for frame in chat.frames for choice in frame.get("choices") or []]
    return [choice["id"] for choice in offered if choice["title"] == title]


def check(expected: dict[str, Any], done: dict[str, Any]) -> None:
    """What the conversation says of a turn, against what was done. Of several replies one has to fit."""
    for name in ("intent", "outcome", "language"):
        if name in expected:
            assert done[name] == expected[name], (expected, done)
    said = [reply["response"] for reply in done["replies"]]
    if "response" in expected:
        assert expected["response"] in said, (expected, done)
    if "citations" in expected:
        cited = {slug for reply in done["replies"] for slug in reply["citations"]}
        assert cited == set(expected["citations"]), (expected, done)
    for slot, value in expected.get("slots", {}).items():
        assert done["slots"].get(slot) == value, (expected, done["slots"])
    if "handoff" in expected:
        assert (done["outcome"] == "handed_over") is expected["handoff"], (expected, done)


async def write(assistant: Assistant, work: Callable[[Connection], None]) -> None:
    """Into the assistant's own database."""
    database = open_database(f"sqlite:///{assistant.data_dir / 'saathi.db'}")
    await database.write(work)
    await database.close()


@pytest.fixture(scope="session")
def network(assistant: Assistant) -> Assistant:
    """The assistant with leads and payouts to ask for."""
    asyncio.run(write(assistant, lambda connection: fill(connection, time.time())))
    return assistant


@pytest.mark.parametrize("conversation", read_conversations())
async def test_conversation(network: Assistant, conversation: dict[str, Any]) -> None:
    assistant, partner = network, conversation.get("partner") or f"conversation-{next(PARTNERS)}"
    if "partner" in conversation:  # its chat is begun anew: an earlier conversation may have been handed over
        await write(assistant, lambda connection: leave_chat(connection, partner))
    token = Tokens(JWT_SECRET).issue(partner)
    async with ClientSession(assistant.address) as session, open_chat(assistant.address, partner, token) as chat:
        for number, turn in enumerate(conversation["turns"]):
            await say(chat, turn, number)
            check(turn, await read_turn(session, token))
