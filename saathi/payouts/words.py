"""What the codes of the ledger are called, and how partners ask for its figures: data/payouts/{words,asking}.yml."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from language import Language
from saathi.located import read_located
from saathi.payouts.model import LineKind, PayoutState
from saathi.products.model import Text
from saathi.settings import ROOT

WORDS = ROOT / "data/payouts/words.yml"
ASKING = ROOT / "data/payouts/asking.yml"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StateWords(_Part):
    """A state's name, and the sentence that tells it, with the gaps `{due}` and `{paid}`."""

    name: Text
    says: Text


class ReasonWords(_Part):
    """Why a payout is late or a line is there, what helps, and the intent of the guide that leads through that."""

    says: Text
    next: Text | None = None
    begins: str | None = None


class LineParts(_Part):
    """What is said of a line beside its name (what a rate is of, of how many sales, what it was before), and of the
    payout that is coming."""

    of: Text
    of_year: Text
    one_sale: Text
    sales: Text
    less: Text
    gone: Text
    coming: Text


class Labels(_Part):
    """What stands before a figure, on cards and in lists."""

    title: Text
    net: Text
    earned: Text
    state: Text
    next: Text
    coming: Text
    tds_title: Text


class PayoutWords(_Part):
    """The file of words. A code of the ledger that stands in none of its lists has no words."""

    states: Mapping[PayoutState, StateWords]
    lines: Mapping[LineKind, Text]
    parts: LineParts
    labels: Labels
    reasons: Mapping[str, ReasonWords]
    guides: Mapping[str, Text]

    @classmethod
    def load(cls, path: Path = WORDS) -> "PayoutWords":
        """Read the file. Raises `FileFault`."""
        return read_located(path, cls).content

    def explain(self, reason: str | None, language: Language) -> str:
        """A reason in words; empty where there is none or none that is known."""
        known = self.reasons.get(reason or "")
        return known.says.say(language) if known else ""


class Asking(_Part):
    """How partners ask, in Latin letters; Devanagari is transliterated before it is compared."""

    tds: frozenset[str]
    net: frozenset[str]
    sum: frozenset[str]
    cut: frozenset[str]
    own: frozenset[str]
    other: frozenset[str]
    against: frozenset[str]
    month_before: frozenset[str]
    and_: frozenset[str] = Field(alias="and")
    that: frozenset[str]
    why: frozenset[str]
    less: frozenset[str]
    lines: Mapping[LineKind, frozenset[str]]
    whose: frozenset[str]
    of_payout: frozenset[str]
    general: frozenset[str]
    step: frozenset[str]
    beside_step: frozenset[str]
    payout: frozenset[str]
    somebody: frozenset[str]
    sale: frozenset[str]
    coming: frozenset[str]
    mine: frozenset[str]

    @classmethod
    def load(cls, path: Path = ASKING) -> "Asking":
        """Read the file. Raises `FileFault`."""
        return read_located(path, cls).content
