"""Brings the imported documents to what their source has now."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from knowledge.articles.model import block_texts
from knowledge.sources.imported import Copy, Imported
from knowledge.sources.markdown import Fields, has_text
from knowledge.sources.model import Document, Fault, Gone, Source, SourceError
from knowledge.sources.text import clean

_MOST_CHARACTERS = 400_000  # of one document: some 150 pages; nobody reviews more in one piece


@dataclass(slots=True)
class Summary:
    """What one import did: how many documents are new, changed, gone, unchanged, and what could not be taken."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    kept: int = 0  # documents that were missing but may only be unreadable this time


async def import_source(
    source: Source,
    name: str,
    location: str,
    imported: Imported,
    fields: Fields,
    today: date,
    tell: Callable[[], object] = lambda: None,
) -> Summary:
    """Imports everything that the source has, or what changed in it. `name` is the folder, `location` says where the
    source was found, `fields` are for new documents, `tell` is called after each document.

    Raises `SourceError` when the source cannot be read; what was imported before then stays as it was, but for what
    was read until then.
    """
    state = imported.read_state(name)
    summary, seen = Summary(), set[str]()
    for error in imported.promote_reviewed(name, today):
        place = f"{error.path}:{error.line}"
        summary.faults.append(Fault(place, "it is marked as reviewed and is no sound article", error.message, place))
    known = imported.by_document(name)
    async for item in source.read(state.get("mark")):
        match item:
            case Document() if (fault := _fault_of(item, seen)) is not None:
                summary.faults.append(fault)
            case Document():
                copies = known.get(item.id, [])
                summary.counts[imported.write(item, copies, name, source.origin, fields, today)] += 1
            case Gone():
                summary.counts["gone"] += _remove(known.pop(item.id, []))
            case Fault():
                summary.faults.append(item)
        if item_id := item.id:
            seen.add(item_id)
        tell()
    _remove_missing(source, known, seen, summary)
    # What could not be taken is read again next time.
    imported.write_state(name, location, state.get("mark") if summary.faults else source.mark)
    return summary


def _fault_of(document: Document, seen: set[str]) -> Fault | None:
    if clean(document.id) != document.id:
        place = clean(document.id) or "a document"
        return Fault(place, "its name holds characters that do not show", "rename it", document.id)
    if not clean(document.title):
        return Fault(document.id, "it has no title", "give it one", document.id)
    if document.id in seen:
        return Fault(document.id, "there are two documents of this name", "keep one of them", document.id)
    if not has_text(document):
        return Fault(document.id, "it holds no text", "if it is a scan, run text recognition (OCR) first", document.id)
    length = sum(len(text) for section in document.sections for block in section.blocks for text in block_texts(block))
    if length > _MOST_CHARACTERS:
        reason = f"it has {length:,} characters, more than {_MOST_CHARACTERS:,}"
        return Fault(document.id, reason, "split it by chapters", document.id)
    return None


def _remove(copies: list[Copy]) -> int:
    for copy in copies:
        copy.path.unlink(missing_ok=True)
    return 1 if copies else 0


def _remove_missing(source: Source, known: dict[str, list[Copy]], seen: set[str], summary: Summary) -> None:
    """What the source no longer has goes at once, reviewed or not, unless it may be one that could not be read."""
    missing = [document for document in known if document not in seen] if source.is_whole else []
    if any(fault.id is None for fault in summary.faults):
        summary.kept = len(missing)
        return
    for document in missing:
        summary.counts["gone"] += _remove(known[document])


def check_location(imported: Imported, name: str, location: str, *, still_there: bool) -> None:
    """Raises `SourceError` when the name belongs to another source, whose documents this one would remove."""
    before = imported.read_state(name).get("from")
    if before is not None and before != location and still_there:
        raise SourceError(
            f"`{name}` is the name of what was imported from {before}: give this one another (SOURCE=name), "
            f"or remove the other first (python -m knowledge.sources remove {name})"
        )
