"""The tuned model beside the untouched one, on data that neither was trained on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from tqdm import tqdm

from encoder.training.corpus import Topic
from encoder.training.public import PublicData, Twin

Vectors = npt.NDArray[np.float32]
Encode = Callable[[Sequence[str]], Vectors]
Rows = tuple[tuple[str, str], ...]  # (text, intent)

# Of the linear head (shared facts, 4): vectors times three, C = 5. Without its TF-IDF, which would hide the vectors.
_TIMES, _C, _ROUNDS = 3.0, 5.0, 300


@dataclass(frozen=True, slots=True)
class Comparison:
    """A figure of both models, 0 to 1, more is better."""

    name: str
    before: float
    after: float


def compare(public: PublicData, topics: Sequence[Topic], before: Encode, after: Encode) -> list[Comparison]:
    """Questions to their article; Hinglish to its English twin; intents in both languages and on English data."""
    asked = sum(len(topic.held) for topic in topics)
    names = [
        f"{asked} calibration questions: the nearest of all passages is of the right article",
        f"Hinglish-TOP, {len(public.held_twins)} pairs held back: the English twin first",
        f"the same among {len(public.held_twins) + len(public.twins):,} English sentences",
        "Hinglish-TOP intents, learned on English, tested on Hinglish",
        "Hinglish-TOP intents, learned on Hinglish, tested on Hinglish",
        "Hinglish-TOP intents, learned on English, tested on English",
        *(f"{data.name}, {len(data.held):,} held back: linear head" for data in public.labelled),
    ]
    columns = [
        [*_search(topics, encode), *_twins(public, encode), *_intents(public, encode)]
        for encode in tqdm((before, after), desc="comparing")
    ]
    return [Comparison(name, *pair) for name, *pair in zip(names, *columns, strict=True)]


def _search(topics: Sequence[Topic], encode: Encode) -> list[float]:
    """By vectors alone, without the words and the gate that stand beside them in the assistant."""
    passages = encode([passage for topic in topics for passage in topic.passages])
    owners = np.repeat(np.arange(len(topics)), [len(topic.passages) for topic in topics])
    wanted = np.repeat(np.arange(len(topics)), [len(topic.held) for topic in topics])
    nearest = (encode([question for topic in topics for question in topic.held]) @ passages.T).argmax(axis=1)
    return [float((owners[nearest] == wanted).mean())]


def _twins(public: PublicData, encode: Encode) -> list[float]:
    asked = encode([twin.hinglish for twin in public.held_twins])
    wanted = encode([twin.english for twin in public.held_twins])
    others = encode(list({twin.english for twin in public.twins}))
    place = np.arange(len(asked))
    return [
        float(((asked @ known.T).argmax(axis=1) == place).mean())
        for known in (wanted, np.concatenate([wanted, others]))
    ]


def _intents(public: PublicData, encode: Encode) -> list[float]:
    english, hinglish = (_label(public.twins, side) for side in ("english", "hinglish"))
    held_english, held_hinglish = (_label(public.held_twins, side) for side in ("english", "hinglish"))
    pairs = [(english, held_hinglish), (hinglish, held_hinglish), (english, held_english)]
    pairs += [(data.train, data.held) for data in public.labelled]
    return [_accuracy(train, held, encode) for train, held in pairs]


def _label(twins: Sequence[Twin], side: Literal["english", "hinglish"]) -> Rows:
    return tuple((getattr(twin, side), twin.intent) for twin in twins)


def _accuracy(train: Rows, held: Rows, encode: Encode) -> float:
    head = LogisticRegression(C=_C, max_iter=_ROUNDS)
    head.fit(_TIMES * encode([text for text, _ in train]), [label for _, label in train])
    given = head.predict(_TIMES * encode([text for text, _ in held]))
    return float((given == np.array([label for _, label in held])).mean())
