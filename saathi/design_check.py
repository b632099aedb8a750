"""What is wrong with the files that designers edit beside Rasa's own: the escalation policy, the guides, the languages,
the commands, the voice line, WhatsApp's templates; and with the titles and pictures in the responses.

`python -m saathi.design_check` (`make validate`) prints a line a fault: `file:line: what to do`.
"""

import difflib
import re
import sys
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from language import utf16_units
from saathi.commands import WORDS, Words
from saathi.crm.hubspot.mapping import MAPPING, FieldMapping
from saathi.escalation_policy import CHANNELS, POLICY, EscalationPolicy, Responses
from saathi.guides import GUIDES, Guides
from saathi.located import FileFault, Place, read_located
from saathi.products.reading import find_faults as find_product_faults
from saathi.profiles import LANGUAGES, LanguageNames
from saathi.spoken_words import WORDS as SPOKEN
from saathi.spoken_words import SpokenWords
from saathi.templates import TEMPLATES, TemplateNames
from saathi.titles import LONGEST_BUTTON, LONGEST_ITEM
from saathi.voice_menu import MENU, VoiceMenu

ROOT = Path(__file__).resolve().parent.parent
RESPONSES = ROOT / "data" / "responses"
PICTURES = ROOT / "data" / "pictures"
_HAND_OVER = "action_hand_over"
_READING = "utter_reading_"  # a response whose text is the title of a choice
_PICTURE = re.compile(r"^\s*picture:\s*[\"']?/pictures/([^\s\"']+)")
_GAP = re.compile(r"\{\w+\}")


def find_policy_faults(
    path: Path, intents: Collection[str], responses: Collection[str], handed_over: Collection[str]
) -> list[str]:
    """What is wrong with a policy, a line each: `file:line: what to do`.

    Args:
        intents: those that the assistant has, as `responses` are.
        handed_over: intents that a rule takes to a person: a topic that goes at once needs one.
    """
    try:
        read = read_located(path, EscalationPolicy)
    except FileFault as fault:
        return str(fault).splitlines()
    topics = read.content.at_once.topics
    unruled = [
        f"{path}:{read.lines['at_once', 'topics', number]}: "
        f"no rule in data/stories takes {topic} to {_HAND_OVER}; add one"
        for number, topic in enumerate(topics)
        if topic in intents and topic not in handed_over
    ]
    return unruled + [
        f"{path}:{read.lines.get(place, 1)}: there is no {kind} {name}{_suggest(name, known)}"
        for kind, known, names in (
            ("intent", intents, _topics_of(read.content)),
            ("channel", CHANNELS, ((("attempts", "channels", name), name) for name in read.content.attempts.channels)),
            ("response", responses, _responses_of(read.content.responses)),
        )
        for place, name in names
        if name not in known
    ]


def _topics_of(policy: EscalationPolicy) -> Iterator[tuple[Place, str]]:
    for part, topics in (
        ("attempts", policy.attempts.topics),
        ("priority", policy.priority.topics),
        ("responses", policy.responses.topics),
    ):
        yield from (((part, "topics", name), name) for name in topics)
    yield from ((("at_once", "topics", number), name) for number, name in enumerate(policy.at_once.topics))


def _responses_of(responses: Responses) -> Iterator[tuple[Place, str]]:
    yield ("responses", "default"), responses.default
    yield ("responses", "waiting"), responses.waiting
    yield from ((("responses", "reasons", str(reason)), name) for reason, name in responses.reasons.items())
    yield from ((("responses", "topics", topic), name) for topic, name in responses.topics.items())


def _suggest(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]}?" if near else f"; write one of {', '.join(sorted(known)[:6])} ..."


def find_guide_faults(path: Path, intents: Collection[str], responses: Collection[str]) -> list[str]:
    """What is wrong with the guides: intents that begin them and steps that nothing says."""
    try:
        read = read_located(path, Guides)
    except FileFault as fault:
        return str(fault).splitlines()
    faults = []
    for name, guide in read.content.root.items():
        if guide.intent not in intents:
            line = read.lines[name, "intent"]
            faults.append(f"{path}:{line}: there is no intent {guide.intent}{_suggest(guide.intent, intents)}")
        for number, case in enumerate(guide.cases):
            line = read.lines[name, "cases", number]
            unsaid = [said for step in case.steps if (said := f"utter_ask_guide_form_{step}") not in responses]
            faults += [f"{path}:{line}: there is no response {said}; write it in three languages" for said in unsaid]
    return faults


def find_voice_menu_faults(path: Path, intents: Collection[str]) -> list[str]:
    """What is wrong with the voice line's menu; topics that are no intent among it."""
    try:
        read = read_located(path, VoiceMenu)
    except FileFault as fault:
        return str(fault).splitlines()
    line = read.lines.get(("pin_topics",), 1)
    unknown = sorted(read.content.pin_topics - set(intents))
    return [f"{path}:{line}: there is no intent {name}{_suggest(name, intents)}" for name in unknown]


def find_picture_faults(path: Path, pictures: Path) -> list[str]:
    """Pictures that a file of responses shows and the folder `pictures` lacks."""
    shown = (
        (number, found[1])
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if (found := _PICTURE.match(line))
    )
    return [
        f"{path}:{number}: there is no picture {name} in {pictures}; mend its name, or draw it"
        for number, name in shown
        if not (pictures / name).is_file()
    ]


def find_title_faults(path: Path) -> list[str]:
    """Titles of choices in a file of responses that no list can show: WhatsApp would write them out as numbered text.

    Raises `FileFault` when the file cannot be read. What fills a gap in a title is not counted.
    """
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise FileFault(f"{path}: {error}") from error
    return [
        f"{path}:{title.start_mark.line + 1}: shorten {title.value!r} to {LONGEST_BUTTON} characters, "
        f"{LONGEST_ITEM} at most: a longer title of a choice is no button on WhatsApp"
        for name, variations in _fields(_field(root, "responses"))
        for variation in variations.value
        for title in _titles_of(name, variation)
        if isinstance(title, yaml.ScalarNode) and utf16_units(_GAP.sub("", title.value)) > LONGEST_ITEM
    ]


def _titles_of(name: str, variation: yaml.Node) -> Iterator[yaml.Node]:
    if name.startswith(_READING) and (text := _field(variation, "text")):
        yield text
    buttons = _field(variation, "buttons")
    for button in buttons.value if buttons else ():
        if title := _field(button, "title"):
            yield title


def _field(node: yaml.Node | None, name: str) -> yaml.Node | None:
    return next((value for key, value in _fields(node) if key == name), None)


def _fields(node: yaml.Node | None) -> Iterator[tuple[str, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        yield from ((str(key.value), value) for key, value in node.value)


def _find_file_faults(path: Path, model: type[BaseModel]) -> list[str]:
    try:
        read_located(path, model)
    except FileFault as fault:
        return str(fault).splitlines()
    return []


def main() -> int:
    """Check them against the domain, the responses and the rules; 1 when something is wrong."""
    try:
        (domain,) = _read_files(ROOT / "domain.yml")
        responses = {name for file in _read_files(*RESPONSES.glob("*.yml")) for name in file["responses"]}
        rules = [
            rule for file in _read_files(*(ROOT / "data" / "stories").glob("*.yml")) for rule in file.get("rules") or ()
        ]
    except FileFault as fault:
        faults = [str(fault)]
    else:
        # an intent that has settings is a mapping of its name to them
        intents = {name for entry in domain["intents"] for name in (entry if isinstance(entry, dict) else (entry,))}
        faults = [
            *find_policy_faults(POLICY, intents, responses, _find_handed_over(rules)),
            *find_guide_faults(GUIDES, intents, responses),
            *_find_file_faults(LANGUAGES, LanguageNames),
            *_find_file_faults(WORDS, Words),
            *find_product_faults(),
            *find_voice_menu_faults(MENU, intents),
            *_find_file_faults(SPOKEN, SpokenWords),
            *_find_file_faults(TEMPLATES, TemplateNames),
            *_find_file_faults(MAPPING, FieldMapping),
            *(fault for path in sorted(RESPONSES.glob("*.yml")) for fault in find_title_faults(path)),
            *(fault for path in sorted(RESPONSES.glob("*.yml")) for fault in find_picture_faults(path, PICTURES)),
        ]
    sys.stdout.write("".join(f"{fault}\n" for fault in faults))
    return 1 if faults else 0


def _find_handed_over(rules: Iterable[dict[str, Any]]) -> set[str]:
    taken = (rule["steps"] for rule in rules if any(step.get("action") == _HAND_OVER for step in rule["steps"]))
    return {step["intent"] for steps in taken for step in steps if "intent" in step}


def _read_files(*paths: Path) -> list[dict[str, Any]]:
    read = []
    for path in paths:
        try:
            read.append(yaml.safe_load(path.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise FileFault(f"{path}: {error}") from error
    return read


if __name__ == "__main__":
    sys.exit(main())
