"""The conversations of tests/conversations/*.yml, over the real channel, through all three processes."""

import itertools
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.assistant import ROOT, Assistant
from tests.support.chat import open_chat

PARTNERS = itertools.count(1020)  # each conversation has a partner of its own


def read_conversations() -> list[Any]:
    return [
        pytest.param(conversation, id=f"{path.stem}: {conversation['name']}")
        for path in sorted((ROOT / "tests" / "conversations").glob("*.yml"))
        for conversation in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


def read_responses() -> dict[str, list[re.Pattern[str]]]:
    """For each response, what its variations look like once their variables are filled in."""
    found: dict[str, list[re.Pattern[str]]] = {}
    for path in (ROOT / "data" / "responses").glob("*.yml"):
        for name, variations in yaml.safe_load(path.read_text(encoding="utf-8"))["responses"].items():
            texts = [re.sub(r"\\\{\w+\\\}", ".*", re.escape(variation["text"].strip())) for variation in variations]
            found[name] = [re.compile(text, re.DOTALL) for text in texts]
    return found


def read_last_outcome(data_dir: Path) -> dict[str, Any]:
    with closing(sqlite3.connect(data_dir / "saathi.db")) as connection:
        connection.row_factory = sqlite3.Row
        return dict(connection.execute("SELECT * FROM outcomes ORDER BY at DESC LIMIT 1").fetchone())


@pytest.mark.parametrize("conversation", read_conversations())
async def test_conversation(assistant: Assistant, conversation: dict[str, Any]) -> None:
    responses = read_responses()
    async with open_chat(assistant.address, f"P{next(PARTNERS)}") as chat:
        for number, turn in enumerate(conversation["turns"]):
            reply = await chat.ask(turn["user"], f"m{number}")
            outcome = read_last_outcome(assistant.data_dir)
            for name in ("intent", "outcome", "language"):
                if name in turn:
                    assert outcome[name] == turn[name], (turn["user"], reply["text"])
            if "citations" in turn:
                cited = {citation["url"].removeprefix("/articles/") for citation in reply["citations"]}
                assert cited == set(turn["citations"]), turn["user"]
            if "response" in turn:
                shapes = responses[turn["response"]]
                assert any(shape.fullmatch(reply["text"].strip()) for shape in shapes), (turn, reply["text"])
