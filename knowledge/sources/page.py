"""HTML files as documents: what a reader of the page sees, without what stands around it."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bs4 import BeautifulSoup
from bs4.element import Comment, NavigableString, Tag

from knowledge.articles.model import Block, BulletList, Section
from knowledge.sources.model import Document, Fault
from knowledge.sources.text import clean, make_table, paragraph

_AROUND = ("script", "style", "nav", "header", "footer", "aside", "form", "noscript", "template", "svg", "iframe",
           "object", "button", "dialog", "head")  # fmt: skip
_ROLES = {"navigation", "banner", "contentinfo", "search", "complementary", "dialog"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_INLINE = {"a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "ins", "kbd", "label", "mark", "q", "s",
           "small", "span", "strong", "sub", "sup", "time", "u", "var"}  # fmt: skip
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])")


def read_html(path: Path, name: str) -> Iterator[Document | Fault]:
    """The file as one document, a section a heading; the place is the heading's anchor, else the section's number."""
    soup = BeautifulSoup(path.read_bytes(), "lxml")  # it closes what authors leave open
    title = clean(soup.title.get_text()) if soup.title else ""
    day = _day(soup)
    for tag in soup.find_all(_is_around):
        if not tag.decomposed:
            tag.decompose()
    body = soup.find("main") or soup.find("article") or soup.body or soup
    first = body.find("h1")
    yield Document(name, (clean(first.get_text()) if first else "") or title or path.stem, day, tuple(_sections(body)))


def _is_around(tag: Tag) -> bool:
    """What is no content, and what the page hides from its readers: no answer may come from there."""
    if tag.name in _AROUND:
        return not (tag.name == "header" and tag.find_parent(["main", "article"]) is not None)
    style = str(tag.get("style") or "").lower()
    hidden = tag.has_attr("hidden") or tag.get("aria-hidden") == "true" or bool(_HIDING.search(style))
    return hidden or tag.get("role") in _ROLES


def _sections(body: Tag) -> Iterator[Section]:
    heading, place, blocks, number = "", "section 1", list[Block](), 1
    for tag in _pieces(body):
        if isinstance(tag, Tag) and tag.name in _HEADINGS:
            if blocks:
                yield Section(heading, tuple(blocks), place)
                number += 1
            anchor = clean(str(tag.get("id") or ""))
            heading, blocks = "" if tag.name == "h1" else clean(tag.get_text()), []
            place = f"#{anchor}" if anchor else f"section {number}"
        elif (block := _block(tag)) is not None:
            blocks.append(block)
    if blocks:
        yield Section(heading, tuple(blocks), place)


def _pieces(body: Tag) -> Iterator[Tag | str]:
    """The page in order: headings, lists and tables as tags, and all other text, a paragraph a piece."""
    text: list[str] = []
    waiting: list[Tag | NavigableString | None] = [*reversed(_children(body))]
    while waiting:
        node = waiting.pop()
        if node is None or (isinstance(node, Tag) and (_is_whole(node) or node.name == "br")):
            if text:
                yield "".join(text)
                text = []
            if node is not None and node.name != "br":
                yield node
        elif isinstance(node, NavigableString):
            text.append(str(node))
        elif node.name in _INLINE:
            waiting.extend(reversed(_children(node)))
        else:  # a block of its own: the text before it and its own end there (None)
            waiting.extend([None, *reversed(_children(node)), None])
    if text:
        yield "".join(text)


def _children(tag: Tag) -> list[Tag | NavigableString]:
    return [
        child for child in tag.children if isinstance(child, (Tag, NavigableString)) and not isinstance(child, Comment)
    ]


def _is_whole(tag: Tag) -> bool:
    """Whether it is read as one piece. A table that lays out the page, with blocks within, is not."""
    if tag.name == "table":
        return tag.find(["table", "ul", "ol", "h1", "h2", "h3", "h4"]) is None
    return tag.name in _HEADINGS or tag.name in {"ul", "ol"}


def _block(piece: Tag | str) -> Block | None:
    if isinstance(piece, str):
        return paragraph(piece)
    if piece.name == "table":
        rows = [
            tuple(clean(cell.get_text(" ")) for cell in row.find_all(["th", "td"], recursive=False))
            for row in piece.find_all("tr")
        ]
        return make_table(rows)
    items = (clean(item.get_text(" ")) for item in piece.find_all("li", recursive=False))
    said = tuple(item for item in items if item)
    return BulletList(said, ordered=piece.name == "ol") if said else None


def _day(soup: BeautifulSoup) -> date | None:
    """The day of the page's last change, else of its publication, where it says so."""
    for prop in ("article:modified_time", "article:published_time"):
        tag = soup.find("meta", attrs={"property": prop})
        found = re.match(r"\d{4}-\d\d-\d\d", str(tag.get("content") or "")) if tag else None
        if found:
            try:
                return date.fromisoformat(found[0])
            except ValueError:
                continue
    return None
