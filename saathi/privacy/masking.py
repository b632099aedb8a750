"""Masking: structured identifiers become typed placeholders before a text is stored, understood or logged."""

import re

import spacy
from presidio_analyzer import AnalyzerEngine, Pattern, PatternRecognizer, RecognizerRegistry, RecognizerResult
from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine
from presidio_analyzer.predefined_recognizers import (
    CreditCardRecognizer,
    EmailRecognizer,
    InAadhaarRecognizer,
    InGstinRecognizer,
    InPanRecognizer,
    InPassportRecognizer,
    InVoterRecognizer,
)
from spacy.language import Language
from spacy.tokens import Doc

# What a bare shape without a checksum or a word beside it scores stays below; a checksum or context lifts it above.
THRESHOLD = 0.4

_PLACEHOLDERS = {
    "CREDIT_CARD": "[card]",
    "EMAIL_ADDRESS": "[email]",
    "IN_AADHAAR": "[aadhaar]",
    "IN_GSTIN": "[gstin]",
    "IN_PAN": "[pan]",
    "IN_PASSPORT": "[passport]",
    "IN_VOTER": "[voter id]",
    "UPI_ID": "[upi]",
    "IFSC": "[ifsc]",
    "BANK_ACCOUNT": "[account]",
}
_PHONE = "PHONE_NUMBER"


class Masker:
    """Finds identifiers by pattern and checksum; holds no model and makes no call.

    Names and addresses in free text are not structured identifiers and stay.
    """

    def __init__(self) -> None:
        recognizers = [
            CreditCardRecognizer(),
            _OfflineEmailRecognizer(),
            InAadhaarRecognizer(context=["aadhaar", "aadhar", "adhar", "uidai", "आधार"]),
            InGstinRecognizer(),
            InPanRecognizer(),
            InPassportRecognizer(),
            InVoterRecognizer(),
            *_own_recognizers(),
        ]
        self._entities = [*_PLACEHOLDERS, _PHONE]
        self._analyzer = AnalyzerEngine(
            registry=RecognizerRegistry(recognizers=recognizers, supported_languages=["en"]),
            nlp_engine=_BlankNlpEngine(),
            supported_languages=["en"],
            default_score_threshold=THRESHOLD,
        )

    def mask(self, text: str) -> str:
        """The text with each identifier replaced by its kind; a phone keeps its last four digits."""
        if not any(mark.isdigit() or mark == "@" for mark in text):
            return text  # every kind above holds a digit or an @
        found = self._analyzer.analyze(text, language="en", entities=self._entities)
        masked, end = [], 0
        for result in _without_overlaps(found):
            masked += [text[end : result.start], _name(result, text)]
            end = result.end
        return "".join([*masked, text[end:]])


def _without_overlaps(found: list[RecognizerResult]) -> list[RecognizerResult]:
    """In order of place; where two overlap, the surer and then the longer one."""
    kept: list[RecognizerResult] = []
    for result in sorted(found, key=lambda result: (-result.score, result.start - result.end)):
        if all(result.end <= other.start or other.end <= result.start for other in kept):
            kept.append(result)
    return sorted(kept, key=lambda result: result.start)


def _name(result: RecognizerResult, text: str) -> str:
    if result.entity_type != _PHONE:
        return _PLACEHOLDERS[result.entity_type]
    digits = re.sub(r"\D", "", text[result.start : result.end])
    return f"[phone {digits[-4:]}]"


def _own_recognizers() -> list[PatternRecognizer]:
    indian_mobile = Pattern("Indian mobile", r"(?<![\w.])(?:\+?91[\s-]?|0)?[6-9]\d{4}[\s-]?\d{5}(?![\w])", 0.6)
    upi = Pattern("UPI handle", r"(?<![\w.@])[\w.-]{2,64}@[a-zA-Z]{2,32}(?![\w.@-])", 0.6)
    ifsc = Pattern("IFSC", r"\b[A-Za-z]{4}0[A-Za-z0-9]{6}\b", 0.5)
    account = Pattern("account number", r"(?<![\w-])\d{9,18}(?![\w-])", 0.1)
    words = ["account", "a/c", "acct", "khata", "khaata", "bank", "खाता", "खाते", "अकाउंट", "बैंक"]
    return [
        PatternRecognizer(_PHONE, name="IndianMobileRecognizer", patterns=[indian_mobile]),
        PatternRecognizer("UPI_ID", name="UpiRecognizer", patterns=[upi]),
        PatternRecognizer("IFSC", name="IfscRecognizer", patterns=[ifsc]),
        PatternRecognizer("BANK_ACCOUNT", name="BankAccountRecognizer", patterns=[account], context=words),
    ]


class _OfflineEmailRecognizer(EmailRecognizer):
    """Presidio's, but the domain is not looked up in a list that would have to be downloaded."""

    def validate_result(self, pattern_text: str) -> bool:
        return "." in pattern_text.rpartition("@")[2]


class _BlankNlpEngine(SpacyNlpEngine):
    """Tokens for the words around a match; there is nothing to download and no entity model."""

    def __init__(self) -> None:
        super().__init__(
            models=[{"lang_code": "en", "model_name": "blank"}],
            ner_model_configuration=NerModelConfiguration(labels_to_ignore=[]),
        )

    def load(self) -> None:
        pipeline = spacy.blank("en")
        pipeline.add_pipe("lower_case_lemmas")
        self.nlp = {"en": pipeline}  # type: ignore[assignment] # declared as None by Presidio


@Language.component("lower_case_lemmas")
def _lower_case_lemmas(doc: Doc) -> Doc:
    """Presidio compares its context words with lemmas, which a blank pipeline leaves empty."""
    for token in doc:
        token.lemma_ = token.lower_
    return doc
