"""Files as a source: one file, or a folder with all that lies below it, each read by its kind."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path

from knowledge.sources import notes, page, pdf, table, ticket, transcript, word
from knowledge.sources.model import Document, Fault, Item, SourceError
from saathi.privacy import Masker

_MOST_BYTES = 50_000_000
Reader = Callable[[Path, str], Iterator[Document | Fault]]  # path, id of the file within its source


def list_readers(masker: Masker) -> Mapping[str, Reader]:
    """The readers by the file's ending. What people said in talks and tickets goes through the masker."""
    tickets, talks = ticket.TicketReader(masker), transcript.TranscriptReader(masker)
    return {
        ".pdf": pdf.read_pdf,
        ".docx": word.read_docx,
        ".html": page.read_html,
        ".htm": page.read_html,
        ".md": notes.read_markdown,
        ".csv": table.read_table,
        ".tsv": table.read_table,
        ".jsonl": tickets.read,
        ".vtt": talks.read,
    }


class FileSource:
    """`Source` of one file or of a folder. Hidden files, links out of the folder and other kinds are left out."""

    mark: str | None = None
    is_whole = True

    def __init__(self, path: Path, readers: Mapping[str, Reader]) -> None:
        self._path = path
        self._readers = readers
        self.expected: int | None = None
        self.left_out = 0  # after reading: files of other kinds

    @property
    def origin(self) -> str:
        """See `Source`."""
        return self._path.name

    async def read(self, since: str | None) -> AsyncIterator[Item]:  # noqa: ARG002 - files keep no marks
        """See `Source`. Each file is read in a thread."""
        paths = await asyncio.to_thread(self._files)
        self.expected = len(paths)
        for path in paths:
            items = await asyncio.to_thread(self._read_file, path)
            self.expected += len(items) - 1
            for item in items:
                yield item

    def _files(self) -> list[Path]:
        kinds = ", ".join(sorted(self._readers))
        if self._path.is_file():
            if self._path.suffix.lower() not in self._readers:
                raise SourceError(f"{self._path} is of no kind that can be read; these can: {kinds}")
            return [self._path]
        if not self._path.is_dir():
            raise SourceError(f"there is no file or folder {self._path}; check the path")
        root = self._path.resolve()
        found = [
            path
            for path in sorted(self._path.rglob("*"))
            if path.is_file()
            and not any(part.startswith((".", "~$")) for part in path.relative_to(self._path).parts)
            and path.resolve().is_relative_to(root)
        ]
        wanted = [path for path in found if path.suffix.lower() in self._readers]
        self.left_out = len(found) - len(wanted)
        return wanted

    def _read_file(self, path: Path) -> list[Document | Fault]:
        """What the file gives. Documents within it are called `<file>#<name>`: when the file as a whole cannot be
        read nobody knows which they were, so the fault names none."""
        name = path.name if path == self._path else path.relative_to(self._path).as_posix()
        whole = None if path.suffix.lower() in {".csv", ".tsv", ".jsonl"} else name
        try:
            if path.stat().st_size > _MOST_BYTES:
                return [Fault(name, f"it is larger than {_MOST_BYTES // 10**6} MB", "split it", whole)]
            return list(self._readers[path.suffix.lower()](path, name))
        except UnicodeDecodeError:
            return [Fault(name, "it is not UTF-8 text", "save it as UTF-8", whole)]
        except OSError as error:
            return [Fault(name, f"it cannot be opened ({error.strerror})", "check that it may be read", whole)]
        except Exception as error:  # noqa: BLE001 - the parsers of foreign files raise whatever they stumble over
            kind = path.suffix[1:].upper()
            reason = f"it is no {kind} that can be read ({type(error).__name__})"
            return [Fault(name, reason, f"open it and save it anew as {kind}", whole)]
