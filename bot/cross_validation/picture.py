"""The confusion matrix as an SVG that needs nothing else: rows are what was meant, columns what was understood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape

from bot.cross_validation.learning import Judged
from bot.cross_validation.scores import merged, over_intents

_CELL = 18
_LEFT, _TOP, _BAR = 230, 190, 220
_MARGIN = 16
_LETTERS = 'font-family="DejaVu Sans, Verdana, sans-serif"'


def draw(judged: Sequence[Judged]) -> str:
    """Return the SVG. Right answers are blue on the diagonal, wrong ones orange; each darker the larger its share."""
    names = list(dict.fromkeys(merged(one.message.intent) for one in judged))
    places = {name: at for at, name in enumerate(names)}
    counts = Counter((merged(one.message.intent), merged(one.intent)) for one in judged)
    width, height = _LEFT + _CELL * len(names) + _BAR, _TOP + _CELL * len(names) + _MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" {_LETTERS} font-size="11">',
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="{_MARGIN}" y="{_MARGIN + 12}" font-size="15">Meant (rows), understood (columns), F1</text>',
        *_draw_names(names),
        *_draw_cells(counts, places),
        *_draw_bars(judged, names),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _draw_names(names: Sequence[str]) -> Iterator[str]:
    end = len(names) * _CELL
    for at, name in enumerate(names):
        middle = at * _CELL + _CELL / 2
        x, y = _LEFT + middle, _TOP + middle
        yield f'<path d="M{_LEFT} {y}h{end}M{x} {_TOP}v{end}" stroke="#eee"/>'
        yield f'<text x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{escape(name)}</text>'
        yield f'<text transform="translate({x + 4} {_TOP - 6}) rotate(-90)">{escape(name)}</text>'


def _draw_cells(counts: Counter[tuple[str, str]], places: dict[str, int]) -> Iterator[str]:
    meant: Counter[str] = Counter()
    for (truth, _), count in counts.items():
        meant[truth] += count
    for (truth, guess), count in counts.items():
        if guess not in places:
            continue
        x, y = _LEFT + places[guess] * _CELL, _TOP + places[truth] * _CELL
        share = count / meant[truth]
        colour, strength = ("#1f5fa8", share) if truth == guess else ("#d9600b", min(1.0, 0.15 + 6 * share))
        ink = "#fff" if strength > 0.55 else "#000"
        told = escape(f"{truth} understood as {guess}: {count} of {meant[truth]}")
        yield (
            f'<g><title>{told}</title><rect x="{x}" y="{y}" width="{_CELL}" height="{_CELL}" fill="{colour}" '
            f'fill-opacity="{strength:.2f}" stroke="#fff"/><text x="{x + _CELL / 2}" y="{y + 12}" font-size="8" '
            f'text-anchor="middle" fill="{ink}">{count}</text></g>'
        )


def _draw_bars(judged: Sequence[Judged], names: Sequence[str]) -> Iterator[str]:
    scores = over_intents(judged)
    x = _LEFT + len(names) * _CELL + 12
    longest = _BAR - 70
    for at, name in enumerate(names):
        y = _TOP + at * _CELL
        f1 = scores[name].f1
        yield f'<rect x="{x}" y="{y + 3}" width="{longest * f1:.1f}" height="{_CELL - 6}" fill="#888"/>'
        yield f'<text x="{x + longest + 6}" y="{y + 13}">{f1:.3f}</text>'
