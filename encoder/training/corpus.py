"""What the encoder is tuned on: parallel sentences, questions with their passages, English to keep.

The public data lies in a folder that is given (`--data`); what is held back of it for the figures of the model card
(`encoder/training/public.py`) is never trained on.
"""

import json
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from encoder.training.public import PublicData
from language import normalise, to_latin

_HERE = Path(__file__).parent
_TOKEN = re.compile(r"[a-z']+|[^a-z']+")
_PHRASE = 3  # words in the longest phrase that is replaced
_ENGLISH = 12_000  # sentences of those that must stay
_MIXED = 0.6  # share of the known words of an English sentence that are said in Hinglish


@dataclass(frozen=True, slots=True)
class Topic:
    """One article: what is asked of it, its passages, and questions held back to measure with."""

    slug: str
    questions: tuple[str, ...]
    passages: tuple[str, ...]
    held: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Corpus:
    """`parallel`: (Hinglish or romanised Hindi, English). `english`: sentences whose vectors must stay."""

    parallel: tuple[tuple[str, str], ...]
    topics: tuple[Topic, ...]
    english: tuple[str, ...]
    words: dict[str, tuple[str, ...]]


def read_corpus(public: PublicData, questions: Path) -> Corpus:
    """All of it, each text as the tokenizer will see it. `questions` is what `knowledge.examples` wrote."""
    topics = tuple(_read_topics(questions))
    english = list(dict.fromkeys(map(read, public.english)))
    parallel = [*public.parallel, *_read_triples(_HERE / "parallel.tsv")]
    return Corpus(
        parallel=tuple((read(other), read(english)) for other, english in parallel),
        topics=topics,
        english=tuple(random.Random(_ENGLISH).sample(english, min(_ENGLISH, len(english)))),
        words=_read_words(_HERE / "words.tsv"),
    )


def read(text: str) -> str:
    """A text as the encoder reads it at run time (`Encoder.encode`)."""
    return to_latin(normalise(text))


def mix(text: str, words: dict[str, tuple[str, ...]], chance: random.Random) -> str:
    """The English sentence with some of its words said in Hinglish, the order of words kept."""
    parts: list[str] = _TOKEN.findall(text.lower())
    out: list[str] = []
    at = 0
    while at < len(parts):
        for length in range(2 * _PHRASE - 1, 0, -2):
            said = words.get("".join(parts[at : at + length]))
            if said and chance.random() < _MIXED:
                out.append(chance.choice(said))
                at += length
                break
        else:
            out.append(parts[at])
            at += 1
    return "".join(out)


def _read_topics(file: Path) -> Iterable[Topic]:
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        questions, passages, held = (tuple(map(read, row[key])) for key in ("questions", "passages", "held"))
        yield Topic(row["article"], questions, passages, held)


def _read_triples(file: Path) -> list[tuple[str, str]]:
    """English, Hinglish, Hindi: two pairs a line."""
    return [(other, english) for english, *others in _rows(file) for other in others]


def _read_words(file: Path) -> dict[str, tuple[str, ...]]:
    """English phrase to what Hinglish says for it."""
    words: dict[str, tuple[str, ...]] = {}
    for said, english in _rows(file):
        words[english.lower()] = (*words.get(english.lower(), ()), said)
    return words


def _rows(file: Path) -> list[Sequence[str]]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line.strip() and not line.startswith("#")]
