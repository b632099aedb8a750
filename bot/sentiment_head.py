"""The head that says how a message sounds: numbers in, a sentiment in [-1, 1] out. It knows nothing of Rasa.

Features are TF-IDF of words and of letters within words (`bot.head`), what a typed message shows beside its words
(capitals, exclamation marks, drawn-out letters, emoji), and the sentence vector; on them a logistic regression with
three classes.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.head import LETTERS, WORDS, Floats, Terms, terms

# In the order of the columns of `coefficients`.
CLASSES = ("negative", "neutral", "positive")

_ARRAYS = "sentiment.npz"
_NAMES = "sentiment.json"
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}", re.IGNORECASE)
_GLAD = frozenset("😀😃😄😁😆😊🙂😍😘🥰🤩😇😎🤗👍👏🙏🙌💪👌✌🎉🎊❤💖💕💯⭐🌟🌹✅🥳😌☺")
_CROSS = frozenset("😡😠🤬😤😞😟😢😭😔😩😫😣😖😒🙄😑😐👎💔🤦🤮😓😥🥲😕🙁☹")


@dataclass(frozen=True)
class SentimentHead:
    """A trained head. `coefficients` is (terms + signs + dense, 3); `cuts` part the scores of the three classes."""

    words: Terms
    letters: Terms
    coefficients: Floats
    intercepts: Floats
    cuts: tuple[float, float]

    def score(self, text: str, latin: str, vector: Floats) -> float:
        """Return the probability of `positive` less that of `negative`.

        `text` is the message as typed, `latin` its Latin form, `vector` its sentence vector.
        """
        signs = read_signs(text)
        logits = self.intercepts + vector @ self.coefficients[-len(vector) :]
        offset = 0
        for block in (self.words, self.letters):
            columns, weights = block.weigh(latin)
            logits = logits + weights @ self.coefficients[offset + columns]
            offset += len(block.idf)
        logits = logits + signs @ self.coefficients[offset : offset + len(signs)]
        shares = np.exp(logits - logits.max())
        negative, _, positive = shares / shares.sum()
        return float(positive - negative)

    def name(self, score: float) -> str:
        """Return the class of a score."""
        below, above = self.cuts
        return CLASSES[0] if score < below else CLASSES[2] if score > above else CLASSES[1]

    def save(self, folder: Path) -> None:
        """Write arrays and names into `folder`, as numbers and JSON: nothing that is run when it is read."""
        np.savez(
            folder / _ARRAYS,
            words=self.words.idf,
            letters=self.letters.idf,
            coefficients=self.coefficients,
            intercepts=self.intercepts,
        )
        names = {"words": list(self.words.index), "letters": list(self.letters.index), "cuts": self.cuts}
        (folder / _NAMES).write_text(json.dumps(names), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> SentimentHead:
        """Read what `save` wrote."""
        names = json.loads((folder / _NAMES).read_text(encoding="utf-8"))
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            return cls(
                words=terms(WORDS, names["words"], arrays["words"]),
                letters=terms(LETTERS, names["letters"], arrays["letters"]),
                coefficients=arrays["coefficients"],
                intercepts=arrays["intercepts"],
                cuts=tuple(names["cuts"]),
            )


def read_signs(text: str) -> Floats:
    """Return what shows beside the words, from 0 to 1: capitals, "!", "?", drawn-out letters, glad and cross emoji."""
    letters = [character for character in text if character.isalpha()]
    capitals = sum(character.isupper() for character in letters) / len(letters) if len(letters) > 7 else 0.0
    marks = (min(text.count(mark), 3) / 3 for mark in "!?")
    drawn_out = 1.0 if _DRAWN_OUT.search(text) else 0.0
    emoji = (min(sum(character in kind for character in text), 2) / 2 for kind in (_GLAD, _CROSS))
    return np.array([capitals, *marks, drawn_out, *emoji], dtype=np.float32)
