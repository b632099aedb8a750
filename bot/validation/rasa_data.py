"""Rasa's own readers and its `Validator`, with what they warn of caught and said in our words."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa.shared.core.domain import Domain, InvalidDomain
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.importer import E2EImporter, ResponsesSyncImporter
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.validator import Validator

from bot.importer import ReadOnce
from bot.validation.assistant import Assistant
from bot.validation.finding import Finding
from bot.validation.messages import translate
from bot.validation.refusals import explain

_DATA = ("data/nlu", "data/stories", "data/responses")


@dataclass(frozen=True)
class RasaData:
    """What Rasa read."""

    domain: Domain
    stories: StoryGraph
    examples: TrainingData
    config: dict[str, Any]


def load(project: Path, assistant: Assistant) -> tuple[RasaData | None, list[Finding]]:
    """Read the project with Rasa's importer; None where Rasa refuses it."""
    with _caught() as messages:
        try:
            data = _load(project)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - Rasa raises what it happens to stumble over
            return None, list(explain(project, assistant, error))
    for message in messages:
        if "Using empty domain" in message:
            return None, list(explain(project, assistant, InvalidDomain(message)))
    return data, [finding for message in messages for finding in translate(message, assistant)]


def _load(project: Path) -> RasaData:
    data = [str(project / folder) for folder in _DATA]
    once = ReadOnce(str(project / "config.yml"), str(project / "domain.yml"), data)
    importer = E2EImporter(ResponsesSyncImporter(once))
    return RasaData(importer.get_domain(), importer.get_stories(), once.get_nlu_data(), importer.get_config())


def run_validator(data: RasaData, assistant: Assistant) -> Iterator[Finding]:
    """Yield what Rasa's `Validator` finds; conflicts of stories have a check of their own."""
    validator = Validator(data.domain, data.examples, data.stories, data.config)
    checks: list[Callable[[], object]] = [
        validator.verify_domain_validity,
        validator.warn_if_config_mandatory_keys_are_not_set,
        validator.verify_intents_in_stories,
        validator.verify_utterances_in_stories,
        validator.verify_actions_in_stories_rules,
        validator.verify_forms_in_stories_rules,
        validator.verify_form_slots,
        validator.verify_slot_mappings,
    ]
    with _caught() as messages:
        for check in checks:
            check()
    for message in messages:
        yield from translate(message, assistant)


@contextmanager
def _caught() -> Iterator[list[str]]:
    """Collect the texts of UserWarnings, which is how Rasa reports."""
    messages: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield messages
    messages += dict.fromkeys(str(item.message) for item in caught if issubclass(item.category, UserWarning))
