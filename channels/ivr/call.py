"""What comes next in a call, by what the caller says or keys. Pure: it stores nothing and asks nobody."""

from channels.ivr.state import (
    Ask,
    AskForScore,
    BeginPin,
    CallPerson,
    CheckPin,
    Choice,
    ClaimPartner,
    Effect,
    Place,
    Rate,
    Said,
    Score,
    SendLink,
    State,
)
from language import detect
from language.ordinals import read_ordinal
from saathi.voice_menu import Command, Tongue, VoiceMenu, simplify

MOST_MISSES = 2  # reprompts, before a person or goodbye
MOST_PIN_TRIES = 3  # in one call
PIN_LENGTH = 6


Heard = tuple[State, Effect | None]


class Flow:
    """The rules of a call."""

    def __init__(self, menu: VoiceMenu) -> None:
        self._menu = menu

    def hear(self, state: State, said: Said) -> Heard:
        """What follows from what the caller keyed or said."""
        state = state.model_copy(update={"notices": ()})  # they have been said
        if state.place in {Place.SURVEY, Place.COMMENT}:
            return self._at_survey(state, said)
        if not said.digits and not said.speech.strip():
            return self._miss(state, "ivr_silence")
        if said.is_unsure and not said.digits:
            return self._miss(state, "ivr_unclear")
        handlers = {
            Place.LANGUAGE: self._at_language,
            Place.MENU: self._at_menu,
            Place.ANSWER: self._at_answer,
            Place.PARTNER: self._at_partner,
            Place.PIN: self._at_pin,
        }
        return handlers[state.place](state, said)

    def _miss(self, state: State, notice: str) -> Heard:
        if state.misses < MOST_MISSES:
            return state.model_copy(update={"misses": state.misses + 1, "notices": (notice,)}), None
        is_silent = notice == "ivr_silence"
        if is_silent and state.answered:
            return state.at(Place.OVER, "ivr_goodbye"), None
        return state, CallPerson(was_silent=is_silent)

    def _at_language(self, state: State, said: Said) -> Heard:
        tongue = self._menu.read_tongue(said.digits or said.speech)
        if tongue is not None:
            return state.at(Place.MENU).model_copy(update={"language": tongue}), None
        if said.digits or len(said.speech.split()) < 2:
            return self._miss(state, "ivr_unclear")
        # Who asks at once need not choose: the question shows the language.
        language: Tongue = "en" if detect(said.speech) == "en" else "hi"
        return state.model_copy(update={"language": language}), Ask(said.speech)

    def _at_menu(self, state: State, said: Said) -> Heard:
        said = _read_spoken_key(said)
        if said.speech and not said.digits:
            return self._hear_speech(state, said.speech)
        item = self._menu.find_item(said.digits)
        if item is None:
            command = self._menu.find_command(said.digits)
            allowed = {Command.PERSON, Command.REPEAT, Command.MENU, Command.GOODBYE}
            return self._do(state, command) if command in allowed else self._miss(state, "ivr_unclear")
        question = item.question[state.language]
        if item.needs_pin and not state.is_verified:
            return _begin_pin(state.model_copy(update={"after_pin": question}))
        return state, Ask(question)

    def _at_answer(self, state: State, said: Said) -> Heard:
        said = said if state.asks else _read_spoken_key(said)  # a question may want a figure
        choice = next((choice for choice in state.choices if _picks(said, choice)), None)
        if choice is not None:
            return state, Ask(choice.title, choice.id)
        if said.speech and not said.digits:
            return self._hear_speech(state, said.speech)
        return self._do(state, self._menu.find_command(said.digits))

    def _hear_speech(self, state: State, speech: str) -> Heard:
        tongue = self._menu.read_tongue(speech)
        if tongue is not None:
            return state.at(Place.MENU).model_copy(update={"language": tongue}), None
        command = self._menu.read_command(speech)
        return self._do(state, command) if command is not None else (state, Ask(speech))

    def _do(self, state: State, command: Command | None) -> Heard:  # noqa: PLR0911 (a case a command)
        match command:
            case Command.MORE:
                return _go_on(state), None
            case Command.LINK | Command.PERSON:
                return state, SendLink() if command is Command.LINK else CallPerson()
            case Command.HELPED | Command.NOT_HELPED if state.reply:
                return state, Rate(helped=command is Command.HELPED)
            case Command.PIN if not state.is_verified:
                return _begin_pin(state)
            case Command.MENU | Command.REPEAT:
                return state.at(Place.MENU if command is Command.MENU else state.place), None
            case Command.GOODBYE:
                return (state, AskForScore()) if state.answered else (state.at(Place.OVER, "ivr_goodbye"), None)
            case _:
                return self._miss(state, "ivr_unclear")

    def _at_survey(self, state: State, said: Said) -> Heard:
        """Whoever says nothing of use has been asked enough."""
        over = state.at(Place.OVER, "ivr_goodbye")
        if state.place is Place.COMMENT:
            return over, Score(comment=said.speech.strip()) if said.speech.strip() else None
        place = read_ordinal(said.digits or said.speech)
        if place is None or not 1 <= place <= 5:
            return over, None
        return state.at(Place.COMMENT), Score(place)

    def _at_partner(self, state: State, said: Said) -> Heard:
        if said.digits.startswith("*"):
            return _leave_pin(state), None
        if not said.digits.isdecimal():
            return self._miss(state, "ivr_unclear")
        return state, ClaimPartner(said.digits)

    def _at_pin(self, state: State, said: Said) -> Heard:
        if said.digits.startswith("*"):
            return _leave_pin(state), None
        if len(said.digits) != PIN_LENGTH or not said.digits.isdecimal():
            return self._miss(state, "ivr_pin_unclear")
        return state.at(Place.CHECKING), CheckPin(said.digits)


def _read_spoken_key(said: Said) -> Said:
    """Who is told to press 2 may say so instead."""
    spoken = "".join(mark for mark in said.speech if mark.isalnum())
    return Said(digits=spoken) if len(spoken) == 1 and spoken in "0123456789" and not said.digits else said


def _picks(said: Said, choice: Choice) -> bool:
    """Whether the choice's key is pressed, or its title said, or what stands between the title's commas."""
    if said.digits:
        return said.digits == choice.key
    titles = (choice.title, *choice.title.split(","))
    spoken = simplify(said.speech).replace(" ", "")
    return bool(spoken) and any(spoken == simplify(title).replace(" ", "") for title in titles)


def _go_on(state: State) -> State:
    """The next part of the answer."""
    if state.part + 1 < len(state.parts):
        return state.at(Place.ANSWER).model_copy(update={"part": state.part + 1})
    return state.at(Place.ANSWER if state.parts else Place.MENU, "ivr_nothing_more")


def _begin_pin(state: State) -> Heard:
    if state.pin_tries >= MOST_PIN_TRIES:
        return _leave_pin(state, "ivr_pin_over"), None
    return state, BeginPin()


def after_pin(state: State, *, is_right: bool) -> Heard:
    """What follows from a PIN that was checked."""
    if is_right:
        verified = state.model_copy(update={"is_verified": True, "after_pin": None})
        asked = state.after_pin
        return (verified.at(Place.MENU, "ivr_pin_right"), Ask(asked) if asked else None)
    tries = state.pin_tries + 1
    counted = state.model_copy(update={"pin_tries": tries})
    if tries >= MOST_PIN_TRIES:
        return _leave_pin(counted, "ivr_pin_over"), None
    return counted.at(Place.PIN, "ivr_pin_wrong"), None


def pin_locked(state: State) -> State:
    """The partner's PIN takes no more tries today."""
    return _leave_pin(state, "ivr_pin_locked")


def _leave_pin(state: State, *notices: str) -> State:
    return state.at(Place.MENU, *notices).model_copy(update={"after_pin": None, "claimed": None})
