"""The guided flows: which cases there are, and the steps of each (`data/guides.yml`)."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, RootModel, StringConstraints

from language import normalise, to_latin
from saathi.located import read_located

GUIDES = Path(__file__).resolve().parents[1] / "data" / "guides.yml"

# A step told as done: "photo le li", "bhar diya", "uploaded it". Not when something is denied, asked, or went wrong.
_DONE = re.compile(
    r"\b(?:(?:le|kar|bhar|bhr|daal|dal|bhej|likh|khinch|kheench|khich|laga|chadha|khol|dekh|mila|de|bana|chun|badal|dabaa?|"
    r"submit|upload|save|scan|click|select|verify|type|open|add)(?: kar)? "
    r"(?:l(?:i|iya|iye)|d(?:i|iya|iye)|ch?uka|ch?uki|gay?[aie]|gy[ai]|hua|hui)|"
    r"ho (?:gay?[aie]|gy[ai]|ch?uk[ai])|khul gay?[ai]|"
    r"did|done|finished|completed|uploaded|submitted|taken|took|clicked|filled|entered|typed|opened|selected|saved|"
    r"verified|sent|added)\b"
)
_NOT_DONE = re.compile(
    r"\b(?:no|not|nahi|nahin|nhi|nai|na|mat|cannot|cant|didnt|wont|\w+n't|fail|failed|galat|kharab|dhundhl[ai]|error|"
    r"atak|atki|atka|par|pr|but|lekin|magar|fir bhi|phir bhi|still|kaise|kya|kab|how|what|why|wrong|rejected|reject|"
    r"kisi|kisne|somebody|someone|customer|grahak)\b|\?"
)
_LONGEST_DONE = 8  # words; what is longer tells something else beside it

_Name = Annotated[str, StringConstraints(pattern="^[a-z_]+$")]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Case(_Model):
    """One of the things that a guide helps with. `words` name it; `steps` are responses, in order. `only_when_asked`:
    its words also name the whole guide, and count only in answer to the question for the case."""

    name: _Name
    words: tuple[str, ...]
    steps: tuple[_Name, ...]
    only_when_asked: bool = False


class Guide(_Model):
    """A guide, begun by its intent."""

    intent: str
    cases: tuple[Case, ...]

    def find_case(self, name: object) -> Case | None:
        """The case of that name."""
        return next((case for case in self.cases if case.name == name), None)

    def recognise(self, text: str) -> Case | None:
        """The first case that is named in a message; None when none is."""
        plain = to_latin(normalise(text)).lower()
        return next((case for case in self.cases if _names(plain, case.words)), None)


class Guides(RootModel[dict[_Name, Guide]]):
    """All guides by name."""

    model_config = ConfigDict(frozen=True)


def read_guides(path: Path = GUIDES) -> dict[str, Guide]:
    """The guides by name. Raises `FileFault`, which names file, line and remedy."""
    return read_located(path, Guides).content.root


def says_done(text: str) -> bool:
    """Whether a message tells that a step was done, and nothing but that."""
    plain = to_latin(normalise(text)).lower()
    if len(plain.split()) > _LONGEST_DONE or _NOT_DONE.search(plain):
        return False
    return bool(_DONE.search(plain))


def _names(plain: str, words: tuple[str, ...]) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", plain) for word in words)
