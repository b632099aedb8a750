"""What Rasa warns of while it reads and validates, in the words and lines of our report."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from bot.validation.assistant import Assistant, Kind
from bot.validation.finding import Finding, Place, name_others
from bot.validation.names import payloads
from bot.validation.nodes import find_below

_Translator = Callable[[re.Match[str], Assistant], Iterator[Finding]]


def translate(message: str, assistant: Assistant) -> Iterator[Finding]:
    """Yield the findings of one of Rasa's messages; one that we do not know is passed on, shortened."""
    for pattern, translator in _KNOWN:
        match = re.search(pattern, message, re.DOTALL)
        if match:
            yield from translator(match, assistant)
            return
    file = next((name for name in assistant.roots if name in message), "domain.yml")
    plain = re.sub(r"\S*/" + re.escape(file), file, re.sub(r"More info at \S+", "", message))
    wrong = f"Rasa says: {' '.join(plain.split()).rstrip('. ')}"
    yield Finding(Place(file, 1), wrong, "Mend what it names, or ask the engineers", is_warning=True)


def _without_examples(match: re.Match[str], assistant: Assistant) -> Iterator[Finding]:
    name = match[1]
    if name not in {intent for intent, _ in payloads(assistant)}:  # a button alone may lead to an intent
        wrong = f"the intent '{name}' has no examples, so it is never understood"
        yield Finding(assistant.declaration("intent", name), wrong, "Write examples in data/nlu, or take it out")


def _unlisted_intent(match: re.Match[str], assistant: Assistant) -> Iterator[Finding]:
    places = [example.place for example in assistant.examples if example.intent == match[1]]
    wrong = f"the intent '{match[1]}' has examples, but the domain does not list it"
    yield Finding((places or [Place("domain.yml", 1)])[0], wrong, "List it under intents: in domain.yml")


def _unused_intent(match: re.Match[str], assistant: Assistant) -> Iterator[Finding]:
    name = match[1]
    if name not in assistant.used["intent"]:
        wrong = f"no story or rule says what follows the intent '{name}'"
        yield Finding(assistant.declaration("intent", name), wrong, "Write a rule for it in data/stories", True)


def _undefined(kind: Kind, word: str, remedy: str) -> _Translator:
    def say(match: re.Match[str], assistant: Assistant) -> Iterator[Finding]:
        used = assistant.used[kind].get(match[1]) or assistant.used["action"].get(match[1])
        places = used or [Place("domain.yml", 1)]
        yield Finding(places[0], f"there is no {word} '{match[1]}'{name_others(places)}", remedy)

    return say


def _form_slot(match: re.Match[str], assistant: Assistant) -> Iterator[Finding]:
    slot, form = match[1], match[2]
    place = assistant.form_slots.get(form, {}).get(slot, assistant.declaration("form", form))
    remedy = "Correct the name, or declare the slot under slots: in domain.yml"
    yield Finding(place, f"the form '{form}' asks for the slot '{slot}', which is not declared", remedy)


def _slot_of_unknown_form(match: re.Match[str], assistant: Assistant) -> Iterator[Finding]:
    wrong = f"the slot '{match[1]}' is filled in the form '{match[2]}', which the domain does not have"
    yield Finding(assistant.declaration("slot", match[1]), wrong, "Correct the form's name under forms: in domain.yml")


def _slot_not_required(match: re.Match[str], assistant: Assistant) -> Iterator[Finding]:
    wrong = f"the slot '{match[1]}' is filled in the form '{match[2]}', which does not ask for it"
    yield Finding(assistant.declaration("slot", match[1]), wrong, "List the slot under required_slots of the form")


def _missing_key(match: re.Match[str], assistant: Assistant) -> Iterator[Finding]:  # noqa: ARG001 - as the others
    yield Finding(Place("config.yml", 1), f"'{match[1]}' is missing", f"Add {match[1]}: to config.yml", True)


def _few_examples(match: re.Match[str], assistant: Assistant) -> Iterator[Finding]:
    places = [example.place for example in assistant.examples if example.intent == match[1]]
    wrong = f"the intent '{match[1]}' has only {match[2]} example{'s' if match[2] != '1' else ''}"
    yield Finding((places or [Place("domain.yml", 1)])[0], wrong, "Write more, at least ten", True)


def _no_examples(match: re.Match[str], assistant: Assistant) -> Iterator[Finding]:
    file = next((name for name in assistant.roots if match[1].endswith(name)), "domain.yml")
    place = find_below(file, assistant.roots.get(file), match[2]) or Place(file, 1)
    remedy = "Write 'examples: |' below the intent, and the examples below that, each beginning with '- '"
    yield Finding(place, f"no examples stand below the intent '{match[2]}'", remedy)


def _no_version(match: re.Match[str], assistant: Assistant) -> Iterator[Finding]:
    file = next((name for name in assistant.roots if match[1].endswith(name)), match[1])
    yield Finding(Place(file, 1), "the version is missing or not in quotes", 'Begin the file with version: "3.1"', True)


def _nothing(match: re.Match[str], assistant: Assistant) -> Iterator[Finding]:  # noqa: ARG001 - as the others
    """A check of ours has it, with a line."""
    yield from ()


_LIST = "Correct the name, or list it in domain.yml"
_KNOWN: tuple[tuple[str, _Translator], ...] = (
    (r"intent '(.+?)' is listed in the domain file, but is not found", _without_examples),
    (r"labeled with intent '(.+?)'\. This intent is not listed", _unlisted_intent),
    (r"The intent '(.+?)' is not used in any story", _unused_intent),
    (r"The intent '(.+?)' is used in your stories, but", _undefined("intent", "intent", _LIST)),
    (r"Found intent '(.+?)' in stories which is not part", _undefined("intent", "intent", _LIST)),
    (
        r"The action '(utter_.+?)' is used in the stories, but",
        _undefined("response", "response", "Correct the name, or write it in data/responses"),
    ),
    (r"The form '(.+?)' is used in the", _undefined("form", "form", _LIST)),
    (r"The action '(.+?)' is used in the '", _undefined("action", "action", _LIST)),
    (r"The form slot '(.+?)' in form '(.+?)'", _form_slot),
    (r"Slot '(.+?)' has a mapping condition for form '(.+?)' which is not", _slot_of_unknown_form),
    (r"Slot '(.+?)' has a mapping condition for form '(.+?)', but it's not", _slot_not_required),
    (r"processing '?(\S+?)'?: Intent '(.+?)' has no examples", _no_examples),
    (r"Training data file (\S+) must specify 'version' as string", _no_version),
    (r"config file is missing the '(.+?)' mandatory key", _missing_key),
    (r"config file is missing a unique value for the '(.+?)'", _missing_key),
    (r"Intent '(.+?)' has only (\d+) training examples", _few_examples),
    (
        r"utterance '.+?' is not used|an example that doesn't start with|Slot auto-fill|Entity .+ has only",
        _nothing,
    ),
)
