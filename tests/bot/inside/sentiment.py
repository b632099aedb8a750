"""Trains the sentiment head on `data/sentiment` and judges messages that were written apart: `sentiment.py FOLDER`."""

import csv
import json
import sys
import time
from pathlib import Path

import numpy as np
from sklearn.metrics import f1_score

from bot.sentiment import EXAMPLES
from bot.sentiment_head import CLASSES, SentimentHead
from bot.sentiment_training import read_examples, train_sentiment_head
from bot.text import latin_form
from encoder import Encoder

WRITTEN_APART = Path("tests/nlu/sentiment.tsv")
SAID = {
    "plain": "when does the payout come",
    "angry": "useless app, nobody listens, I am fed up",
    "angry_hinglish": "bakwas app hai, koi sunta hi nahi",
    "angry_hi": "बहुत घटिया सेवा है, तंग आ गया हूँ",
    "glad": "thank you so much, it worked",
    "glad_hi": "बहुत बहुत धन्यवाद, काम हो गया",
    "emoji": "😡😡",
}


def _simplify(text: str) -> str:
    return "".join(character for character in latin_form(text) if character.isalnum())


def main() -> None:
    texts, names = read_examples(EXAMPLES)
    encoder = Encoder.load(threads=1)
    begun = time.perf_counter()
    trained = train_sentiment_head(texts, encoder.encode(texts), names)
    seconds = time.perf_counter() - begun
    folder = Path(sys.argv[1])
    trained.save(folder)
    head = SentimentHead.load(folder)

    with WRITTEN_APART.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    messages = [row["text"] for row in rows]
    vectors = encoder.encode(messages)
    begun = time.thread_time()
    scores = [head.score(text, latin_form(text), vector) for text, vector in zip(messages, vectors, strict=True)]
    milliseconds = (time.thread_time() - begun) / len(rows) * 1000

    right = np.array([CLASSES.index(row["sentiment"]) for row in rows])
    found = np.array([CLASSES.index(head.name(score)) for score in scores])
    of: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        of.setdefault(row["language"], []).append(number)
    said = dict(zip(SAID, encoder.encode(list(SAID.values())), strict=True))
    report = {
        "examples": len(texts),
        "messages": len(rows),
        "shared": len({_simplify(text) for text in texts} & {_simplify(text) for text in messages} - {""}),
        "macro_f1": f1_score(right, found, average="macro"),
        "by_class": f1_score(right, found, average=None).tolist(),
        "by_language": {name: f1_score(right[places], found[places], average="macro") for name, places in of.items()},
        "train_seconds": round(seconds, 2),
        "milliseconds": round(milliseconds, 3),
        "said": {name: head.score(SAID[name], latin_form(SAID[name]), vector) for name, vector in said.items()},
        "same_after_loading": all(
            trained.score(text, latin_form(text), vector) == score
            for text, vector, score in zip(messages, vectors, scores, strict=True)
        ),
        "range": [min(scores), max(scores)],
    }
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main()
