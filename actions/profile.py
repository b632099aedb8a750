"""`action_set_language`: the partner fixes the language of the replies, or lets it follow the messages again."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import yaml
from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Turn, payload
from language import Language, normalise, to_latin
from saathi import profiles
from saathi.store import Database

LANGUAGES = Path(__file__).resolve().parents[1] / "data" / "languages.yml"


class SetLanguage(Action):
    """Utters `utter_profile_language_set` in the new language, `_automatic`, `_choice` when none is named, `_unknown`
    for one that the assistant does not write."""

    def __init__(self, database: Database, names: Mapping[str, list[str]]) -> None:
        self._database = database
        self._names = {kind: re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b") for kind, words in names.items()}

    @classmethod
    def load(cls, database: Database, path: Path = LANGUAGES) -> "SetLanguage":
        """The action with the languages' names."""
        return cls(database, yaml.safe_load(path.read_text(encoding="utf-8")))

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
        plain = to_latin(normalise(turn.text)).lower()
        named = next((kind for kind, pattern in self._names.items() if pattern.search(plain)), None)
        if named in {None, "other"}:
            case = "choice" if named is None else "unknown"
            dispatcher.utter_message(response=f"utter_profile_language_{case}", json_message=payload("clarified"))
            return []
        language = None if named == "automatic" else cast("Language", named)
        await self._database.write(lambda c: profiles.fix_language(c, turn.conversation, language))
        case = "set" if language else "automatic"
        dispatcher.utter_message(response=f"utter_profile_language_{case}", json_message=payload("answered"))
        return [SlotSet("language", language)] if language else []
