"""Boxes as an SVG that needs nothing else. Kinds differ in shape and border, so that it can be printed in black."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from bot.story_graph.layout import LINE, LOOP, PADDING, Box, grow, place
from bot.story_graph.paths import Path, Step

_MARGIN, _HEADING = 24, 44
_LETTERS = 'font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="12"'
_FILLS = {
    "start": "#ffffff",
    "condition": "#ffffff",
    "intent": "#dcecff",
    "action": "#e4e4e4",
    "response": "#e3f4df",
    "form": "#ffe9c7",
    "done": "#ffe9c7",
    "again": "#fff6e6",
    "slot": "#ffffff",
}
_TIP = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
    '<path d="M0 0L8 4L0 8z" fill="#444"/></marker></defs>'
)
_LEGEND = (
    Step("start", ("begins",)),
    Step("condition", ("only when",)),
    Step("intent", ("the partner means",)),
    Step("response", ("utter_ is said",)),
    Step("action", ("an action decides",)),
    Step("form", ("a form asks",)),
    Step("done", ("a form is complete",)),
    Step("again", ("a form goes on",)),
    Step("slot", ("is so now",)),
)


def draw(sections: Sequence[tuple[str, Sequence[Path]]]) -> str:
    """Return the SVG of topics (name, rules and stories), one below the other."""
    parts: list[str] = []
    right, top = _draw_legend(parts)
    for name, paths in sections:
        parts.append(f'<text x="{_MARGIN}" y="{top + 20}" font-size="18" font-weight="bold">{escape(name)}</text>')
        roots = grow(paths)
        end, top = place(roots, _MARGIN, top + _HEADING)
        right = max(right, end)
        for box in (box for root in roots for box in root.all()):
            parts += _draw_arrows(box)
            parts += _draw_box(box)
    width, height = round(right + _MARGIN), round(top + _MARGIN)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" {_LETTERS}>',
            _TIP,
            '<rect width="100%" height="100%" fill="#fff"/>',
            *parts,
            "</svg>\n",
        ]
    )


def _draw_legend(parts: list[str]) -> tuple[float, float]:
    x, bottom = float(_MARGIN), 0.0
    for step in _LEGEND:
        box = Box(step, x=x, y=_MARGIN + (0 if step.kind == "form" else LOOP))
        parts += _draw_box(box)
        x, bottom = x + box.width + _MARGIN, max(bottom, box.y + box.height)
    return x, bottom + _MARGIN


def _draw_arrows(box: Box) -> Iterator[str]:
    start = box.x + box.width
    for follower in box.followers.values():
        if follower.step.kind == "title":
            path = f"M{start:.0f} {_port(box):.0f}L{follower.x + PADDING - 4:.0f} {follower.middle:.0f}"
            yield f'<path d="{path}" fill="none" stroke="#aaa" stroke-dasharray="2 3"/>'
            continue
        bend = (start + follower.x) / 2
        path = f"M{start:.0f} {_port(box):.0f}C{bend:.0f} {_port(box):.0f} {bend:.0f} {_port(follower):.0f} "
        path += f"{follower.x:.0f} {_port(follower):.0f}"
        yield f'<path d="{path}" fill="none" stroke="#444" marker-end="url(#tip)"/>'


def _port(box: Box) -> float:
    """The height of the middle of the shape, without a form's arrow."""
    return box.middle + (LOOP / 2 if box.step.kind == "form" else 0)


def _draw_box(box: Box) -> Iterator[str]:
    kind = box.step.kind
    top = box.y + (LOOP if kind == "form" else 0)
    height = box.y + box.height - top
    if kind != "title":
        yield _shape(kind, box.x, top, box.width, height)
    if kind == "form":
        left, right = box.x + box.width / 2 - 26, box.x + box.width / 2 + 26
        path = f"M{right:.0f} {top:.0f}C{right + 8:.0f} {box.y:.0f} {left - 8:.0f} {box.y:.0f} {left:.0f} {top:.0f}"
        yield f'<path d="{path}" fill="none" stroke="#444" stroke-width="1.5" marker-end="url(#tip)"/>'
    for at, line in enumerate(box.step.lines):
        y = top + PADDING / 2 + at * LINE + 12
        look = (
            ' fill="#555" font-style="italic"' if kind == "title" or (at and kind in {"form", "done", "again"}) else ""
        )
        yield f'<text x="{box.x + PADDING:.0f}" y="{y:.0f}"{look}>{escape(line)}</text>'


def _shape(kind: str, x: float, y: float, width: float, height: float) -> str:
    look = f'fill="{_FILLS[kind]}" stroke="#333"'
    if kind in {"again", "slot"}:
        look += ' stroke-dasharray="5 3"'
    if kind in {"form", "done", "again"}:
        cut, middle, right = 9, y + height / 2, x + width
        points = [
            (x, middle),
            (x + cut, y),
            (right - cut, y),
            (right, middle),
            (right - cut, y + height),
            (x + cut, y + height),
        ]
        return f'<polygon points="{" ".join(f"{a:.0f},{b:.0f}" for a, b in points)}" {look}/>'
    if kind == "condition":  # a flag that points to what follows
        path = f"M{x:.0f} {y:.0f}h{width - 9:.0f}l9 {height / 2:.0f}l-9 {height / 2:.0f}h{9 - width:.0f}z"
        return f'<path d="{path}" {look}/>'
    if kind == "response":  # a speech bubble: one corner drawn out
        path = f"M{x:.0f} {y:.0f}h{width:.0f}v{height:.0f}h{14 - width:.0f}l-14 8z"
        return f'<path d="{path}" {look}/>'
    round_ = {"intent": 14, "start": 14}.get(kind, 0)
    look += ' stroke-width="2.5"' if kind == "action" else ""
    return f'<rect x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" height="{height:.0f}" rx="{round_}" {look}/>'
