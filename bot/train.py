"""`python -m bot.train`: train the model from config.yml, domain.yml and data/, unless nothing has changed."""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import os
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import structlog

from bot.models import models_by_age

_MODELS_KEPT = 3
_RECORD = "trained.json"
_CODE = Path(__file__).resolve().parent.parent
_COMPONENTS = (
    "classifier",
    "entities",
    "entity_patterns",
    "entity_pipeline",
    "entity_training",
    "featurizer",
    "head",
    "head_training",
    "importer",
    "mending",
    "ranking",
    "readable",
    "sentiment",
    "sentiment_head",
    "sentiment_training",
    "text",
    "trained",
    "tuned_classifier",
    "wishes",
    "words",
)
# data/knowledge holds no training data; responses merge into the domain
_DATA = ("data/nlu", "data/stories", "data/responses")


def main() -> int:
    """Train if needed; return the exit status, 1 where the data cannot be trained on."""
    parser = argparse.ArgumentParser(prog="python -m bot.train", description=__doc__)
    parser.add_argument("--project", type=Path, default=Path(), help="folder with config.yml, domain.yml and data/")
    parser.add_argument("--models", type=Path, default=Path("models"), help="folder that the model goes to")
    arguments = parser.parse_args()
    begun = time.perf_counter()
    missing = [name for name in ("config.yml", "domain.yml", *_DATA) if not (arguments.project / name).exists()]
    if missing:
        return _fail(f"{arguments.project / missing[0]} is missing")
    fingerprint = fingerprint_of(arguments.project)
    if _is_trained(arguments.models, fingerprint):
        _say("Nothing has changed since the last training.")
        return 0
    _say("Loading Rasa ...")
    model = _train(arguments.project, arguments.models)
    if model is None:
        return 1
    record = {"fingerprint": fingerprint, "model": model.name}
    (arguments.models / _RECORD).write_text(json.dumps(record) + "\n", encoding="utf-8")
    for old in models_by_age(arguments.models)[_MODELS_KEPT:]:
        old.unlink()
    _say(f"Trained {model} in {time.perf_counter() - begun:.1f} s.")
    return 0


def fingerprint_of(project: Path) -> str:
    """Return a hash over all that a model is made of: data, configuration, our components, language, encoder."""
    digest = hashlib.sha256()
    for path in sorted(_inputs(project)):
        digest.update(str(path).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _inputs(project: Path) -> Iterator[Path]:
    yield from (project / "config.yml", project / "domain.yml")
    for folder in _DATA:
        yield from (project / folder).rglob("*.yml")
    yield _CODE / "data" / "wishes.yml"
    yield _CODE / "data" / "entities" / "patterns.yml"
    yield from (_CODE / "data" / "sentiment").glob("*.yml")
    yield from (_CODE / "bot" / f"{module}.py" for module in _COMPONENTS)
    yield from (path for path in (_CODE / "language").iterdir() if path.is_file())
    yield from (_CODE / "encoder").glob("*.py")
    yield from (path for path in (_CODE / "encoder" / "model").iterdir() if path.is_file())


def _is_trained(models: Path, fingerprint: str) -> bool:
    try:
        record = json.loads((models / _RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return record.get("fingerprint") == fingerprint and (models / str(record.get("model"))).is_file()


def _train(project: Path, models: Path) -> Path | None:
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ["LOG_LEVEL"] = "ERROR"  # without Rasa's progress bars, one for each step of a second
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    warnings.simplefilter("ignore")  # what Rasa's old dependencies say of themselves while they are imported
    # imported late: they take seconds, which an unchanged project is spared
    from rasa.model_training import train  # noqa: PLC0415
    from rasa.shared.exceptions import RasaException  # noqa: PLC0415

    _show_progress()
    data = [str(project / folder) for folder in _DATA]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        warnings.filterwarnings("ignore", message="Slot auto-fill")  # news for those who come from Rasa 2
        # Rasa looks for extractors of its own only
        warnings.filterwarnings("ignore", message="You have defined training data consisting of entity examples")
        try:
            result = train(str(project / "domain.yml"), str(project / "config.yml"), data, output=str(models))
        except RasaException as error:
            _fail(str(error))
            return None
    for message in dict.fromkeys(str(item.message) for item in caught if item.category is UserWarning):
        _say(f"Warning: {message}")
    if result.code != 0 or result.model is None:
        _fail("Rasa did not train; see above")
        return None
    return Path(result.model)


def _show_progress() -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.ERROR, force=True)
    logging.getLogger("rasa.engine.training.hooks").setLevel(logging.INFO)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _fail(reason: str) -> int:
    sys.stderr.write(f"Not trained: {reason}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
