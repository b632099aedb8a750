"""Transcripts of talks and trainings (WebVTT) as documents, cited by second."""

from collections.abc import Iterator
from html import unescape
from pathlib import Path

import webvtt
from webvtt.errors import MalformedCaptionError, MalformedFileError

from knowledge.articles.model import Section
from knowledge.sources.model import Document, Fault
from knowledge.sources.text import clean, paragraph
from saathi.privacy import Masker

_PAUSE = 4.0  # seconds of silence that end a paragraph
_LONG = 500  # characters from which a paragraph ends with its sentence


class TranscriptReader:
    """Reads transcripts. Who speaks divides the paragraphs and is not written down; identifiers are masked."""

    def __init__(self, masker: Masker) -> None:
        self._masker = masker

    def read(self, path: Path, name: str) -> Iterator[Document | Fault]:
        """The file as one document, a section a paragraph, its place the second in which it begins: "00:03:12"."""
        try:
            captions = list(webvtt.from_string(path.read_text(encoding="utf-8-sig")).captions)
        except (MalformedFileError, MalformedCaptionError) as error:
            reason = f"it is no WebVTT ({clean(self._masker.mask(str(error)))[:80]})"
            yield Fault(name, reason, "export it anew as VTT", name)
            return
        sections = []
        for start, text in _merge(captions):
            if (block := paragraph(self._masker.mask(text))) is not None:
                sections.append(Section("", (block,), start))
        yield Document(name, clean(path.stem.replace("-", " ").replace("_", " ")).capitalize(), None, tuple(sections))


def _merge(captions: list[webvtt.Caption]) -> Iterator[tuple[str, str]]:
    """Cues to paragraphs, each with its start. A paragraph ends with its speaker, at a pause, or when it is long.

    Captions that roll repeat the line before: what a cue only repeats is left out.
    """
    start, said, voice, end = "", list[str](), "", 0.0
    for caption in captions:
        speaker = caption.voice or voice
        long = len(" ".join(said)) >= _LONG and said[-1].endswith((".", "?", "!", "।"))
        pause = caption.start_in_seconds - end > _PAUSE
        if said and (speaker != voice or pause or long):
            yield start, " ".join(said)
            said = []
        lines = [line for line in map(clean, unescape(caption.text).splitlines()) if line and line not in said[-2:]]
        if lines and not said:
            start = caption.start.partition(".")[0]
        said += lines
        voice, end = speaker, float(caption.end_in_seconds)
    if said:
        yield start, " ".join(said)
