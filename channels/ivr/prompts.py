"""What the line says at a place of a call, and what it waits for then; neither TwiML nor a websocket's message yet."""

from dataclasses import dataclass
from enum import StrEnum

from channels.ivr.call import PIN_LENGTH
from channels.ivr.offers import Offers
from channels.ivr.state import Part, Place, State
from channels.wording import Wording
from saathi.voice_menu import TONGUES, Command, Tongue, VoiceMenu

# What is said in the place of the answer, which the caller has heard.
_INSTEAD = frozenset(
    {
        "ivr_silence",
        "ivr_unclear",
        "ivr_nothing_more",
        "ivr_link_sent",
        "ivr_link_unknown",
        "ivr_link_none",
        "ivr_rated_up",
        "ivr_rated_down",
    }
)


class Act(StrEnum):
    """What happens after the words."""

    LISTEN = "listen"
    WAIT = "wait"
    DIAL = "dial"
    HANG_UP = "hang_up"


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence or more in one language."""

    text: str
    language: Tongue


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is said and what comes then. `keys` is how many are waited for, None: any number up to `#`; speech is
    listened to only where `takes_speech`, in `language`."""

    lines: tuple[Line, ...]
    act: Act
    language: Tongue
    keys: int | None = 1
    takes_speech: bool = True


class Prompter:
    """Puts a state into words."""

    def __init__(self, menu: VoiceMenu, wording: Wording) -> None:
        self._menu = menu
        self._wording = wording
        self._offers = Offers(menu, wording)

    def present(self, state: State) -> Prompt:  # noqa: PLR0911 (a line a place)
        """What the caller hears now."""
        notices = [self._line(state, name) for name in state.notices]
        last_words = map(_to_line, state.last_words)
        match state.place:
            case Place.LANGUAGE:
                return Prompt((*notices, *self._greet(state)), Act.LISTEN, "en")
            case Place.MENU:
                return Prompt((*notices, *self._list_menu(state)), Act.LISTEN, state.language)
            case Place.ANSWER:
                return Prompt((*notices, *self._answer(state)), Act.LISTEN, state.language)
            case Place.PARTNER | Place.PIN:
                keys = PIN_LENGTH if state.place is Place.PIN else None
                lines = (*notices, self._line(state, f"ivr_{state.place.value}"))
                return Prompt(lines, Act.LISTEN, state.language, keys, takes_speech=False)
            case Place.SURVEY | Place.COMMENT:
                line = self._line(state, f"ivr_{state.place.value}")
                return Prompt((*notices, line), Act.LISTEN, state.language)
            case Place.WAITING | Place.CHECKING:
                filler = "ivr_filler" if state.fillers <= 1 else "ivr_filler_again"
                return Prompt((*notices, self._line(state, filler)), Act.WAIT, state.language)
            case Place.TRANSFER:
                lines = (*last_words, *notices, self._line(state, "ivr_transfer"))
                return Prompt(lines, Act.DIAL, state.language)
            case Place.OVER:
                return Prompt((*last_words, *notices), Act.HANG_UP, state.language)

    def _greet(self, state: State) -> list[Line]:
        lines = []
        for tongue in TONGUES:
            greeting = [] if state.misses else [self._wording.say("ivr_greeting", tongue)]
            choice = self._wording.say("ivr_language", tongue).format(key=self._menu.languages[tongue].key)
            lines.append(Line(" ".join([*greeting, choice]), tongue))
        return lines

    def _list_menu(self, state: State) -> list[Line]:
        tongue = state.language
        choice = self._wording.say("ivr_choice", tongue)
        items = [
            choice.format(title=item.title[tongue], key=self._menu.name_key(item.key, tongue))
            for item in self._menu.menu
        ]
        person = self._offers.say_key("ivr_person", tongue, Command.PERSON)
        said = [self._wording.say("ivr_menu", tongue), *items, person]
        return [Line(" ".join(said), tongue)]

    def _answer(self, state: State) -> list[Line]:
        # A question is said again to who did not answer it.
        asks_again = state.asks and {"ivr_silence", "ivr_unclear"}.intersection(state.notices)
        is_said = asks_again or not _INSTEAD.intersection(state.notices)
        answer = [_to_line(state.parts[state.part])] if is_said else []
        offers = self._offers.list(state)
        return [*answer, Line(" ".join(offers), state.language)] if offers else answer

    def _line(self, state: State, name: str) -> Line:
        return Line(self._wording.say(name, state.language), state.language)


def _to_line(part: Part) -> Line:
    return Line(part.text, part.language)
