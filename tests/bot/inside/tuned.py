"""A tuned classifier as `make train-intents` leaves one, its layer made of a sentence for each intent."""

import json
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.cross_validation.messages import Message as Example
from bot.intent_parts import part_examples
from bot.tuned_classifier import TunedClassifier
from bot.validation.finding import Place
from encoder import Encoder
from encoder.files import MODEL_FOLDER
from encoder.layer import write_layer

_SAID = {"ask_payout": "when will my payout come", "find_course": "which course should I take", "greet": "good morning"}
_SURE = 5.0


def _classifier(folder: str) -> TunedClassifier:
    config = {**TunedClassifier.get_default_config(), "folder": folder}
    return TunedClassifier.create(config, None, None, None)  # type: ignore[arg-type]


def _understand(classifier: TunedClassifier, text: str) -> list[str]:
    message = Message({TEXT: text})
    classifier.process([message])
    assert message.get("intent") == message.get("intent_ranking")[0]
    return [entry["name"] for entry in message.get("intent_ranking")]


def _make(folder: Path) -> dict[str, object]:
    shutil.copytree(MODEL_FOLDER, folder)
    weights = _SURE * Encoder.load().encode(list(_SAID.values()))
    write_layer(folder, weights, np.zeros(len(_SAID), np.float32), list(_SAID))
    classifier = _classifier(str(folder))
    return {
        "understood": [_understand(classifier, text)[0] for text in ("bhai payout kab aayega", "good morning sir ji")],
        "unclear": _understand(classifier, "kitchen sink"),
    }


def _parts() -> dict[str, object]:
    place = Place("data/nlu/a.yml", 1)
    texts = [f"word{number} thing{number} other{number}" for number in range(400)]
    texts += [f"{text} too" for text in texts]  # each nearly the same as one before
    messages = [Example(text, "a" if number % 2 else "b", "en", place, ()) for number, text in enumerate(texts)]
    parts = part_examples(messages)
    return {
        "shares": {part: parts.count(part) / len(parts) for part in sorted(set(parts))},
        "parted": sum(one != other for one, other in zip(parts[:400], parts[400:], strict=True)),
    }


def main() -> None:
    with TemporaryDirectory() as folder:
        report = {**_make(Path(folder) / "intents"), **_parts()}
        try:
            _classifier(f"{folder}/missing")
        except InvalidConfigException as error:
            report["missing"] = str(error).replace(folder, "")
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main()
