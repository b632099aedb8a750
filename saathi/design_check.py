"""What is wrong with the files that designers edit beside Rasa's own: the escalation policy, the guides, the languages,
the commands.

`python -m saathi.design_check` (`make validate`) prints a line a fault: `file:line: what to do`.
"""

import difflib
import sys
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from saathi.commands import WORDS, Words
from saathi.escalation_policy import CHANNELS, POLICY, EscalationPolicy, Responses
from saathi.guides import GUIDES, Guides
from saathi.located import FileFault, Place, read_located
from saathi.profiles import LANGUAGES, LanguageNames

ROOT = Path(__file__).resolve().parent.parent
_HAND_OVER = "action_hand_over"


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
        responses = {
            name for file in _read_files(*(ROOT / "data" / "responses").glob("*.yml")) for name in file["responses"]
        }
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
