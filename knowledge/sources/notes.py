"""Markdown files, such as our own articles, as documents: a section a heading, cited by line."""

from collections.abc import Iterator
from pathlib import Path

from knowledge.articles.body import read_parts
from knowledge.articles.model import Section
from knowledge.sources.model import Document, Fault
from knowledge.sources.text import clean


def read_markdown(path: Path, name: str) -> Iterator[Document | Fault]:
    """The file as one document. Its title is the first heading of level 1, else the front matter's, else its name."""
    lines = path.read_text(encoding="utf-8").removeprefix("\ufeff").split("\n")
    title, start = path.stem, 0
    if lines[0].strip() == "---" and "---" in (rest := [line.strip() for line in lines[1:]]):
        start = rest.index("---") + 2
        title = next((line.partition(":")[2] for line in rest if line.startswith("title:")), title)
    parts = read_parts("\n".join(lines[start:]), start + 1)
    title = next((part.heading for part in parts if part.level == 1), title)
    sections = (Section(clean(part.heading), tuple(part.blocks), f"line {part.line}") for part in parts if part.blocks)
    yield Document(name, clean(title).strip("'\""), None, tuple(sections))
