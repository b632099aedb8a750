"""What is written into the CRM of a conversation that has ended: topics and outcomes, none of what was said."""

from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from saathi.closings import Facts
from saathi.located import read_located
from saathi.messages import Outcome
from saathi.settings import ROOT

WORDS = ROOT / "data" / "crm" / "activity.yml"
READINGS = ROOT / "data" / "responses" / "readings.yml"
_MOST_TOPICS = 6
_READING = "utter_reading_"


class _Words(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    summary: str
    no_topic: str
    and_more: str
    channels: Mapping[str, str]
    languages: Mapping[str, str]
    outcomes: Mapping[Outcome, str]


class Summaries:
    """Words the end of a conversation for the network's staff. `topics` names intents."""

    def __init__(self, words: _Words, topics: Mapping[str, str]) -> None:
        self._words = words
        self._topics = topics

    @classmethod
    def load(cls, words: Path = WORDS, readings: Path = READINGS) -> "Summaries":
        """Read the words and the names of intents. Raises `FileFault`."""
        read = yaml.safe_load(readings.read_text(encoding="utf-8"))["responses"]
        topics = {name.removeprefix(_READING): _in_english(variations) for name, variations in read.items()}
        return cls(read_located(words, _Words).content, topics)

    def tell(self, facts: Facts) -> str:
        """One line."""
        words = self._words
        named = [self._topics[intent] for intent in facts.intents if intent in self._topics]
        topics = named[:_MOST_TOPICS] or [words.no_topic]
        if len(named) > _MOST_TOPICS:
            topics.append(words.and_more.format(count=len(named) - _MOST_TOPICS))
        outcomes = [words.outcomes[Outcome(name)].format(count=count) for name, count in facts.outcomes.items()]
        return words.summary.format(
            channel=words.channels.get(facts.channel, facts.channel),
            language=words.languages[facts.language],
            topics="; ".join(topics),
            outcomes=", ".join(outcomes),
        )


def _in_english(variations: list[dict[str, object]]) -> str:
    return next(
        str(variation["text"])
        for variation in variations
        if {"type": "slot", "name": "language", "value": "en"} in variation["condition"]  # type: ignore[operator]
    )
