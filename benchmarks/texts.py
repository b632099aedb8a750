"""What the virtual users write."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import yaml

Topic = Literal["chat", "knowledge", "mixed", "action"]

# Examples of `greet` and `goodbye` that both bots know: turns that run no action.
CHAT = (
    "hello",
    "hi",
    "hello there",
    "good evening",
    "hey",
    "bye",
    "goodbye",
    "see you later",
    "bye bye",
    "good morning",
)
# What the stock bot answers with its custom action.
ACTION = ("are you a bot?", "are you a human?", "am I talking to a bot?", "am I talking to a human?")


def texts(topic: Topic, articles: Path, start: int = 0) -> Iterator[str]:
    """Endless messages of a topic; knowledge questions are all different.

    "mixed" is two knowledge questions to one word of greeting. `start` shifts the sequence, so that several loads
    of one run do not repeat each other's questions.
    """
    chat, action = itertools.cycle(CHAT), itertools.cycle(ACTION)
    if topic == "chat":
        return chat
    if topic == "action":
        return action
    knowledge = itertools.islice(_vary(_read_questions(articles)), start, None)
    if topic == "knowledge":
        return knowledge
    return (next(chat) if number % 3 == 0 else next(knowledge) for number in itertools.count())


def _read_questions(articles: Path) -> list[str]:
    """The questions that the articles' front matter lists: read at once, for a load is timed from its first message."""
    asked: list[str] = []
    for file in sorted(articles.glob("**/*.md")):
        front: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8").split("---\n")[1])
        asked += front.get("questions") or []
    return asked


def _vary(asked: list[str]) -> Iterator[str]:
    """The questions, each with one more fact every time it comes again."""
    for age in itertools.count(21):
        for question in asked:
            yield question if age == 21 else f"{question} (customer ki umar {age})"
