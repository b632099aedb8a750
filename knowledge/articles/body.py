"""The body of an article: markdown to headings with blocks of plain text, each with its line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from knowledge.articles.model import Block, BulletList, Link, Paragraph, Table
from knowledge.articles.sentences import split_sentences

_PLACE = re.compile(r'(?P<heading>.*?)\s*\{place="(?P<place>[^"]*)"\}')


@dataclass(slots=True)
class Part:
    """One heading with what stands under it, up to the next heading. `line` counts from 1 within the file.

    `place` is where an imported part stands in its origin, as its heading says: `## Waiting periods {place="page 4"}`.
    """

    level: int
    heading: str
    line: int
    blocks: list[Block] = field(default_factory=list)
    links: list[tuple[Link, int]] = field(default_factory=list)
    place: str = ""

    @property
    def text(self) -> str:
        """The prose under the heading: paragraphs joined by a blank."""
        return " ".join(" ".join(block.sentences) for block in self.blocks if isinstance(block, Paragraph))


def read_parts(body: str, first_line: int, *, with_places: bool = False) -> list[Part]:
    """The parts of a body whose first line is that line of the file; `with_places` takes places from the headings.

    Text before the first heading comes as a part of level 0. Raises nothing: markdown has no faults.
    """
    parts = [Part(0, "", first_line)]
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    for node in SyntaxTreeNode(markdown.parse(body)).children:
        line = first_line + (node.map[0] if node.map else 0)
        if node.type == "heading":
            heading = _text(node)
            found = _PLACE.fullmatch(heading) if with_places else None
            place = found["place"] if found else ""
            parts.append(Part(int(node.tag[1:]), found["heading"] if found else heading, line, place=place))
            continue
        parts[-1].blocks.extend(_blocks(node))
        parts[-1].links.extend((link, line) for link in _links(node))
    return parts


def _blocks(node: SyntaxTreeNode) -> Iterator[Block]:
    match node.type:
        case "paragraph":
            yield Paragraph(split_sentences(_text(node)))
        case "bullet_list" | "ordered_list":
            items = tuple(text for item in node.children if (text := _text(item)))
            yield BulletList(items, ordered=node.type == "ordered_list")
        case "table":
            rows = [tuple(_text(cell) for cell in row.children) for part in node.children for row in part.children]
            yield Table(rows[0], tuple(rows[1:]))
        case "blockquote":
            for child in node.children:
                yield from _blocks(child)
        case _:  # a rule, code: nothing to quote
            return


def _text(node: SyntaxTreeNode) -> str:
    """The node's plain text, as a reader of the page sees it, white space folded."""
    pieces: list[str] = []
    for leaf in node.walk():
        if leaf.type in {"text", "code_inline", "html_inline"}:
            pieces.append(leaf.content)
        elif leaf.type in {"softbreak", "hardbreak", "paragraph"}:
            pieces.append(" ")
    return " ".join("".join(pieces).split())


def _links(node: SyntaxTreeNode) -> Iterator[Link]:
    for leaf in node.walk():
        if leaf.type == "link":
            yield Link(_text(leaf), str(leaf.attrs.get("href", "")))
