"""What the entity extractor finds in the messages of a JSON list, once trained, saved and loaded as Rasa does it."""

import json
import sys
import tempfile
from pathlib import Path

from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from benchmarks.entities import parse
from bot.entities import PartnerEntities

EXAMPLES = (
    "what happened to my lead",
    "is the office open",
    "which bank is best",
    "naya card kab aayega",
    "[Ramesh](person) wants a [term plan](product)",
    "customer [Balwinder](person) ka kya hua",
)


def main() -> None:
    config = {**PartnerEntities.get_default_config(), "ner": "ner" in sys.argv}
    context = ExecutionContext(GraphSchema({}))
    with tempfile.TemporaryDirectory() as folder:
        storage = LocalModelStorage.create(Path(folder))
        resource = Resource("entities")
        PartnerEntities.create(config, storage, resource, context).train(TrainingData([_message(e) for e in EXAMPLES]))
        extractor = PartnerEntities.load(config, storage, resource, context)
    texts = json.loads(sys.argv[1])
    messages = extractor.process([Message({TEXT: text}) for text in texts])
    found = [
        [[mark["entity"], text[mark["start"] : mark["end"]], mark["value"]] for mark in message.get(ENTITIES, [])]
        for text, message in zip(texts, messages, strict=True)
    ]
    print(json.dumps({"found": found}))


def _message(marked: str) -> Message:
    example = parse(marked)
    marks = [{"start": start, "end": end, "entity": entity} for start, end, entity in example.entities]
    return Message({TEXT: example.text, INTENT: "ask", ENTITIES: marks})


main()
