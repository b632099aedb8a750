"""Wishes that count wherever they stand in a message, as a Rasa graph component; the phrases are a designer's."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.ranking import overrule
from bot.text import latin_form

WISHES = Path(__file__).resolve().parent.parent / "data" / "wishes.yml"
# "how do I talk to a person who has no income" wishes for nobody
_NOT_BEFORE = r"(?!\s+(?:who|whose|that|jo|jis|jinke|about|ke baare)\b)"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class PlainWishes(IntentClassifier, GraphComponent):
    """Stands behind the classifier and overrules it where a message holds a phrase of `data/wishes.yml`.

    A classifier weighs the whole message, so that a wish at the end of a long complaint gets lost in it.
    """

    def __init__(self, phrases: dict[str, list[str]]) -> None:
        """Look for `phrases`, in Latin letters, by intent."""
        self._patterns = {
            intent: re.compile(rf"\b(?:{'|'.join(map(re.escape, listed))})\b{_NOT_BEFORE}")
            for intent, listed in phrases.items()
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],  # noqa: ARG003 - Rasa's signature
        model_storage: ModelStorage,  # noqa: ARG003
        resource: Resource,  # noqa: ARG003
        execution_context: ExecutionContext,  # noqa: ARG003
    ) -> PlainWishes:
        """Read the phrases; raises InvalidConfigException for a file of another form."""
        read = yaml.safe_load(WISHES.read_text(encoding="utf-8"))
        if not isinstance(read, dict) or not all(isinstance(listed, list) and listed for listed in read.values()):
            raise InvalidConfigException(f"{WISHES.name}: write a list of phrases under each intent")
        return cls(read)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:  # noqa: ARG003 - Rasa's signature
        """Make Rasa forget the phrases of another file."""
        return hashlib.sha256(WISHES.read_bytes()).hexdigest()

    def process(self, messages: list[Message]) -> list[Message]:
        """Overrule the intents of `messages` that hold a phrase."""
        for message in messages:
            if message.get(TEXT):
                self._judge(message)
        return messages

    def _judge(self, message: Message) -> None:
        text = latin_form(message.get(TEXT))
        for intent, pattern in self._patterns.items():
            if pattern.search(text):
                overrule(message, intent)
                return
