"""`python -m benchmarks.policies.walk train|walk`, on Rasa's Python: one choice of policies, its figures as JSON.

Training and walking are two processes, so that the memory of the one does not count for the other.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import sys
import time
import warnings
from pathlib import Path
from typing import Any

os.environ.update(RASA_TELEMETRY_ENABLED="false", TF_CPP_MIN_LOG_LEVEL="3", SQLALCHEMY_SILENCE_UBER_WARNING="1")
with warnings.catch_warnings(record=True):  # old libraries speak of themselves while they are imported
    from rasa.core.channels.channel import OutputChannel
    from rasa.model_training import train
    from rasa.shared.core.constants import ACTION_LISTEN_NAME
    from rasa.shared.core.events import ActionExecuted, ActionExecutionRejected, UserUttered
    from rasa.shared.core.generator import TrainingDataGenerator
    from rasa.shared.core.trackers import DialogueStateTracker
    from rasa.shared.importers.importer import TrainingDataImporter

    from bot.action_server import ActionServer
    from bot.logs import configure_logs
    from bot.processor import TurnProcessor
    from bot.tracker import ConversationTracker
    from bot.turn import CallersChannel

_ROUNDS = 3  # walks whose predictions are timed, after one that warms up
_NO_SERVER = ActionServer("http://127.0.0.1:9", "")  # nothing is called: an action of a path counts as run


class Walker:
    """Walks paths as the running bot takes turns; after a wrong prediction the path goes on as it is written."""

    def __init__(self, model: Path) -> None:
        """Load the model archive."""
        self._processor = TurnProcessor(model, _NO_SERVER)
        self._channel: OutputChannel = CallersChannel("inapp")
        self.seconds: list[float] = []

    def read(self, stories: Path) -> list[DialogueStateTracker]:
        """Return the stories of a file as Rasa reads them, each as a tracker that bears its name."""
        domain = self._processor.domain
        graph = TrainingDataImporter.load_from_dict(training_data_paths=[str(stories)]).get_stories()
        generator = TrainingDataGenerator(graph, domain, False, 0, use_story_concatenation=False)
        read: list[DialogueStateTracker] = generator.generate_story_trackers()
        return read

    async def walk(self, path: DialogueStateTracker) -> list[dict[str, Any]]:
        """Return for each action of the path what was expected, what was predicted, and by which policy."""
        tracker = self._processor.new_tracker(path.sender_id)
        tracker.update(ActionExecuted(ACTION_LISTEN_NAME))
        predicted = []
        for event in list(path.events)[1:]:  # each begins with listening
            if isinstance(event, ActionExecuted):
                predicted.append(self._predict(tracker, event.action_name))
            else:
                tracker.update(event, self._processor.domain)
            if isinstance(event, UserUttered):
                await self._processor.run_action_extract_slots(self._channel, tracker)
        return predicted

    def _predict(self, tracker: ConversationTracker, expected: str) -> dict[str, Any]:
        name, prediction = self._ask(tracker)
        if name != expected and name == tracker.active_loop_name:
            # The path says that the message was none for the form: it would have refused to run.
            tracker.update(ActionExecutionRejected(name), self._processor.domain)
            name, prediction = self._ask(tracker)
        tracker.update_with_events(prediction.events, self._processor.domain)
        done = ActionExecuted(expected, prediction.policy_name, hide_rule_turn=prediction.hide_rule_turn)
        tracker.update(done, self._processor.domain)
        return {"expected": expected, "predicted": name, "policy": prediction.policy_name}

    def _ask(self, tracker: ConversationTracker) -> tuple[str, Any]:
        begun = time.perf_counter()
        action, prediction = self._processor.predict_next_with_tracker_if_should(tracker)
        self.seconds.append(time.perf_counter() - begun)
        return action.name(), prediction


async def walk_all(model: Path, stories: Path) -> dict[str, Any]:
    """Walk each path; return what was predicted in each, and the seconds of all predictions."""
    walker = Walker(model)
    paths = walker.read(stories)
    walked = [{"path": path.sender_id, "actions": await walker.walk(path)} for path in paths]
    walker.seconds.clear()
    for _ in range(_ROUNDS):
        for path in paths:
            await walker.walk(path)
    return {"paths": walked, "seconds": walker.seconds}


def train_core(folder: Path, project: Path) -> dict[str, Any]:
    """Train the policies of `folder/config.yml` on the project's rules and stories; no message is understood."""
    data = [str(project / "data" / part) for part in ("stories", "responses")]
    begun = time.perf_counter()
    result = train(str(project / "domain.yml"), str(folder / "config.yml"), data, output=str(folder))
    if result.model is None:
        raise RuntimeError("Rasa did not train: run `make validate`")
    return {"model": result.model, "training_s": time.perf_counter() - begun}


def main() -> None:
    """Write the figures to `folder/<what>.json`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("train", "walk"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("given", type=Path, help="train: the project; walk: the file of the paths")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    configure_logs()  # Rasa's lines of every prediction would be timed with it
    if asked.what == "train":
        figures = train_core(asked.folder, asked.given)
    else:
        figures = asyncio.run(walk_all(next(asked.folder.glob("*.tar.gz")), asked.given))
    figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (asked.folder / f"{asked.what}.json").write_text(json.dumps(figures), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
