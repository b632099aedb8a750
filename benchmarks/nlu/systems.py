"""The systems that stand side by side, and what each needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

OURS = "ours"
DIET = "Rasa's default (DIET)"
UNTOUCHED = "untouched MiniLM + TF-IDF + logistic"
WORDS = "TF-IDF + linear SVM"
ALL = (OURS, DIET, UNTOUCHED, WORDS)

# What `rasa init` of 3.6 comments on as its default; without the ResponseSelector, which has nothing to select here.
_DIET: dict[str, Any] = {
    "recipe": "default.v1",
    "assistant_id": "benchmark",
    "language": "en",
    "pipeline": [
        {"name": "WhitespaceTokenizer"},
        {"name": "RegexFeaturizer"},
        {"name": "LexicalSyntacticFeaturizer"},
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True},
        {"name": "EntitySynonymMapper"},
        {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
    ],
    "policies": [],
}


def rasa_config(system: str, project: Path) -> dict[str, Any]:
    """The config.yml of `OURS` (the assistant's own pipeline) or `DIET`."""
    if system == DIET:
        return _DIET
    config: dict[str, Any] = yaml.safe_load((project / "config.yml").read_text(encoding="utf-8"))
    for component in config["pipeline"]:
        if component["name"] == "bot.classifier.NearestLogisticClassifier":
            component["fewest_examples"] = 1  # public data has intents with a single example
    return {**config, "policies": []}
