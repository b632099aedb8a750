"""Names that do not meet: responses, actions, slots, entities and file stems."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from rasa.shared.core import constants

from bot.validation.assistant import Assistant
from bot.validation.code import Mention
from bot.validation.finding import Finding, Place, name_others
from bot.validation.nodes import entries, field, items, place_of, scalars, text_of

_GAP = re.compile(r"\{(\w+)\}")
# Names of Rasa's own, among them events and actions that code may mention and no domain lists.
_RASA_ACTIONS = {*constants.DEFAULT_ACTION_NAMES, "action_execution_rejected", "action_extract_slots"}


def check_names(project: Path, assistant: Assistant, mentions: list[Mention]) -> Iterator[Finding]:
    """Yield what is used and not there, and what is there and not used."""
    responses = [mention for mention in mentions if mention.text.startswith("utter_")]
    yield from _check_response_mentions(assistant, responses)
    yield from _check_questions(assistant)
    yield from _check_unused_responses(assistant, responses)
    yield from _check_repeated_responses(assistant)
    if (project / "actions").is_dir():
        yield from _check_actions(assistant, mentions)
    yield from _check_slots(assistant, mentions)
    yield from _check_entities(assistant)
    yield from _check_stems(project, assistant)
    yield from _check_block_names(assistant)


def _check_response_mentions(assistant: Assistant, mentions: list[Mention]) -> Iterator[Finding]:
    for mention in mentions:
        if not any(mention.pattern.fullmatch(name) for name in assistant.declared["response"]):
            wrong = f"the code utters '{mention.text}', which no file in data/responses has"
            yield Finding(mention.place, wrong, "Write the response, or tell the engineers")


def _check_questions(assistant: Assistant) -> Iterator[Finding]:
    """Each slot of a form needs a question, unless an action asks for inputs that are no slots of the form."""
    known = assistant.declared["response"].keys() | assistant.declared["action"].keys()
    for form, slots in assistant.form_slots.items():
        own = [name for name in assistant.declared["response"] if name.startswith(f"utter_ask_{form}_")]
        if any(name.removeprefix(f"utter_ask_{form}_") not in slots for name in own):
            continue
        for slot, place in slots.items():
            names = {f"{kind}_ask_{rest}" for kind in ("utter", "action") for rest in (f"{form}_{slot}", slot)}
            if not names & known:
                wrong = f"the form '{form}' asks for '{slot}', but there is no response 'utter_ask_{form}_{slot}'"
                yield Finding(place, wrong, "Write that response in data/responses")


def _check_unused_responses(assistant: Assistant, mentions: list[Mention]) -> Iterator[Finding]:
    asked = tuple(f"utter_ask_{form}_" for form in assistant.form_slots)
    questions = {f"utter_ask_{slot}" for slots in assistant.form_slots.values() for slot in slots}
    own = {"utter_default", "utter_ask_rephrase"}  # Rasa's default actions utter these
    for name, places in assistant.declared["response"].items():
        if name in assistant.used["response"] or name in questions | own or name.startswith(asked):
            continue
        if not any(mention.pattern.fullmatch(name) for mention in mentions):
            wrong = f"no story, rule, form or action uses the response '{name}'"
            yield Finding(places[0], wrong, "Use it in a story or rule, or delete it", is_warning=True)


def _check_repeated_responses(assistant: Assistant) -> Iterator[Finding]:
    for name, (first, *others) in assistant.declared["response"].items():
        for place in others:
            wrong = f"the response '{name}' is written a second time; the first is at {first}"
            yield Finding(place, wrong, "Join the two, or rename one")


def _check_actions(assistant: Assistant, mentions: list[Mention]) -> Iterator[Finding]:
    named = {mention.text for mention in mentions if mention.place.file.startswith("actions/")}
    declared = assistant.declared["action"]
    for name, places in declared.items():
        if not name.startswith("utter_") and name not in named and name not in _RASA_ACTIONS:
            wrong = f"the action '{name}' stands in the domain, but no module in actions/ has it"
            yield Finding(places[0], wrong, "Correct the name, take it out, or ask the engineers for the action")
    for mention in mentions:
        is_action = mention.in_action and mention.text.startswith(("action_", "validate_")) and mention.is_whole
        if is_action and mention.text not in declared and mention.text not in _RASA_ACTIONS:
            wrong = f"the action '{mention.text}' is programmed, but the domain does not list it"
            yield Finding(mention.place, wrong, "List it under actions: in domain.yml to use it", is_warning=True)


def _check_slots(assistant: Assistant, mentions: list[Mention]) -> Iterator[Finding]:
    declared = assistant.declared["slot"]
    used = {name: list(places) for name, places in assistant.used["slot"].items()}
    shown: set[str] = set()
    for variation in assistant.variations:
        for condition in items(field(variation.node, "condition")):
            name = text_of(field(condition, "name"))
            if name is not None:
                used.setdefault(name, []).append(place_of(variation.place.file, condition))
        shown |= {gap for scalar in scalars(variation.node) for gap in _GAP.findall(scalar.value)}
    in_forms = {(slot, place) for slots in assistant.form_slots.values() for slot, place in slots.items()}
    for name, places in used.items():
        rest = [place for place in places if (name, place) not in in_forms]  # Rasa's own check has those
        if rest and name not in declared and name != constants.REQUESTED_SLOT:
            remedy = "Correct the name, or declare the slot under slots: in domain.yml"
            yield Finding(rest[0], f"the slot '{name}' is not declared{name_others(rest)}", remedy)
    spoken = {mention.text for mention in mentions}
    for name, places in declared.items():
        if name not in used.keys() | shown | spoken:
            wrong = f"the slot '{name}' is declared, but no story, form, response or action uses it"
            yield Finding(places[0], wrong, "Delete it, or use it", is_warning=True)


def _check_entities(assistant: Assistant) -> Iterator[Finding]:
    declared = assistant.declared["entity"]
    marked: dict[str, list[Place]] = {}
    for example in assistant.examples:
        for name in example.entities:
            marked.setdefault(name, []).append(example.place)
    for name, places in marked.items():
        if name not in declared:
            wrong = f"'{name}' is marked in an example, but the domain has no such entity{name_others(places)}"
            yield Finding(places[0], wrong, "Correct the name, or list it under entities: in domain.yml")
    for name, places in assistant.used["entity"].items():
        if name not in declared:
            yield Finding(places[0], f"the domain has no entity '{name}'", "Correct the name, or list it in domain.yml")
    for name, places in declared.items():
        if name not in marked and name not in assistant.used["entity"]:
            wrong = f"no example marks the entity '{name}'"
            yield Finding(places[0], wrong, f"Mark it in data/nlu as [words]({name}), or delete it", is_warning=True)


def _check_stems(project: Path, assistant: Assistant) -> Iterator[Finding]:
    stems = [PurePosixPath(file).stem for file in assistant.roots if file.startswith("data/nlu/")]
    others = ["data/stories", "data/responses"]
    if (project / "tests" / "conversations").is_dir():
        others.append("tests/conversations")
    for stem in stems:
        missing = [f"{folder}/{stem}.yml" for folder in others if not (project / folder / f"{stem}.yml").is_file()]
        if missing:
            wrong = f"the topic '{stem}' has no {' and no '.join(missing)}"
            remedy = "Give a topic the same file name in every folder, so that it is found"
            yield Finding(Place(f"data/nlu/{stem}.yml", 1), wrong, remedy, is_warning=True)


def _check_block_names(assistant: Assistant) -> Iterator[Finding]:
    seen: dict[tuple[str, str], Place] = {}
    for block in assistant.blocks:
        first = seen.setdefault((block.kind, block.name), block.place)
        if first != block.place:
            wrong = f"a {block.kind} of the name '{block.name}' stands already at {first}"
            yield Finding(block.place, wrong, "Rename one: messages name it by its name", is_warning=True)


def payloads(assistant: Assistant) -> Iterator[tuple[str, Place]]:
    """Yield the intents that buttons name, with the line of the payload."""
    for variation in assistant.variations:
        for button in items(field(variation.node, "buttons")):
            for key, _, value in entries(button):
                payload = text_of(value) or ""
                if key == "payload" and payload.startswith("/"):
                    yield re.split(r"[{@]", payload[1:], maxsplit=1)[0], place_of(variation.place.file, value)
