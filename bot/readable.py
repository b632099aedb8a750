"""Messages in which there is nothing to classify: signs without words, a single letter, a language we do not know."""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.ranking import overrule
from language.normalise import normalise
from language.script import count_scripts

# Signs that people send instead of a word; skin tones are left out before they are looked up.
_SPEAKING = {
    "👍": "affirm",
    "👌": "affirm",
    "✅": "affirm",
    "🆗": "affirm",
    "🙏": "thank",
    "👎": "not_helpful",
    "👋": "greet",
}
_TONES = dict.fromkeys(range(127995, 128000))
# Markup, and what ends or begins statements of programs and queries.
_CODE = re.compile(
    r"</?[a-z]+[^>]*>|;\s*--|\w\([^)]*\)\s*[;{]|=>|==|\bdef \w+\(|\bselect\b.+\bfrom\b.+;", re.IGNORECASE
)
_OTHER_SCRIPTS = 0.5  # of the letters


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class ReadableGuard(IntentClassifier, GraphComponent):
    """Stands behind the classifier and overrules it where a message has no words that it could know.

    It says `nlu_fallback` and why in the message's `unreadable`: "no_words" or "other_language".
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],  # noqa: ARG003 - Rasa's signature
        model_storage: ModelStorage,  # noqa: ARG003
        resource: Resource,  # noqa: ARG003
        execution_context: ExecutionContext,  # noqa: ARG003
    ) -> ReadableGuard:
        """Make the component; there is nothing to configure."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Overrule the intents of `messages` where they cannot be read."""
        for message in messages:
            if message.get(TEXT):
                self._judge(message)
        return messages

    def _judge(self, message: Message) -> None:
        text = normalise(message.get(TEXT))
        spoken = _SPEAKING.get("".join(dict.fromkeys(text.translate(_TONES).replace(" ", ""))))
        fault = _fault(text)
        if spoken is None and fault is None:
            return
        overrule(message, spoken or DEFAULT_NLU_FALLBACK_INTENT_NAME)
        if spoken is None:
            message.set("unreadable", fault, add_to_output=True)


def _fault(text: str) -> str | None:
    """Why nothing can be made of a text: "no_words", "other_language", or None."""
    if _CODE.search(text):
        return "no_words"
    letters = count_scripts(text)
    known = letters.latin + letters.devanagari
    if letters.other > _OTHER_SCRIPTS * (known + letters.other):
        return "other_language"
    if known <= 1 and not any(character.isdigit() for character in text):
        return "no_words"
    return None
