"""The folder of imported documents: `<source>/<slug>.md`, one file each, drafts and reviewed ones.

A document that changed after its review waits in `<source>/changed/<slug>.md`: the reviewed text goes on answering
until a person has reviewed the new one, which then takes its place.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import yaml

from knowledge.articles.frontmatter import PRODUCTS
from knowledge.articles.model import ArticleError
from knowledge.articles.reader import read_article, read_article_status
from knowledge.sources.markdown import Fields, write_markdown
from knowledge.sources.model import Document, SourceError
from language import to_latin

_CHANGED = "changed"
_LONGEST_SLUG = 70
Outcome = Literal["new", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class Copy:
    """One imported file: its path, and the front matter that says where it is from and whether it was reviewed."""

    path: Path
    source: str
    document: str
    title: str
    digest: str
    status: str
    imported_on: str
    fields: Fields

    @property
    def slug(self) -> str:
        """Also the slug of the article."""
        return self.path.stem

    @property
    def is_changed(self) -> bool:
        """Whether it waits beside a reviewed one that it will replace."""
        return self.path.parent.name == _CHANGED


class Imported:
    """The imported documents below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def sources(self) -> list[str]:
        """Names of the sources that something was imported from."""
        return sorted({path.parent.name for path in (*self.folder.glob("*/source.json"), *self.folder.glob("*/*.md"))})

    def by_document(self, source: str) -> dict[str, list[Copy]]:
        """The files of a source by document."""
        found: dict[str, list[Copy]] = {}
        for copy in self.copies(source):
            found.setdefault(copy.document, []).append(copy)
        return found

    def copies(self, source: str) -> list[Copy]:
        """Every file of a source; those that wait to replace another come last."""
        return [*_read_copies(self.folder / source), *_read_copies(self.folder / source / _CHANGED)]

    def find(self, slug: str) -> Copy | None:
        """The file that waits for review under this slug, else the one that was reviewed."""
        found = [copy for source in self.sources() for copy in self.copies(source) if copy.slug == slug]
        return found[-1] if found else None

    def write(
        self, document: Document, known: Sequence[Copy], source: str, origin: str, fields: Fields, today: date
    ) -> Outcome:
        """Takes a document in as a draft, unless its text is here already. `known` are the copies of the document;
        `fields` are for a new one, a changed one keeps what a person decided."""
        copies = [copy for copy in known if copy.path.exists()]
        main = next((copy for copy in copies if not copy.is_changed), None)
        waiting = next((copy for copy in copies if copy.is_changed), None)
        if main is None:
            path = self.folder / source / f"{self._new_slug(document, source)}.md"
            _write(path, write_markdown(document, source, origin, fields, today))
            return "new"
        if (waiting or main).digest == document.digest:
            return "unchanged"
        if main.digest == document.digest:  # the origin went back to what was reviewed
            assert waiting is not None
            waiting.path.unlink()
            return "changed"
        text = write_markdown(document, source, origin, main.fields, today)
        beside = waiting is not None or main.status == "reviewed"
        _write(main.path.parent / _CHANGED / main.path.name if beside else main.path, text)
        return "changed"

    def remove_source(self, source: str) -> int:
        """Removes all that a source gave; how many documents that were."""
        count = len({copy.document for copy in self.copies(source)})
        if source in self.sources():
            shutil.rmtree(self.folder / source)
        return count

    def review(self, copy: Copy, product: str | None, today: date) -> Path:
        """Marks a draft as reviewed, which makes it an article; it takes the place of the one it waited beside.

        Raises `ArticleError` when it is no sound article yet; it then stays a draft.
        """
        text = _read(copy.path)
        changes = {"status": "reviewed", "reviewed": today.isoformat(), **({"product": product} if product else {})}
        place = copy.path.parent.parent if copy.is_changed else copy.path.parent
        trial = copy.path.parent / ".review" / copy.path.name  # a dot: no article folder looks here
        try:
            _write(trial, _set_fields(text, changes))
            read_article(trial)
            if read_article_status(trial) != "reviewed":
                raise ArticleError(trial, 1, "write the fields `status` and `reviewed` as `name: value`, a line each")
            trial.replace(place / copy.path.name)
        except ArticleError as error:
            raise ArticleError(copy.path, error.line, error.message) from error
        finally:
            shutil.rmtree(trial.parent)
        if copy.is_changed:
            copy.path.unlink()
        return place / copy.path.name

    def promote_reviewed(self, source: str, today: date) -> list[ArticleError]:
        """Takes over what was marked as reviewed by hand among the changed ones; gives what is wrong with others."""
        errors = []
        for copy in _read_copies(self.folder / source / _CHANGED):
            if copy.status == "reviewed":
                try:
                    self.review(copy, None, today)
                except ArticleError as error:
                    errors.append(error)
        return errors

    def read_state(self, source: str) -> dict[str, str | None]:
        """Where the source was (`from`) and where its next import may go on (`mark`); empty before the first."""
        path = self.folder / source / "source.json"
        state: dict[str, str | None] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return state

    def write_state(self, source: str, location: str, mark: str | None) -> None:
        """Remembers that for the next import."""
        state = {"from": location, "mark": mark}
        _write(self.folder / source / "source.json", json.dumps(state, indent=2) + "\n")

    def _new_slug(self, document: Document, source: str) -> str:
        """From the source's name and the title; a short digest of the id follows where that is taken or empty."""
        slug = make_slug(f"{source} {document.title}")
        taken = any(self.folder.glob(f"*/{slug}.md"))
        if not taken and slug != source:
            return slug
        return f"{slug}-{hashlib.sha256(f'{source}/{document.id}'.encode()).hexdigest()[:6]}"


def make_slug(text: str) -> str:
    """Small Latin letters, figures and single hyphens, at most 70; of Hindi the way that people spell it in Latin."""
    words = re.findall(r"[a-z0-9]+", to_latin(text).lower().replace("'", ""))
    slug = ""
    for word in words:
        if slug and len(slug) + 1 + len(word) > _LONGEST_SLUG:
            break
        slug = f"{slug}-{word[:_LONGEST_SLUG]}" if slug else word[:_LONGEST_SLUG]
    return slug


def source_name(text: str) -> str:
    """A name for a source. Raises `SourceError` when the text holds no letter or figure."""
    slug = make_slug(text)
    if not slug:
        raise SourceError(f"name the source with letters: SOURCE=name (`{text}` has none)")
    return slug


def _read_copies(folder: Path) -> list[Copy]:
    return [copy for path in sorted(folder.glob("*.md")) if (copy := _read_copy(path)) is not None]


def _read_copy(path: Path) -> Copy | None:
    """None for a file that somebody broke: the article reader names it, and it is never answered from."""
    try:
        front = yaml.safe_load(_read(path).split("\n---\n", 1)[0].removeprefix("---\n"))
        source, _, document = str(front["imported_from"]).partition("/")
        product = front["product"] if front["product"] in PRODUCTS else None
        fields = Fields(product, list(front["audience"]), str(front["skill_level"]))
        return Copy(
            path=path,
            source=source,
            document=document,
            title=str(front["title"]),
            digest=str(front["digest"]),
            status=str(front["status"]),
            imported_on=str(front["imported_on"]),
            fields=fields,
        )
    except (KeyError, TypeError, UnicodeDecodeError, yaml.YAMLError):
        return None


def _set_fields(text: str, changes: dict[str, str]) -> str:
    """The file with these one-line fields of its front matter set; every other line stays as it is."""
    head, _, body = text.partition("\n---\n")
    lines = head.split("\n")
    for number, line in enumerate(lines):
        name, colon, _ = line.partition(":")
        if colon and name in changes:
            lines[number] = f"{name}: {changes[name]}"
    return "\n".join(lines) + "\n---\n" + body


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8").removeprefix("\ufeff")


def _write(path: Path, text: str) -> None:
    """Whole or not at all: a reader never sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(".part")
    scratch.write_text(text, encoding="utf-8")
    scratch.replace(path)
