"""Our intent classifier as a Rasa graph component; the numbers are in `bot.head`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.featurizer import sentence_vector
from bot.head import Head
from bot.head_training import FEWEST, TrainingDataError, train_head
from bot.ranking import rank
from bot.text import latin_form, source_digest
from bot.trained import Trained


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class NearestLogisticClassifier(IntentClassifier, Trained[Head]):
    """Scores a message by its words and by the training examples near to it; says `nlu_fallback` when unsure.

    Stock parts cannot combine the two, and take raw counts.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Sentence vectors must have been made before."""
        return [Featurizer]

    @staticmethod
    def required_packages() -> list[str]:
        """Return what must be installed."""
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`out_of_scope` is the intent whose examples set the threshold of rejection.

        An intent with less than `fewest_examples` is refused: benchmarks on others' data allow fewer.
        """
        return {"out_of_scope": "out_of_scope", "fewest_examples": FEWEST}

    @staticmethod
    def read_part(folder: Path) -> Head:
        """Read the head of a trained model."""
        return Head.load(folder)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:  # noqa: ARG003 - Rasa's signature
        """Make Rasa's training cache forget a head that other code has fitted: Rasa looks at this class alone."""
        return source_digest("head.py", "head_training.py", "text.py")

    def train(self, training_data: TrainingData) -> Resource:
        """Train on all intent examples and persist; raises InvalidConfigException for too few of them."""
        examples = [message for message in training_data.intent_examples if message.get(TEXT)]
        texts = [latin_form(message.get(TEXT)) for message in examples]
        vectors = np.array([sentence_vector(message) for message in examples], dtype=np.float32)
        intents = [message.get(INTENT) for message in examples]
        try:
            head = train_head(texts, vectors, intents, self._config["out_of_scope"], self._config["fewest_examples"])
        except TrainingDataError as error:
            raise InvalidConfigException(f"data/nlu: {error}") from error
        return self.keep(head)

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `intent` and `intent_ranking` of `messages`."""
        for message in messages:
            if message.get(TEXT):
                verdict = self.part.judge(latin_form(message.get(TEXT)), sentence_vector(message))
                ranking = rank(verdict)
                message.set(INTENT, ranking[0], add_to_output=True)
                message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages
