"""What the gateway itself says, read from `data/responses/system.yml` in Rasa's `responses:` format."""

from pathlib import Path
from typing import Any

import yaml

from language import Language
from saathi.messages import Author, Purpose, Reply

SYSTEM_WORDS = Path(__file__).resolve().parent.parent / "data" / "responses" / "system.yml"


class Wording:
    """Sentences by name and language."""

    def __init__(self, path: Path = SYSTEM_WORDS) -> None:
        """Read the sentences.

        Raises:
            ValueError: the file has no `responses:`; it names the file.
        """
        read = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        if not isinstance(read, dict) or not isinstance(read.get("responses"), dict):
            raise ValueError(f"{path}: write the gateway's sentences under `responses:`")
        self._sentences = {name: _by_language(variations) for name, variations in read["responses"].items()}

    def say(self, name: str, language: Language) -> str:
        """The sentence `utter_system_<name>` in a language.

        Raises:
            KeyError: the file lacks the sentence in this language.
        """
        return self._sentences[f"utter_system_{name}"][language]

    def reply(self, name: str, language: Language, purpose: Purpose) -> Reply:
        """The sentence as a message of the system."""
        return Reply(self.say(name, language), language, author=Author.SYSTEM, purpose=purpose)


def _by_language(variations: list[dict[str, Any]]) -> dict[str, str]:
    return {
        condition["value"]: variation["text"]
        for variation in variations
        for condition in variation.get("condition", [])
        if condition["name"] == "language"
    }
