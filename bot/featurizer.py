"""Sentence vectors of the ONNX encoder as Rasa features."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.caching import CACHE_LOCATION_ENV, DEFAULT_CACHE_LOCATION
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.head import Floats
from encoder import Encoder
from encoder.files import MODEL_FOLDER, read_model_files
from encoder.store import Encodes, VectorStore

_KEPT = "sentences"  # folder in Rasa's own cache


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(DenseFeaturizer, GraphComponent):
    """Gives each message one L2-normalised vector of 384 numbers; it has no vectors of single words."""

    def __init__(self, name: str, config: dict[str, Any], encoder: Encoder) -> None:
        """Featurize with `encoder`, under the name of the graph's node."""
        super().__init__(name, config)
        self._encoder = encoder

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,  # noqa: ARG003 - Rasa's signature
        resource: Resource,  # noqa: ARG003
        execution_context: ExecutionContext,
    ) -> SentenceEncoder:
        """Load the committed encoder on one thread: a short text has no work for more."""
        return cls(execution_context.node_name, config, _load_encoder(_encoder_version()))

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:  # noqa: ARG003 - Rasa's signature
        """Make Rasa's training cache forget features of another encoder."""
        return _encoder_version()

    @staticmethod
    def required_packages() -> list[str]:
        """Return what the encoder needs beside Rasa."""
        return ["onnxruntime", "tokenizers"]

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """There is nothing to configure."""

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Featurize all training messages in batches, one on each core; those that the last training knew are kept."""
        cache = Path(os.environ.get(CACHE_LOCATION_ENV, DEFAULT_CACHE_LOCATION))
        store = VectorStore.load(Encoder.load(threads=os.cpu_count() or 1), cache)
        self._featurize(training_data.training_examples, store)
        (cache / _KEPT).mkdir(parents=True, exist_ok=True)
        store.save(cache / _KEPT)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Featurize `messages` in place."""
        return self._featurize(messages, self._encoder)

    def _featurize(self, messages: list[Message], encoder: Encodes) -> list[Message]:
        spoken = [message for message in messages if message.get(TEXT)]
        vectors = encoder.encode([message.get(TEXT) for message in spoken])
        for row, message in enumerate(spoken):
            vector = vectors[row : row + 1]
            message.add_features(Features(vector, FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
        return messages


def sentence_vector(message: Message) -> Floats:
    """Return the sentence vector of a message; raises InvalidConfigException where the pipeline made none before."""
    _, sentence = message.get_dense_features(TEXT)
    if sentence is None:
        raise InvalidConfigException("config.yml: put bot.featurizer.SentenceEncoder before what reads its vectors")
    return np.asarray(sentence.features[0], dtype=np.float32)


def _encoder_version() -> str:
    return read_model_files(MODEL_FOLDER).version


@lru_cache(maxsize=1)
def _load_encoder(version: str) -> Encoder:  # noqa: ARG001 - the key
    """Load the encoder once a process and version: the model before a reload and the one after share it."""
    return Encoder.load(threads=1)
