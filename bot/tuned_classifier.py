"""The encoder tuned as an intent classifier (`make train-intents`), as a Rasa graph component."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.head import Verdict, probabilities
from bot.ranking import rank
from encoder import Encoder
from encoder.files import ModelFilesError, read_model_files
from encoder.layer import Floats, read_layer


class TunedModel:
    """A tuned encoder with its linear layer: text in, verdict out."""

    def __init__(self, encoder: Encoder, weights: Floats, biases: Floats, intents: list[str]) -> None:
        """`weights` is (intents, dimension), `biases` (intents,)."""
        self.intents = intents
        self._encoder = encoder
        self._weights = weights
        self._biases = biases

    @classmethod
    def load(cls, folder: Path, threads: int = 1) -> TunedModel:
        """Load what `make train-intents` wrote; raises ModelFilesError or OSError."""
        return cls(Encoder.load(folder, threads), *read_layer(folder))

    def score(self, texts: list[str]) -> Floats:
        """How likely each intent is for each text, (texts, intents)."""
        return probabilities(self._encoder.encode(texts) @ self._weights.T + self._biases, 1.0)

    def judge(self, text: str, least_share: float) -> Verdict:
        """Judge one text; rejected when its best intent is less likely than `least_share`."""
        shares = self.score([text])[0]
        ranking = [(self.intents[place], float(shares[place])) for place in np.argsort(-shares)]
        return Verdict(ranking, ranking[0][1], ranking[0][1] < least_share)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class TunedClassifier(IntentClassifier, GraphComponent):
    """Names intents by one network that was tuned for them beforehand.

    It knows the examples of the day on which it was tuned: after examples have changed, tune it again.
    """

    def __init__(self, model: TunedModel, least_share: float) -> None:
        """Classify by `model`."""
        self._model = model
        self._least_share = least_share

    @staticmethod
    def required_packages() -> list[str]:
        """Return what the encoder needs beside Rasa."""
        return ["onnxruntime", "tokenizers"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`folder` of the tuned model; an intent that is less likely than `least_share` is not acted upon."""
        return {"folder": "models/intents", "least_share": 0.4}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,  # noqa: ARG003 - Rasa's signature
        resource: Resource,  # noqa: ARG003
        execution_context: ExecutionContext,  # noqa: ARG003
    ) -> TunedClassifier:
        """Load the tuned model; raises InvalidConfigException where there is none."""
        folder = Path(config["folder"])
        try:
            return cls(_load(folder, read_model_files(folder).version), config["least_share"])
        except (ModelFilesError, OSError) as error:
            raise InvalidConfigException(
                f"config.yml: there is no tuned classifier in {folder}: run `make train-intents` ({error})"
            ) from error

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Make Rasa's training cache forget what another tuned model found."""
        try:
            return read_model_files(Path(config.get("folder", "models/intents"))).version
        except ModelFilesError:
            return None

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `intent` and `intent_ranking` of `messages`."""
        for message in messages:
            if message.get(TEXT):
                ranking = rank(self._model.judge(message.get(TEXT), self._least_share))
                message.set(INTENT, ranking[0], add_to_output=True)
                message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages


@lru_cache(maxsize=1)
def _load(folder: Path, version: str) -> TunedModel:  # noqa: ARG001 - the version is part of the key
    """Load the model once a process and version: the assistant before a reload and the one after share it."""
    return TunedModel.load(folder)
