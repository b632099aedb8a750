"""One training and its judgements, in a process of its own: `python -m benchmarks.nlu.trial <job.json> <out.json>`.

So the peak of memory is this system's alone, and every system has one core.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

Parse = Callable[[str], tuple[str, str]]  # a text to what it is taken for, and to its likeliest intent regardless
_WARM_UP = 20
_REFUSED = ("nlu_fallback", "out_of_scope")


def main() -> int:
    """Train and judge as the job says; errors are raised: the parent shows them."""
    warnings.simplefilter("ignore")  # Rasa's old dependencies complain about themselves
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        os.environ["RASA_CACHE_DIRECTORY"] = folder  # nothing of an earlier run is taken over
        prepare = _prepare_rasa if job["config"] else _prepare_linear
        train = prepare(job, Path(folder))
        begun = time.perf_counter()
        load = train()
        seconds = time.perf_counter() - begun
        parse = load()
        judged = _judge(parse, [text for text, *_ in job["test"]])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = {"train_seconds": seconds, "peak_mb": peak, "judged": judged}
    Path(sys.argv[2]).write_text(json.dumps(found), encoding="utf-8")
    return 0


def _judge(parse: Parse, texts: list[str]) -> list[dict[str, Any]]:
    for text in texts[:_WARM_UP]:
        parse(f"{text} ")  # another text: the encoder remembers the vectors of those that it has read
    judged = []
    for text in texts:
        begun = time.perf_counter()
        taken_for, likeliest = parse(text)
        spent = 1000 * (time.perf_counter() - begun)
        judged.append({"taken_for": taken_for, "likeliest": likeliest, "milliseconds": spent})
    return judged


def _prepare_rasa(job: dict[str, Any], folder: Path) -> Callable[[], Callable[[], Parse]]:
    os.environ.update(RASA_TELEMETRY_ENABLED="false", LOG_LEVEL="ERROR", TF_CPP_MIN_LOG_LEVEL="3")
    from rasa.core.agent import Agent  # noqa: PLC0415 - seconds that the linear systems are spared
    from rasa.model_training import train_nlu  # noqa: PLC0415

    config, data = folder / "config.yml", folder / "nlu.json"
    config.write_text(json.dumps(job["config"]), encoding="utf-8")  # JSON is YAML
    # Rasa's JSON form takes texts as they are: in its YAML form brackets are markup.
    examples = [_rasa_example(*row) for row in job["train"]]
    data.write_text(json.dumps({"rasa_nlu_data": {"common_examples": examples}}), encoding="utf-8")

    def load(model: str) -> Parse:
        agent = Agent.load(model)
        loop = asyncio.new_event_loop()
        return lambda text: _read_parse(loop.run_until_complete(agent.parse_message(text)))

    def train() -> Callable[[], Parse]:
        model = train_nlu(str(config), str(data), str(folder))
        if model is None:
            raise RuntimeError("Rasa did not train")
        return lambda: load(model)

    return train


def _rasa_example(text: str, intent: str, entities: list[tuple[int, int, str]]) -> dict[str, Any]:
    marked = [
        {"start": start, "end": end, "value": text[start:end], "entity": entity} for start, end, entity in entities
    ]
    return {"text": text, "intent": intent, "entities": marked}


def _read_parse(parsed: dict[str, Any]) -> tuple[str, str]:
    ranking = [entry["name"] for entry in parsed["intent_ranking"] if entry["name"] != "nlu_fallback"]
    within = next((name for name in ranking if name != "out_of_scope"), "")
    name = parsed["intent"]["name"]
    taken_for = "out_of_scope" if name in _REFUSED else name
    return taken_for, ranking[0] if ranking else within


def _prepare_linear(job: dict[str, Any], folder: Path) -> Callable[[], Callable[[], Parse]]:  # noqa: ARG001
    from benchmarks.nlu.linear import train_linear  # noqa: PLC0415 - only these systems need it

    texts, intents = [row[0] for row in job["train"]], [row[1] for row in job["train"]]
    encoder = Path(job["encoder"]) if job["encoder"] else None

    def train() -> Callable[[], Parse]:
        parse = train_linear(texts, intents, encoder)
        return lambda: parse

    return train


if __name__ == "__main__":
    sys.exit(main())
