"""What the entity rules, and a NER beside them, learn from the examples in `data/nlu`."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from spacy.tokens import Span
from spacy.training import Example
from thinc.api import fix_random_seed

from bot.entity_patterns import PatternBook
from bot.entity_pipeline import NER, EntityFinder
from bot.mending import Mender
from bot.words import NEW_KINDS, Word, read_words

_COMMON = 3  # a word that several examples hold is no slip of another
NAMES = frozenset({"person", "institution"})
NER_ENTITIES = ("person", "institution")
_SEED, _ROUNDS, _BATCH, _DROPOUT = 0, 6, 32, 0.2
_WIDTH = 48
_NER: dict[str, Any] = {
    "model": {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": "ner",
        "extra_state_tokens": False,
        "hidden_width": 32,
        "maxout_pieces": 1,
        "use_upper": False,
        "tok2vec": {
            "@architectures": "spacy.Tok2Vec.v2",
            "embed": {
                "@architectures": "spacy.MultiHashEmbed.v2",
                "width": _WIDTH,
                "attrs": ["NORM", "PREFIX", "SUFFIX", "TAG"],  # TAG: the kind of the word
                "rows": [2000, 500, 1000, 50],
                "include_static_vectors": False,
            },
            "encode": {
                "@architectures": "spacy.MaxoutWindowEncoder.v2",
                "width": _WIDTH,
                "window_size": 1,
                "maxout_pieces": 2,
                "depth": 2,
            },
        },
    }
}


@dataclass(frozen=True, slots=True)
class Annotated:
    """A message and its entities as (start, end, entity)."""

    text: str
    entities: tuple[tuple[int, int, str], ...] = ()


def train_finder(examples: Sequence[Annotated], book: PatternBook, *, has_ner: bool) -> EntityFinder:
    """A finder by rules, and with a NER if `has_ner`."""
    finder = make_finder(examples, book)
    if has_ner:
        train_ner(finder, examples, book)
    return finder


def make_finder(examples: Sequence[Annotated], book: PatternBook) -> EntityFinder:
    """A finder by rules that knows the words of the examples; names are no known words."""
    counts = _count_words(examples, book)
    common = {form for form, count in counts.items() if count >= _COMMON}
    mender = Mender(book.mended, common | book.vocabulary, book.same)
    return EntityFinder.of(book, mender, book.vocabulary | set(counts))


def train_ner(finder: EntityFinder, examples: Sequence[Annotated], book: PatternBook) -> None:
    """Add a NER to the finder's pipeline, trained on the examples that hold new words.

    Names of the lists are new words to it, and so are words of one example alone: what is new is not always a name.
    """
    fix_random_seed(_SEED)
    chance = random.Random(_SEED)  # noqa: S311 - the order of examples
    counts = _count_words(examples, book)
    known = (book.vocabulary | {form for form, count in counts.items() if count > 1}) - book.names
    mend = Mender(book.mended, book.vocabulary | known, book.same).mend
    read = [(example, read_words(example.text, known, mend)) for example in examples]
    # the NER is asked only about messages with new words, so it learns from such
    doubtful = [(example, words) for example, words in read if any(word.kind in NEW_KINDS for word in words)]
    pairs = [pair for example, words in doubtful if (pair := _as_pair(finder, example, words))]
    ner = finder.nlp.add_pipe(NER, config=_NER)
    for entity in NER_ENTITIES:
        ner.add_label(entity)  # type: ignore[attr-defined]
    with finder.nlp.select_pipes(enable=[NER]):
        optimizer = finder.nlp.initialize(lambda: pairs)
        for _ in range(_ROUNDS):
            chance.shuffle(pairs)
            for first in range(0, len(pairs), _BATCH):
                finder.nlp.update(pairs[first : first + _BATCH], sgd=optimizer, drop=_DROPOUT)
    finder.refresh()


def _count_words(examples: Sequence[Annotated], book: PatternBook) -> Counter[str]:
    counts: Counter[str] = Counter()
    for example in examples:
        names = [(start, end) for start, end, entity in example.entities if entity in NAMES]
        for word in read_words(example.text, mend=book.same.get):
            if not any(start <= word.start < end for start, end in names):
                counts[word.form] += 1
    return counts


def _as_pair(finder: EntityFinder, example: Annotated, words: list[Word]) -> Example | None:
    """The example as it is read and as it is annotated; None where an entity begins or ends inside a word."""
    starts = {word.start: place for place, word in enumerate(words)}
    ends = {word.end: place + 1 for place, word in enumerate(words)}
    gold = finder.blur(words)
    spans = []
    for start, end, entity in example.entities:
        if start not in starts or end not in ends:
            return None
        if entity in NER_ENTITIES:
            spans.append(Span(gold, starts[start], ends[end], entity))
    gold.ents = spans
    return Example(finder.blur(words), gold) if words else None
