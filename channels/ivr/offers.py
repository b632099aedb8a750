"""What a caller can do after a part of an answer, in words."""

from channels.ivr.state import Choice, State
from channels.wording import Wording
from saathi.voice_menu import Command, Tongue, VoiceMenu


class Offers:
    """Says which keys there are. While more of an answer is left, only what goes with this part of it."""

    def __init__(self, menu: VoiceMenu, wording: Wording) -> None:
        self._menu = menu
        self._wording = wording

    def list(self, state: State) -> list[str]:
        """The sentences after the part that is said now."""
        tongue, is_first = state.language, state.part == 0
        said = []
        if has_more := state.part + 1 < len(state.parts):
            said.append(self.say_key("ivr_more", tongue, Command.MORE))
        else:
            said += [self.say_choice(choice, tongue) for choice in state.choices]
        if state.link is not None and is_first and "ivr_link_sent" not in state.notices:
            said.append(self.say_key("ivr_link", tongue, Command.LINK))
        if state.offers_pin and not state.is_verified and is_first:
            said.append(self.say_key("ivr_offer_pin", tongue, Command.PIN))
        if state.offers_person and not has_more:
            said.append(self.say_key("ivr_person", tongue, Command.PERSON))
        if state.misses and not state.asks:  # nothing more is asked just now: the moment to ask how the answer was
            keys = {"up": self._menu.commands[Command.HELPED].key, "down": self._menu.commands[Command.NOT_HELPED].key}
            said.append(self._wording.say("ivr_rate", tongue).format(**keys))
        if not state.asks:
            said.append(self._wording.say("ivr_again", tongue))
        if not has_more or state.misses:
            said.append(self.say_key("ivr_to_menu", tongue, Command.MENU))
        return said

    def say_choice(self, choice: Choice, tongue: Tongue) -> str:
        """A choice of the answer with its key."""
        return self._wording.say("ivr_choice_question", tongue).format(title=choice.title, key=choice.key)

    def say_key(self, name: str, tongue: Tongue, command: Command) -> str:
        """A command with its key."""
        key = self._menu.name_key(self._menu.commands[command].key, tongue)
        return self._wording.say(name, tongue).format(key=key)
