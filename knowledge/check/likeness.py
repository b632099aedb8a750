"""Texts of different articles that are alike: nearly the same, or the same but for a figure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from knowledge.check.figures import Figures, differ, read_figures
from knowledge.check.findings import Finding
from knowledge.chunks import Passage
from knowledge.index import Vectors
from knowledge.snapshot import Vocabulary

_SAME_TEXT = 0.97  # cosine from which two passages say nearly the same
_SAME_ARTICLE = 0.93  # and two definitions
_SAME_QUANTITY = 0.75  # cosine from which two sentences may speak of one quantity
_SAME_WORDS = 0.5  # share of the content words, weighted by rarity, that they must have in common
_EXAMPLE = re.compile(r"\b(?:about|example|take an?|suppose|say|would|together|pays)\b", re.IGNORECASE)
_ROWS = 512  # at a time, so that memory stays small


@dataclass(frozen=True, slots=True)
class _Sentence:
    passage: Passage
    figures: Figures
    words: frozenset[str]


def find_duplicates(passages: list[Passage], vectors: Vectors) -> Iterator[Finding]:
    """Pairs of articles whose definitions, or whose passages, are nearly the same. `vectors` has a row a passage."""
    for kind, least, what in (("definition", _SAME_ARTICLE, "define"), ("section", _SAME_TEXT, "say")):
        chosen = [n for n, p in enumerate(passages) if p.kind == kind and p.language == "en" and len(p.text) > 60]
        for one, other, likeness in _pairs([passages[n] for n in chosen], vectors[chosen], least):
            slugs = (one.article.slug, other.article.slug)
            message = f"{slugs[0]} and {slugs[1]} {what} nearly the same ({likeness:.2f})"
            yield Finding("duplicate", slugs, message, (one.text, other.text), likeness)


def find_contradictions(passages: list[Passage], vectors: Vectors, vocabulary: Vocabulary) -> Iterator[Finding]:
    """Pairs of sentences of two articles that speak of the same quantity in the same words, with other figures."""
    chosen = [n for n, p in enumerate(passages) if _states_a_rule(p)]
    known = {passages[n].id: _read(passages[n], vocabulary) for n in chosen}
    for one, other, _ in _pairs([passages[n] for n in chosen], vectors[chosen], _SAME_QUANTITY):
        first, second = known[one.id], known[other.id]
        unit = differ(first.figures, second.figures)
        if unit is None:
            continue
        share = vocabulary.share(first.words & second.words, first.words | second.words)
        if share >= _SAME_WORDS:
            slugs = (one.article.slug, other.article.slug)
            message = f"{slugs[0]} and {slugs[1]}: other {unit} in the same words ({share:.2f})"
            yield Finding("contradiction", slugs, message, (one.text, other.text), share)


def _states_a_rule(passage: Passage) -> bool:
    """False for what holds no figure, and for worked examples: their figures differ because their cases do. A row whose
    first cell holds a figure is one case of many, too."""
    if passage.kind != "sentence" or not read_figures(passage.text) or _EXAMPLE.search(passage.text):
        return False
    return passage.form != "row" or not read_figures(passage.text.partition(";")[0])


def _read(passage: Passage, vocabulary: Vocabulary) -> _Sentence:
    # A row names its subject in the heading and the title.
    text = f"{passage.article.title} {passage.heading} {passage.text}" if passage.form == "row" else passage.text
    words = frozenset(word for word in vocabulary.of_text(text) if not word[0].isdigit())
    return _Sentence(passage, read_figures(passage.text), words)


def _pairs(passages: list[Passage], vectors: Vectors, least: float) -> Iterator[tuple[Passage, Passage, float]]:
    """Pairs of passages of different articles, each pair once, with their cosine."""
    for start in range(0, len(passages), _ROWS):
        likeness = vectors[start : start + _ROWS] @ vectors[start:].T
        for row, column in np.argwhere(likeness >= least):
            one, other = passages[start + int(row)], passages[start + int(column)]
            if column > row and one.article.slug != other.article.slug:
                yield one, other, float(likeness[row, column])
