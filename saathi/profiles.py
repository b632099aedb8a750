"""What a partner has fixed about the assistant: the language of its replies."""

import re
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, RootModel
from sqlalchemy import Connection, select, update

from language import Language, normalise, to_latin
from saathi.store.tables import conversations, people

LANGUAGES = Path(__file__).resolve().parent.parent / "data" / "languages.yml"
Wanted = Literal["hinglish", "automatic", "en", "hi", "other"]


class LanguageNames(RootModel[dict[Wanted, tuple[str, ...]]]):
    """How partners name languages, in Latin letters. Of several names in a message the one of most words counts
    ("hindi script" before "roman"), of equal ones the first in the file."""

    model_config = ConfigDict(frozen=True)

    def find(self, text: str) -> Wanted | None:
        """The language that a message names: one of ours, "automatic", "other" for one we do not write, or None."""
        plain = to_latin(normalise(text)).lower()
        named = [(kind, word) for kind, words in self.root.items() for word in words if _names(plain, word)]
        return max(named, key=lambda pair: len(pair[1].split()))[0] if named else None


def fix_language(connection: Connection, conversation: str, language: Language | None) -> None:
    """Answer the conversation's partner in that language from now on; None follows each message again."""
    partner = select(conversations.c.partner).where(conversations.c.id == conversation).scalar_subquery()
    connection.execute(update(people).where(people.c.partner == partner).values(language=language))


def _names(plain: str, word: str) -> bool:
    return re.search(rf"\b{re.escape(word)}\b", plain) is not None
