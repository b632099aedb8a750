"""Begins a skill: `python -m ops.skill renewals` (`make skill name=renewals`), the same stem in every folder."""

import argparse
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from saathi.settings import ROOT

_NAME = re.compile(r"[a-z_]+")
_LAST_INTENT = "out_of_scope"
_ENTRY = re.compile(r"(?P<indent>\s*)-\s+(?P<name>\w+)")

_NLU = """\
version: "3.1"

# {intent}: the partner TODO says or asks what? One line of the same words goes into docs/intents.md.
# Below `examples:` comes one message a line, as partners type it, such as "      - my words here". Training wants at
# least 5; 40 work well: a third each in English, Hinglish and Hindi; short, long, misspelt.

nlu:
  - intent: {intent}
    examples: |
"""

_STORIES = """\
version: "3.1"

rules:
  - rule: {title}, the answer
    steps:
      - intent: {intent}
      - action: {response}
"""

_VARIATION = """\
    - condition:
        - type: slot
          name: language
          value: {language}
      text: "{text}"
"""

_TODO = {
    "en": "TODO What Saathi says, in English.",
    "hinglish": "TODO Wahi baat Hinglish mein.",
    "hi": "TODO वही बात हिन्दी में।",
}

_CONVERSATIONS = """\
# Talks that must go as written here; other files of this folder show more of what can be expected of a turn.
# Take away the line `[]` and the signs # below it, and write the talks: one for each language at least.
[]
# - name: TODO what this talk shows
#   turns:
#     - user: TODO a message that is not among the examples
#       intent: {intent}
#       response: {response}
#       language: en
"""


class SkillError(Exception):
    """The skill cannot be begun; the message says what to do instead."""


@dataclass(frozen=True)
class Skill:
    """A skill by its stem, and the names made from it."""

    stem: str

    @property
    def intent(self) -> str:
        """The intent that its first examples belong to."""
        return f"ask_{self.stem}"

    @property
    def response(self) -> str:
        """The response that its first rule utters."""
        return f"utter_{self.stem}"

    def files(self) -> dict[str, str]:
        """Path within the project to content, for each file of the skill."""
        names = {"intent": self.intent, "response": self.response, "title": self.stem.replace("_", " ")}
        variations = "".join(_VARIATION.format(language=language, text=text) for language, text in _TODO.items())
        return {
            f"data/nlu/{self.stem}.yml": _NLU.format(**names),
            f"data/stories/{self.stem}.yml": _STORIES.format(**names),
            f"data/responses/{self.stem}.yml": f'version: "3.1"\n\nresponses:\n  {self.response}:\n{variations}',
            f"tests/conversations/{self.stem}.yml": _CONVERSATIONS.format(**names),
        }


def begin_skill(name: str, project: Path) -> list[str]:
    """Write the files of a new skill and its intent into domain.yml; their paths.

    Raises `SkillError` and changes nothing where it cannot be begun.
    """
    if not _NAME.fullmatch(name):
        raise SkillError(
            f"{name!r} is no name for a skill: use small letters and _ only, such as name=policy_renewals."
        )
    skill = Skill(name)
    there = [path for path in skill.files() if (project / path).exists()]
    if there:
        raise SkillError(f"{', '.join(there)}: there already. Go on writing there, or choose another name.")
    for known in sorted((project / "data" / "responses").glob("*.yml")):
        if re.search(rf"^\s+{skill.response}:", known.read_text(encoding="utf-8"), re.MULTILINE):
            raise SkillError(f"data/responses/{known.name} has {skill.response} already. Choose another name.")
    domain = project / "domain.yml"
    with domain.open(encoding="utf-8", newline="") as file:
        changed = _add_intent(file.read(), skill.intent)
    for path, text in skill.files().items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        with (project / path).open("x", encoding="utf-8") as file:
            file.write(text)
    with domain.open("w", encoding="utf-8", newline="") as file:
        file.write(changed)
    return [*skill.files(), "domain.yml"]


def _add_intent(domain: str, intent: str) -> str:
    """The domain with one more intent, the last one before `out_of_scope`; every other line stays as it is."""
    lines = domain.splitlines(keepends=True)
    start = next((at for at, line in enumerate(lines) if line.startswith("intents:")), len(lines))
    end = next((at for at in range(start + 1, len(lines)) if re.match(r"\w", lines[at])), len(lines))
    entries = [(at, found) for at in range(start + 1, end) if (found := _ENTRY.match(lines[at]))]
    if not entries:
        raise SkillError("domain.yml: there is no list below `intents:`, a line for each. Put it back first.")
    if any(found["name"] == intent for _, found in entries):
        raise SkillError(f"domain.yml has the intent {intent} already. Write its examples where it stands, or rename.")
    at, last = entries[-1]
    after = lines[at].removesuffix("\n").removesuffix("\r")
    ending = lines[at][len(after) :] or "\n"
    lines[at] = after + ending
    lines.insert(at if last["name"] == _LAST_INTENT else at + 1, f"{last['indent']}- {intent}{ending}")
    return "".join(lines)


def main() -> int:
    """Write the files and say what comes next."""
    parser = argparse.ArgumentParser(prog="python -m ops.skill", description=__doc__)
    parser.add_argument("name", help="the stem of its files, such as renewals")
    parser.add_argument("--project", type=Path, default=ROOT, help="folder with domain.yml and data/")
    asked = parser.parse_args()
    try:
        paths = begin_skill(asked.name, asked.project)
    except SkillError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    nlu, stories, responses, conversations, _ = paths
    sys.stdout.write(
        "\n".join(paths) + "\n\nNext (docs/add-a-skill.md shows it by an example):\n"
        f"  1. {nlu}    messages as partners type them, in all three languages\n"
        f"  2. {responses}    what Saathi says, three times\n"
        f"  3. {stories}    what follows on what, when it is more than one answer\n"
        f"  4. docs/intents.md    a line on ask_{asked.name}: what belongs to it, and what does not\n"
        "  5. make validate    names what is missing or wrong, with file and line\n"
        "  6. make train, make talk    try it\n"
        f"  7. {conversations}    the talks that must go on working\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
