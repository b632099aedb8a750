"""Names that the Python rooms mention: responses that actions choose, actions, slots."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from bot.validation.finding import Place

_ROOMS = ("actions", "channels", "saathi")
# A string of letters, digits, underscores and {gaps}, in either kind of quotes.
_LITERAL = re.compile(r"""(?<![\w.])f?(["'])((?:\{[^{}\n]+\}|\w)+)\1""")
_GAP = re.compile(r"\{[^{}]+\}")
_ACTION_CLASS = re.compile(r"^class \w+\([^)]*\bAction\b", re.MULTILINE)


@dataclass(frozen=True)
class Mention:
    """A string in the code; `pattern` matches the names that it can stand for."""

    text: str
    place: Place
    pattern: re.Pattern[str]
    in_action: bool

    @property
    def is_whole(self) -> bool:
        """Whether the string is a name as it stands."""
        return "{" not in self.text and not self.text.endswith("_")


def read_mentions(project: Path) -> list[Mention]:
    """Return every string in actions/, channels/ and saathi/ that could be a name."""
    mentions: list[Mention] = []
    for room in _ROOMS:
        for path in sorted((project / room).rglob("*.py")):
            text = path.read_text(encoding="utf-8", errors="replace")
            file, in_action = path.relative_to(project).as_posix(), bool(_ACTION_CLASS.search(text))
            for number, line in enumerate(text.splitlines(), start=1):
                place = Place(file, number)
                found = (match[2] for match in _LITERAL.finditer(line))
                mentions += (Mention(name, place, _pattern(name), in_action) for name in found)
    return mentions


def _pattern(text: str) -> re.Pattern[str]:
    fixed = [re.escape(part) for part in _GAP.split(text)]
    return re.compile(r"\w+".join(fixed) + (r"\w+" if text.endswith("_") else ""))
