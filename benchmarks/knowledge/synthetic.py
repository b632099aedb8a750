"""Passages in any number that look like ours: their sentences shuffled, their vectors near those of real ones."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count

import numpy as np

from knowledge.articles import Article
from knowledge.chunks import Passage, cut
from knowledge.index import Vectors
from knowledge.lexicon import Lexicon

_SENTENCES = 3  # at most in a passage
_NOISE = 0.6  # length of the random part beside a unit vector: cosine 0.86 to the real one
_EVERY = 10  # one article of so many has run out, and one is not valid yet


@dataclass(frozen=True, slots=True)
class Batch:
    """An article's passages, their unit vectors (a row of 384 each) and their content words, as an index takes them."""

    passages: list[Passage]
    vectors: Vectors
    words: list[str]


class Generator:
    """Endless articles, each a copy of a real one with its metadata and its kinds of passages; the same every time."""

    def __init__(self, articles: dict[str, Article], vectors: dict[str, Vectors], lexicon: Lexicon) -> None:
        """`vectors`: the real passages' by their ids."""
        self._vectors = vectors
        self._articles = [articles[slug] for slug in sorted(articles)]
        sentences = sorted({p.text for article in self._articles for p in cut(article) if p.kind == "sentence"})
        self._sentences = [(text, " ".join(lexicon.content(text))) for text in sentences]

    def batches(self, chunks: int, today: date) -> Iterator[Batch]:
        """So many passages in all, an article at a time."""
        chance = random.Random(chunks)
        noise = np.random.default_rng(chunks)
        for number in count():
            batch = self._make(number, today, chance, noise)
            if len(batch.passages) >= chunks:
                yield Batch(batch.passages[:chunks], batch.vectors[:chunks], batch.words[:chunks])
                return
            yield batch
            chunks -= len(batch.passages)

    def _make(self, number: int, today: date, chance: random.Random, noise: np.random.Generator) -> Batch:
        real = chance.choice(self._articles)
        start, end = _validity(number, today)
        article = replace(real, slug=f"{real.slug}-{number}", valid_from=start, valid_until=end)
        passages, words = [], []
        originals = cut(real)
        for original in originals:
            chosen = chance.sample(self._sentences, chance.randint(1, min(_SENTENCES, len(self._sentences))))
            passages.append(replace(original, article=article, text=" ".join(text for text, _ in chosen)))
            words.append(" ".join(content for _, content in chosen))
        near = np.stack([self._vectors[original.id] for original in originals])
        beside = noise.standard_normal(near.shape, dtype=np.float32)
        mixed = near + _NOISE * beside / np.linalg.norm(beside, axis=1, keepdims=True)
        return Batch(passages, mixed / np.linalg.norm(mixed, axis=1, keepdims=True), words)


def _validity(number: int, today: date) -> tuple[date, date | None]:
    """The article's first and last day."""
    long_ago, day = today - timedelta(days=400), timedelta(days=1)
    match number % _EVERY:
        case 0:
            return long_ago, today - day
        case 1:
            return today + day, None
        case _:
            return long_ago, None
