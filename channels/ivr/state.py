"""Where a call stands, what a caller may say, and what may follow from it."""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from saathi.voice_menu import Tongue


class Place(StrEnum):
    """What the caller is asked for, or waits for."""

    LANGUAGE = "language"
    MENU = "menu"
    ANSWER = "answer"
    PARTNER = "partner"
    PIN = "pin"
    SURVEY = "survey"  # a score from 1 to 5
    COMMENT = "comment"  # a line of words on the score
    WAITING = "waiting"  # for an answer
    CHECKING = "checking"  # of the PIN
    TRANSFER = "transfer"
    OVER = "over"


HEARING = frozenset({Place.LANGUAGE, Place.MENU, Place.ANSWER, Place.PARTNER, Place.PIN, Place.SURVEY, Place.COMMENT})


class Choice(BaseModel):
    """What an answer offers on a key; `id` is the store's."""

    model_config = ConfigDict(frozen=True)

    key: str
    id: str
    title: str


class Part(BaseModel):
    """Words of an answer that are said at once, in the language that they are written in."""

    model_config = ConfigDict(frozen=True)

    text: str
    language: Tongue


class State(BaseModel):
    """Where a call stands; kept in its row. Digits of a PIN never come into it.

    `step` counts what was heard, so that a repeated webhook is known. `notices` name sentences that are said first.
    `parts` are the answer as it is spoken, of which `part` is said now; `reply` is its row, and `asks` whether it is a
    question. `last_words` are said before the call is put through or ends. `question`
    is the key of the message that waits for its answer since `asked_at`; `fillers` is how often the caller was asked
    to wait. `claimed` is the partner that the caller says to be, and `after_pin` what to ask when that is proved.
    """

    model_config = ConfigDict(frozen=True)

    step: int = 0
    place: Place = Place.LANGUAGE
    language: Tongue = "en"
    notices: tuple[str, ...] = ()
    misses: int = 0
    parts: tuple[Part, ...] = ()
    last_words: tuple[Part, ...] = ()
    reply: str | None = None
    asks: bool = False
    part: int = 0
    choices: tuple[Choice, ...] = ()
    link: dict[str, str] | None = None
    offers_pin: bool = False
    offers_person: bool = False
    answered: int = 0
    question: str | None = None
    asked: str = ""
    asked_at: float = 0.0
    fillers: int = 0
    claimed: str | None = None
    after_pin: str | None = None
    pin_tries: int = 0
    is_verified: bool = False
    survey: str | None = None
    score: int = 0

    def at(self, place: Place, *notices: str) -> "State":
        """The state at a place, with what is said first there; no miss is remembered."""
        return self.model_copy(update={"place": place, "notices": notices, "misses": 0})


@dataclass(frozen=True, slots=True)
class Said:
    """What the caller keyed or spoke; neither is silence. `is_unsure`: the words are probably not what was spoken."""

    digits: str = ""
    speech: str = ""
    is_unsure: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """Have a question answered: its words, or the id of a choice that was offered."""

    text: str = ""
    choice: str | None = None


@dataclass(frozen=True, slots=True)
class SendLink:
    """Send the answer's link by message."""


@dataclass(frozen=True, slots=True)
class BeginPin:
    """Find out whose PIN to ask for."""


@dataclass(frozen=True, slots=True)
class CheckPin:
    """Hold a PIN against that of the partner whom the caller claims to be."""

    pin: str


@dataclass(frozen=True, slots=True)
class ClaimPartner:
    """The caller keyed these digits of a partner's id."""

    digits: str


@dataclass(frozen=True, slots=True)
class CallPerson:
    """Bring in a person. A caller who was never heard gets one only where the call can be put through at once."""

    was_silent: bool = False


@dataclass(frozen=True, slots=True)
class Rate:
    """The answer helped, or did not."""

    helped: bool


@dataclass(frozen=True, slots=True)
class AskForScore:
    """The caller leaves, after an answer: how was it."""


@dataclass(frozen=True, slots=True)
class Score:
    """From 1 to 5; or the line of words on it."""

    score: int | None = None
    comment: str = ""


Effect = Rate | AskForScore | Score | Ask | SendLink | BeginPin | CheckPin | ClaimPartner | CallPerson
