"""Reads the quantities of a sentence: money, percentages and spans of time, each in one unit."""

import re

_NUMBER = r"(\d[\d,]*(?:\.\d+)?)"
_SCALES = {"lakh": 1e5, "lakhs": 1e5, "lac": 1e5, "crore": 1e7, "crores": 1e7, "thousand": 1e3}
_MONEY = re.compile(rf"(?:₹|\bRs\.?|\bINR)\s*{_NUMBER}(?:\s*({'|'.join(_SCALES)})\b)?", re.IGNORECASE)
_SCALED = re.compile(rf"{_NUMBER}\s*({'|'.join(_SCALES)})\b(?!\s*(?:people|policies|borrowers))", re.IGNORECASE)
_SHARE = re.compile(rf"{_NUMBER}\s*(?:%|per\s?cent\b)", re.IGNORECASE)
_SPANS = {"day": ("days", 1), "week": ("days", 7), "month": ("months", 1), "year": ("months", 12), "hour": ("hours", 1)}
_SPAN = re.compile(rf"{_NUMBER}[\s-]+(?:(?:working|calendar|full)\s+)?({'|'.join(_SPANS)})s?\b", re.IGNORECASE)

Figures = dict[str, frozenset[float]]


def read_figures(text: str) -> Figures:
    """The quantities by unit: `rupees`, `percent`, `days`, `months`, `hours`. A bare number, a date and the number of a
    section are none: two sentences that differ in them rarely contradict each other."""
    found: dict[str, set[float]] = {}
    for pattern in (_MONEY, _SCALED):
        for number, scale in pattern.findall(text):
            found.setdefault("rupees", set()).add(_value(number) * _SCALES.get(scale.lower(), 1.0))
        text = pattern.sub(" ", text)
    for number in _SHARE.findall(text):
        found.setdefault("percent", set()).add(_value(number))
    for number, span in _SPAN.findall(text):
        unit, times = _SPANS[span.lower()]
        found.setdefault(unit, set()).add(_value(number) * times)
    return {unit: frozenset(values) for unit, values in found.items()}


def differ(one: Figures, other: Figures) -> str | None:
    """The unit in which two sentences hold other figures, none in common; None when no unit is so."""
    units = [unit for unit in one.keys() & other.keys() if not one[unit] & other[unit]]
    return min(units, default=None)


def _value(number: str) -> float:
    return float(number.replace(",", ""))
