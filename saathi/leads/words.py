"""What the codes of leads are called, and how partners ask for leads: data/leads/words.yml and asking.yml."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from language import Language
from saathi.leads.model import Stage
from saathi.located import read_located
from saathi.products.model import Text
from saathi.settings import ROOT

WORDS = ROOT / "data/leads/words.yml"
ASKING = ROOT / "data/leads/asking.yml"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StageWords(_Part):
    """A stage: what the app calls it, what it means, who acts, what is next, how many days it usually lasts."""

    name: Text
    means: Text
    who: Text
    next: Text
    days: int | None = None


class ReasonWords(_Part):
    """Why a lead stands where it stands, and what helps, where that differs from the stage's own next step. `unless`
    is what may have happened that makes it untrue, each with the reason that is told then, "" for none."""

    says: Text
    next: Text | None = None
    unless: Mapping[str, str] = Field(default_factory=dict)


class Ages(_Part):
    """How long ago something was."""

    today: Text
    yesterday: Text
    days: Text


class When(_Part):
    """When something was."""

    today: Text
    yesterday: Text
    weekday: Text
    date: Text


class LeadWords(_Part):
    """The file of words. A code of a CRM that stands in none of its lists has no words."""

    stages: Mapping[Stage, StageWords]
    reasons: Mapping[str, ReasonWords]
    sources: Mapping[str, Text]
    engagement: Mapping[str, Text]
    documents: Mapping[str, Text]
    when: When
    weekdays: tuple[Text, ...] = Field(min_length=7, max_length=7)
    phrases: Mapping[str, Text]
    labels: Mapping[str, Text]
    ages: Ages
    late: Text

    @classmethod
    def load(cls, path: Path = WORDS) -> "LeadWords":
        """Read the file. Raises `FileFault`."""
        return read_located(path, cls).content

    def explain(self, reason: str | None, language: Language) -> str:
        """A reason in words; empty where there is none or none that is known."""
        known = self.reasons.get(reason or "")
        return known.says.say(language) if known else ""

    def next_step(self, stage: Stage, reason: str | None, language: Language) -> str:
        """What to do next: what helps against the reason, else what comes after the stage."""
        known = self.reasons.get(reason or "")
        step = known.next if known and known.next else self.stages[stage].next
        return step.say(language)


class KindWords(_Part):
    """Words that name one kind of product or several; without any, words that only look as if they did."""

    kinds: tuple[str, ...]
    said: frozenset[str]


class Naming(_Part):
    """What stands around a customer's name, and words that stand there and are none."""

    lead: frozenset[str]
    behind: frozenset[str]
    before: frozenset[str]
    never: frozenset[str]


class Asking(_Part):
    """How partners ask, in Latin letters; Devanagari is transliterated before it is compared."""

    that: frozenset[str]
    several: frozenset[str]
    stages: Mapping[Stage, frozenset[str]]
    stuck: frozenset[str]
    every: frozenset[str]
    best: frozenset[str]
    oldest: frozenset[str]
    count: frozenset[str]
    more: frozenset[str]
    one: frozenset[str]
    ending: frozenset[str]
    so_far: frozenset[str]
    kinds: tuple[KindWords, ...]
    naming: Naming

    @classmethod
    def load(cls, path: Path = ASKING) -> "Asking":
        """Read the file. Raises `FileFault`."""
        return read_located(path, cls).content

    @property
    def words(self) -> frozenset[str]:
        """Every word of the phrases."""
        lists = (
            self.that, self.several, self.stuck, self.every, self.best, self.oldest, self.count, self.more, self.one,
            self.ending, self.so_far, *self.stages.values(), *(group.said for group in self.kinds),
        )  # fmt: skip
        return frozenset(word for phrases in lists for phrase in phrases for word in phrase.split())
