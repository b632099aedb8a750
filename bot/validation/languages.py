"""Responses: three languages each, the right script, the same gaps, short buttons, payloads that exist."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from rasa.shared.core.constants import DEFAULT_INTENTS

from bot.validation.assistant import Assistant, Variation
from bot.validation.finding import Finding
from bot.validation.names import payloads
from bot.validation.nodes import field, items, place_of, scalars, text_of

LANGUAGES = ("en", "hinglish", "hi")
TITLE_LIMIT = 20  # WhatsApp allows no more in a quick reply
# Product terms stay in Latin letters within Hindi ("KYC", "EMI"); a Hindi word within English is an exception.
_LEAST_DEVANAGARI = 0.4
_MOST_DEVANAGARI = 0.1
_FEWEST_LETTERS = 8  # less says nothing about the script
_GAP = re.compile(r"\{(\w+)\}")
_NO_WORDS = re.compile(r"\{\w+\}|https?://\S+|\S+@\S+")
_DEVANAGARI = re.compile(r"[\u0900-\u0963\u0970-\u097f]")
_LATIN = re.compile(r"[A-Za-z]")


@dataclass(frozen=True)
class _Case:
    """What a variation is for: its language, its channel, and its conditions on other slots."""

    language: str | None
    channel: str | None
    others: frozenset[tuple[str | None, str | None]]

    @property
    def name(self) -> str:
        """The case in words, for a message."""
        channel = f" on the channel '{self.channel}'" if self.channel else ""
        return channel + "".join(f" where {slot} is '{value}'" for slot, value in sorted(map(_words, self.others)))


def check_responses(assistant: Assistant) -> Iterator[Finding]:
    """Yield what is wrong in the wording."""
    by_response: dict[str, list[tuple[_Case, Variation]]] = defaultdict(list)
    for variation in assistant.variations:
        by_response[variation.response].append((_read_case(variation), variation))
    for variations in by_response.values():
        yield from _check_conditions(variations)
        yield from _check_gaps(variations)
        for case, variation in variations:
            yield from _check_script(case, variation)
            yield from _check_titles(variation)
    for intent, place in payloads(assistant):
        if intent not in assistant.declared["intent"] and intent not in DEFAULT_INTENTS:
            wrong = f"a button sends '/{intent}', but the domain has no such intent"
            yield Finding(place, wrong, "Correct the name, or write the words that the partner would type")


def _read_case(variation: Variation) -> _Case:
    language, others = None, set()
    for condition in items(field(variation.node, "condition")):
        name, value = text_of(field(condition, "name")), text_of(field(condition, "value"))
        if name == "language":
            language = value
        else:
            others.add((name, value))
    return _Case(language, text_of(field(variation.node, "channel")), frozenset(others))


def _check_conditions(variations: list[tuple[_Case, Variation]]) -> Iterator[Finding]:
    groups: dict[_Case, list[tuple[_Case, Variation]]] = defaultdict(list)
    for case, variation in variations:
        groups[_Case(None, case.channel, case.others)].append((case, variation))
        if case.language is None:
            wrong = f"a variation of '{variation.response}'{case.name} has no language, so it wins in all three"
            yield Finding(variation.place, wrong, "Add a condition on the slot language: en, hinglish or hi")
        elif case.language not in LANGUAGES:
            wrong = f"'{variation.response}' has a variation for the language '{case.language}', which there is not"
            yield Finding(variation.place, wrong, "Use en, hinglish or hi")
    for group, members in groups.items():
        has = {case.language for case, _ in members}
        missing = [language for language in LANGUAGES if language not in has]
        if missing and None not in has and has <= {*LANGUAGES}:
            first = members[0][1]
            wrong = f"'{first.response}'{group.name} is not written in {' and '.join(missing)}"
            yield Finding(first.place, wrong, "Add the variation, conditional on the slot language")


def _check_gaps(variations: list[tuple[_Case, Variation]]) -> Iterator[Finding]:
    groups: dict[_Case, list[tuple[str, Variation]]] = defaultdict(list)
    for case, variation in variations:
        if case.language in LANGUAGES:
            groups[_Case(None, case.channel, case.others)].append((case.language or "", variation))
    for members in groups.values():
        gaps = [({gap for node in scalars(one.node) for gap in _GAP.findall(node.value)}, one) for _, one in members]
        every = set().union(*(found for found, _ in gaps))
        for found, variation in gaps:
            if found != every:
                missing = ", ".join(f"{{{gap}}}" for gap in sorted(every - found))
                wrong = f"this variation of '{variation.response}' lacks {missing}, which another language has"
                yield Finding(variation.place, wrong, "Let every language fill the same gaps")


def _check_script(case: _Case, variation: Variation) -> Iterator[Finding]:
    text = field(variation.node, "text")
    words = _NO_WORDS.sub(" ", text_of(text) or "")
    hindi, latin = len(_DEVANAGARI.findall(words)), len(_LATIN.findall(words))
    if text is None or hindi + latin < _FEWEST_LETTERS:
        return
    share = hindi / (hindi + latin)
    place = place_of(variation.place.file, text)
    if case.language == "hi" and share < _LEAST_DEVANAGARI:
        wrong = f"the Hindi wording of '{variation.response}' is in Latin letters"
        yield Finding(place, wrong, "Write it in Devanagari; product terms may stay as they are")
    if case.language in ("en", "hinglish") and share > _MOST_DEVANAGARI:
        wrong = f"the {case.language} wording of '{variation.response}' is in Devanagari"
        yield Finding(place, wrong, "Write it in Latin letters")


def _check_titles(variation: Variation) -> Iterator[Finding]:
    for button in items(field(variation.node, "buttons")):
        node = field(button, "title")
        title = text_of(node) or ""
        if node is not None and len(_GAP.sub("", title)) > TITLE_LIMIT:
            wrong = f"the button '{title}' has {len(title)} characters"
            yield Finding(place_of(variation.place.file, node), wrong, f"Say it in {TITLE_LIMIT} or fewer")


def _words(condition: tuple[str | None, str | None]) -> tuple[str, str]:
    return condition[0] or "", condition[1] or ""
