"""The guided flows: which cases there are, and the steps of each (`data/guides.yml`)."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, RootModel, StringConstraints

from language import normalise, to_latin
from saathi.located import read_located

GUIDES = Path(__file__).resolve().parents[1] / "data" / "guides.yml"

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


def _names(plain: str, words: tuple[str, ...]) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", plain) for word in words)
