"""Our entity extractor as a Rasa graph component; how it finds them is in `bot.entity_pipeline`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    EXTRACTOR,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.entity_patterns import PatternError, read_patterns, version_of
from bot.entity_pipeline import EntityFinder, Found
from bot.entity_training import Annotated, train_finder
from bot.trained import Trained


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class PartnerEntities(Trained[EntityFinder], EntityExtractorMixin):
    """Finds products, institutions, names, sums, dates and numbers by the pattern file, and names by a NER if asked to.

    `value` is the pattern file's name of the thing where it has one, else the user's own words; `start` and `end` are
    places in the user's own text.
    """

    @staticmethod
    def required_packages() -> list[str]:
        """Return what must be installed."""
        return ["spacy"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`ner` adds a NER for names that no list holds; the rules alone did better (`benchmarks.entities`)."""
        return {"ner": False}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:  # noqa: ARG003 - Rasa's signature
        """Train again when the pattern file has changed."""
        return version_of()

    @staticmethod
    def read_part(folder: Path) -> EntityFinder:
        """Read the finder of a trained model."""
        return EntityFinder.load(folder)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from all examples and persist; raises InvalidConfigException for a pattern file that is wrong."""
        try:
            book = read_patterns()
        except PatternError as error:
            raise InvalidConfigException(f"data/entities: {error}") from error
        examples = [_annotated(message) for message in training_data.nlu_examples if message.get(TEXT)]
        return self.keep(train_finder(examples, book, has_ner=bool(self._config["ner"])))

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `entities` of `messages`."""
        for message in messages:
            if message.get(TEXT):
                entities = [_as_event(found) for found in self.part.find(message.get(TEXT))]
                message.set(ENTITIES, message.get(ENTITIES, []) + entities, add_to_output=True)
        return messages


def _annotated(message: Message) -> Annotated:
    marks = message.get(ENTITIES) or []
    spans = [(mark[ENTITY_ATTRIBUTE_START], mark[ENTITY_ATTRIBUTE_END], mark[ENTITY_ATTRIBUTE_TYPE]) for mark in marks]
    return Annotated(message.get(TEXT), tuple(spans))


def _as_event(found: Found) -> dict[str, Any]:
    return {
        ENTITY_ATTRIBUTE_TYPE: found.entity,
        ENTITY_ATTRIBUTE_START: found.start,
        ENTITY_ATTRIBUTE_END: found.end,
        ENTITY_ATTRIBUTE_VALUE: found.value,
        EXTRACTOR: found.source,
    }
