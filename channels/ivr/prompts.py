"""What the line says at a place of a call, and what it waits for then; neither TwiML nor a websocket's message yet."""

from dataclasses import dataclass
from enum import StrEnum

from channels.ivr.call import PIN_LENGTH
from channels.ivr.menu import TONGUES, Command, Menu, Tongue
from channels.ivr.state import Choice, Part, Place, State
from channels.wording import Wording

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

    def __init__(self, menu: Menu, wording: Wording) -> None:
        self._menu = menu
        self._wording = wording

    def present(self, state: State) -> Prompt:  # noqa: PLR0911 (a line a place)
        """What the caller hears now."""
        notices = [self._line(state, name) for name in state.notices]
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
                return Prompt((*notices, self._line(state, "ivr_transfer")), Act.DIAL, state.language)
            case Place.OVER:
                return Prompt(tuple(notices), Act.HANG_UP, state.language)

    def _greet(self, state: State) -> list[Line]:
        lines = []
        for tongue in TONGUES:
            greeting = [] if state.misses else [self._wording.say("ivr_greeting", tongue)]
            choice = self._say("ivr_language", tongue, key=self._menu.languages[tongue].key)
            lines.append(Line(" ".join([*greeting, choice]), tongue))
        return lines

    def _list_menu(self, state: State) -> list[Line]:
        tongue = state.language
        items = [
            self._say("ivr_choice", tongue, title=item.title[tongue], key=self._menu.name_key(item.key, tongue))
            for item in self._menu.menu
        ]
        said = [self._wording.say("ivr_menu", tongue), *items, self._say_key("ivr_person", tongue, Command.PERSON)]
        return [Line(" ".join(said), tongue)]

    def _answer(self, state: State) -> list[Line]:
        tongue = state.language
        is_said = not _INSTEAD.intersection(state.notices)
        answer = [_to_line(state.parts[state.part])] if is_said else []
        said: list[str] = []
        if state.part + 1 < len(state.parts):
            said.append(self._say_key("ivr_more", tongue, Command.MORE))
        said += [self._offer(choice, tongue) for choice in state.choices]
        if state.link is not None and "ivr_link_sent" not in state.notices and state.part == 0:
            said.append(self._say_key("ivr_link", tongue, Command.LINK))
        if state.offers_pin and not state.is_verified:
            said.append(self._say_key("ivr_offer_pin", tongue, Command.PIN))
        if state.offers_person:
            said.append(self._say_key("ivr_person", tongue, Command.PERSON))
        if state.misses:  # nothing more is asked just now: the moment to ask how the answer was
            keys = {"up": self._menu.commands[Command.HELPED].key, "down": self._menu.commands[Command.NOT_HELPED].key}
            said.append(self._say("ivr_rate", tongue, **keys))
        said.append(self._say_key("ivr_again", tongue, Command.MENU))
        return [*answer, Line(" ".join(said), tongue)]

    def _offer(self, choice: Choice, tongue: Tongue) -> str:
        name = "ivr_choice_question" if choice.title.endswith("?") else "ivr_choice"
        return self._say(name, tongue, title=choice.title, key=choice.key)

    def _line(self, state: State, name: str) -> Line:
        return Line(self._wording.say(name, state.language), state.language)

    def _say_key(self, name: str, tongue: Tongue, command: Command) -> str:
        return self._say(name, tongue, key=self._menu.name_key(self._menu.commands[command].key, tongue))

    def _say(self, name: str, tongue: Tongue, **values: str) -> str:
        return self._wording.say(name, tongue).format(**values)


def _to_line(part: Part) -> Line:
    return Line(part.text, part.language)
