"""Masking: structured identifiers become typed placeholders before a text is stored, understood or logged."""

import re
from dataclasses import dataclass
from typing import Any

import spacy
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, RecognizerResult
from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine

from saathi.privacy.context import NearestWordEnhancer
from saathi.privacy.plain import to_plain
from saathi.privacy.recognizers import THRESHOLD, list_recognizers

# The recognizers' entities, and what stands between the brackets of a placeholder.
_KINDS = {
    "CREDIT_CARD": "card",
    "EMAIL_ADDRESS": "email",
    "IN_AADHAAR": "aadhaar",
    "IN_VIRTUAL_ID": "virtual id",
    "IN_GSTIN": "gstin",
    "IN_PAN": "pan",
    "IN_PASSPORT": "passport",
    "IN_VEHICLE_REGISTRATION": "vehicle",
    "IN_VEHICLE_REGISTRATION_OLD": "vehicle",
    "IN_VOTER": "voter id",
    "UPI_ID": "upi",
    "IFSC": "ifsc",
    "BANK_ACCOUNT": "account",
    "PHONE_NUMBER": "phone",
}


@dataclass(frozen=True, slots=True)
class Identifier:
    """One found identifier: its kind as the placeholder names it, and its place in the text."""

    kind: str
    start: int
    end: int


class Masker:
    """Finds identifiers by pattern, check digit and the words beside them; holds no model and makes no call.

    Names and addresses in free text are not structured identifiers and stay, and so do numbers in words.
    """

    def __init__(self) -> None:
        self._analyzer = AnalyzerEngine(
            registry=RecognizerRegistry(recognizers=list_recognizers(), supported_languages=["en"]),
            nlp_engine=_BlankNlpEngine(),
            context_aware_enhancer=NearestWordEnhancer(),
            supported_languages=["en"],
            default_score_threshold=THRESHOLD,
        )

    def mask(self, text: str) -> str:
        """The text with each identifier replaced by its kind; a phone keeps its last four digits."""
        masked, end = [], 0
        for identifier in self.find(text):
            masked += [text[end : identifier.start], _placeholder(identifier, text)]
            end = identifier.end
        return "".join([*masked, text[end:]])

    def mask_values(self, value: Any, name: str = "") -> Any:
        """A JSON value with each text and number in it masked; a field's `name` counts as a word before its value."""
        if isinstance(value, dict):
            return {key: self.mask_values(entry, str(key)) for key, entry in value.items()}
        if isinstance(value, list):
            return [self.mask_values(entry, name) for entry in value]
        if not isinstance(value, str | int) or isinstance(value, bool):
            return value
        field = f"{name.replace('_', ' ')}: " if name else ""
        masked = self.mask(f"{field}{value}").removeprefix(field)
        return value if masked == str(value) else masked

    def find(self, text: str) -> list[Identifier]:
        """The identifiers in order of place, none over another."""
        plain = to_plain(text)
        if not any(mark.isdigit() or mark == "@" for mark in plain):
            return []  # every kind above holds a digit or an @
        found = self._analyzer.analyze(plain, language="en", entities=list(_KINDS))
        return [Identifier(_KINDS[result.entity_type], result.start, result.end) for result in _without_overlaps(found)]


def _without_overlaps(found: list[RecognizerResult]) -> list[RecognizerResult]:
    """In order of place; where two overlap, the surer and then the longer one."""
    kept: list[RecognizerResult] = []
    for result in sorted(found, key=lambda result: (-result.score, result.start - result.end)):
        if all(result.end <= other.start or other.end <= result.start for other in kept):
            kept.append(result)
    return sorted(kept, key=lambda result: result.start)


def _placeholder(identifier: Identifier, text: str) -> str:
    if identifier.kind != "phone":
        return f"[{identifier.kind}]"
    digits = re.sub(r"\D", "", to_plain(text[identifier.start : identifier.end]))
    return f"[phone {digits[-4:]}]"


class _BlankNlpEngine(SpacyNlpEngine):
    """Tokens, by which distances are counted; there is nothing to download and no entity model."""

    def __init__(self) -> None:
        super().__init__(
            models=[{"lang_code": "en", "model_name": "blank"}],
            ner_model_configuration=NerModelConfiguration(labels_to_ignore=[]),
        )

    def load(self) -> None:
        self.nlp = {"en": spacy.blank("en")}  # type: ignore[assignment] # declared as None by Presidio
