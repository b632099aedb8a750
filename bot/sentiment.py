"""How a message sounds, as a Rasa graph component; the numbers are in `bot.sentiment_head`."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.featurizer import sentence_vector
from bot.sentiment_head import SentimentHead
from bot.sentiment_training import SentimentDataError, read_examples, train_sentiment_head
from bot.text import latin_form, source_digest
from bot.trained import Trained
from encoder import Encoder
from encoder.files import MODEL_FOLDER, read_model_files

SENTIMENT = "sentiment"
_MOST_CALM = 800
EXAMPLES = Path(__file__).resolve().parent.parent / "data" / "sentiment"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class SentimentScorer(Trained[SentimentHead]):
    """Sets `sentiment` of each message, from -1 (angry, in despair) over 0 (plain) to 1 (thankful, glad).

    Its examples stand in `data/sentiment`, apart from those of intents: the same wish is uttered in any tone.
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
        """`calm` are intents whose examples are plain in tone: they show how our work sounds when nobody is moved."""
        return {"calm": []}

    @staticmethod
    def read_part(folder: Path) -> SentimentHead:
        """Read the head of a trained model."""
        return SentimentHead.load(folder)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:  # noqa: ARG003 - Rasa's signature
        """Make Rasa's training cache forget a head of other examples or of another encoder."""
        made_of = source_digest("sentiment_head.py", "sentiment_training.py", "head.py", "text.py")
        digest = hashlib.sha256(f"{read_model_files(MODEL_FOLDER).version} {made_of}".encode())
        for file in sorted(EXAMPLES.glob("*.yml")):
            digest.update(file.read_bytes())
        return digest.hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Train on `data/sentiment` and calm examples, and persist; raises InvalidConfigException for faults there."""
        try:
            texts, names = read_examples(EXAMPLES)
        except SentimentDataError as error:
            raise InvalidConfigException(str(error)) from error
        calm = [m for m in training_data.intent_examples if m.get(TEXT) and m.get(INTENT) in self._config["calm"]]
        calm = calm[:: max(1, len(calm) // _MOST_CALM)]
        vectors = np.vstack([Encoder.load(threads=1).encode(texts), *(sentence_vector(message) for message in calm)])
        texts, names = texts + [m.get(TEXT) for m in calm], names + ["neutral"] * len(calm)
        return self.keep(train_sentiment_head(texts, vectors, names))

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `sentiment` of `messages`, rounded to three places."""
        for message in messages:
            text = message.get(TEXT)
            if text:
                score = self.part.score(text, latin_form(text), sentence_vector(message))
                message.set(SENTIMENT, round(score, 3), add_to_output=True)
        return messages
