"""Which articles an intent is about: data/knowledge/topics.yml, which designers edit.

`python -m knowledge.topics` prints what is wrong with the file, a line a fault: `file:line: what to do`.
"""

import difflib
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Annotated

import structlog
import yaml
from pydantic import ConfigDict, Field, RootModel

from knowledge.articles.library import ARTICLES, article_paths
from saathi.located import FileFault, read_located
from saathi.settings import Settings

_ROOT = Path(__file__).resolve().parent.parent
TOPICS = _ROOT / "data" / "knowledge" / "topics.yml"
_log = structlog.get_logger("knowledge")
Slugs = Annotated[tuple[str, ...], Field(min_length=1)]


class Topics(RootModel[dict[str, Slugs]]):
    """Slugs of the articles that an intent is about. An intent that may be about anything has none."""

    model_config = ConfigDict(frozen=True)

    @property
    def slugs(self) -> frozenset[str]:
        """All slugs that are named."""
        return frozenset(slug for slugs in self.root.values() for slug in slugs)

    def of(self, intent: str | None) -> frozenset[str]:
        """The slugs of the intent's articles, also of ones that this library lacks; empty without a topic."""
        return frozenset(self.root.get(intent or "", ()))

    def around(self, slug: str) -> frozenset[str]:
        """The articles of every topic that the article belongs to; empty for one of none."""
        return frozenset(other for slugs in self.root.values() if slug in slugs for other in slugs)


class TopicsFile:
    """The topics as their file has them; `folders` hold the articles. One `refresh` at a time."""

    def __init__(self, path: Path, folders: tuple[Path, ...]) -> None:
        self._path = path
        self._folders = folders
        self._read: bytes | None = None
        self.current = Topics({})

    def refresh(self) -> None:
        """Takes the file as it is now. Slugs without an article, as another network's library has them, are told once
        and matter to nobody. Raises `FileFault` and keeps the topics when the file cannot be used."""
        content = self._path.read_bytes() if self._path.is_file() else None
        if content is not None and content == self._read:
            return
        self.current, self._read = read_topics(self._path), content
        missing = self.current.slugs - {path.stem for path in article_paths(*self._folders)}
        if missing:
            _log.warning("topics_without_article", slugs=sorted(missing), file=str(self._path), remedy="make validate")


def read_topics(path: Path = TOPICS) -> Topics:
    """Reads the file. Raises `FileFault` that names file, line and remedy when it is no mapping of intents to slugs."""
    return read_located(path, Topics).content


def find_topic_faults(path: Path, intents: Collection[str], slugs: Collection[str]) -> list[str]:
    """What is wrong with the file, a line each: `file:line: what to do`.

    Args:
        intents: those that the assistant has.
        slugs: those of the articles that there are.
    """
    try:
        read = read_located(path, Topics)
    except FileFault as fault:
        return str(fault).splitlines()
    faults = []
    for intent, named in read.content.root.items():
        if intent not in intents:
            line = read.lines[intent,]
            faults.append(f"{path}:{line}: there is no intent {intent}{_suggest(intent, intents)}")
        for number, slug in enumerate(named):
            if slug not in slugs:
                line = read.lines[intent, number]
                faults.append(f"{path}:{line}: there is no article {slug}{_suggest(slug, slugs)}")
    return faults


def _suggest(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]}?" if near else "; mend its spelling or take it out"


def main() -> int:
    """Checks the file against the domain's intents and the articles; 1 when something is wrong."""
    domain = yaml.safe_load((_ROOT / "domain.yml").read_text(encoding="utf-8"))
    # an intent that has settings is a mapping of its name to them
    intents = {name for entry in domain["intents"] for name in (entry if isinstance(entry, dict) else (entry,))}
    slugs = {path.stem for path in article_paths(ARTICLES, Settings().data_dir / "imported")}
    faults = find_topic_faults(TOPICS, intents, slugs)
    sys.stdout.write("".join(f"{fault}\n" for fault in faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
