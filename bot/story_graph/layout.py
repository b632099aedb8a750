"""A tree of steps, and a place for each: what begins alike is one branch, and branches never meet.

Each subtree has a band of its own from top to bottom, and each depth a column, so no two boxes can overlap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bot.story_graph.paths import Path, Step

LETTER, LINE = 7.25, 16  # width of a letter of 12 px in a monospaced face, height of a line
PADDING = 14
LOOP = 24  # room above a form for the arrow that comes back to it
_COLUMN_GAP, _ROW_GAP = 44, 12


@dataclass
class Box:
    """A step and what may follow it; the corner and size are in pixels."""

    step: Step
    followers: dict[Step, Box] = field(default_factory=dict)
    x: float = 0
    y: float = 0

    @property
    def width(self) -> float:
        """Of the text and the room beside it."""
        return max(map(len, self.step.lines)) * LETTER + 2 * PADDING

    @property
    def height(self) -> float:
        """Of the lines, and of a form's arrow."""
        return len(self.step.lines) * LINE + PADDING + (LOOP if self.step.kind == "form" else 0)

    @property
    def middle(self) -> float:
        """Where arrows come in and go out."""
        return self.y + self.height / 2

    def all(self) -> Iterator[Box]:
        """This box and all that follow."""
        yield self
        for follower in self.followers.values():
            yield from follower.all()


def grow(paths: Iterable[Path]) -> list[Box]:
    """Join paths that begin alike; a root for each condition, in the order of the file."""
    roots: dict[Step, Box] = {}
    for path in paths:
        branch = roots
        for step in path.steps:
            branch = branch.setdefault(step, Box(step)).followers
    return list(roots.values())


def place(roots: list[Box], left: float, top: float) -> tuple[float, float]:
    """Give every box its corner, below and right of the given one; return the right and lower end."""
    columns = list(_columns(roots, left))
    for root in roots:
        top = _place(root, 0, columns, top) + 2 * _ROW_GAP
    boxes = [box for root in roots for box in root.all()]
    return max((box.x + box.width for box in boxes), default=left), top


def _columns(level: list[Box], left: float) -> Iterator[float]:
    """Where the boxes of each depth begin. Names of rules end a branch, so they need no column."""
    while level:
        yield left
        widths = [box.width for box in level if box.step.kind != "title"]
        left += max(widths, default=0) + _COLUMN_GAP
        level = [follower for box in level for follower in box.followers.values()]


def _place(box: Box, depth: int, columns: list[float], top: float) -> float:
    """Place a subtree from `top` on; return where its band ends."""
    box.x = columns[depth]
    bottom = top
    for follower in box.followers.values():
        if follower.step.kind == "title":
            follower.x, follower.y = box.x + box.width + _COLUMN_GAP, bottom
            bottom += follower.height + _ROW_GAP
        else:
            bottom = _place(follower, depth + 1, columns, bottom)
    missing = box.height + _ROW_GAP - (bottom - top)
    if missing > 0:
        _lower(box.followers.values(), missing / 2)
        bottom += missing
    box.y = top + (bottom - _ROW_GAP - top - box.height) / 2
    return bottom


def _lower(boxes: Iterable[Box], by: float) -> None:
    for box in boxes:
        for one in box.all():
            one.y += by
