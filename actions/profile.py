"""`action_set_language`: the partner fixes the language of the replies, or lets it follow the messages again."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Turn, payload
from saathi import profiles
from saathi.profiles import LanguageNames
from saathi.store import Database


class SetLanguage(Action):
    """Utters `utter_profile_language_set` in the new language, `_automatic`, `_choice` when none is named, `_unknown`
    for one that the assistant does not write."""

    def __init__(self, database: Database, names: LanguageNames) -> None:
        self._database = database
        self._names = names

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_set_language"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002
    ) -> list[EventType]:
        """One turn."""
        turn = Turn.read(tracker)
        named = self._names.find(turn.text)
        if named is None or named == "other":
            case = "choice" if named is None else "unknown"
            dispatcher.utter_message(response=f"utter_profile_language_{case}", json_message=payload("clarified"))
            return []
        language = None if named == "automatic" else named
        await self._database.write(lambda c: profiles.fix_language(c, turn.conversation, language))
        case = "set" if language else "automatic"
        dispatcher.utter_message(response=f"utter_profile_language_{case}", json_message=payload("answered"))
        return [SlotSet("language", language)] if language else []
