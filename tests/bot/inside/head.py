"""What the intent head makes of a small, made-up world; prints JSON. Runs in Rasa's Python, which has sklearn."""

import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from bot.head import Head
from bot.head_training import TrainingDataError, train_head

_WORDS = {
    "pay": ("payout", "money", "credit", "bank", "cycle"),
    "lead": ("lead", "customer", "status", "stage", "call"),
    "course": ("course", "lesson", "quiz", "video", "exam"),
    "out_of_scope": ("cricket", "weather", "film", "recipe", "train"),
}
_EACH, _DIMENSIONS = 40, 384


def make(chance: np.random.Generator, count: int = _EACH) -> tuple[list[str], np.ndarray, list[str]]:
    """Texts of each intent's own words, with vectors that lie around a direction of its own."""
    texts, rows, intents = [], [], []
    centres = np.random.default_rng(5).standard_normal((len(_WORDS), _DIMENSIONS))
    for centre, (intent, words) in zip(centres, _WORDS.items(), strict=True):
        for _ in range(count):
            texts.append(" ".join(chance.choice(words, 3)))
            rows.append(centre + 1.2 * chance.standard_normal(_DIMENSIONS))
            intents.append(intent)
    vectors = np.array(rows, dtype=np.float32)
    return texts, vectors / np.linalg.norm(vectors, axis=1, keepdims=True), intents


def judge_all(head: Head, texts: list[str], vectors: np.ndarray) -> list[tuple[str, float, bool]]:
    """The first intent, its probability and whether it is rejected."""
    verdicts = [head.judge(text, vector) for text, vector in zip(texts, vectors, strict=True)]
    return [(*verdict.ranking[0], verdict.is_rejected) for verdict in verdicts]


def refusal(*data: object) -> str:
    """The reason why `data` is refused."""
    try:
        train_head(*data)  # type: ignore[arg-type]
    except TrainingDataError as error:
        return str(error)
    return ""


def main() -> None:
    """Train, judge what was not seen, save, load, and feed it what it must refuse."""
    texts, vectors, intents = make(np.random.default_rng(1))
    new_texts, new_vectors, new_intents = make(np.random.default_rng(2), 20)
    within = [i for i, intent in enumerate(intents) if intent != "out_of_scope"]
    head = train_head(texts, vectors, intents, "out_of_scope")
    again = train_head(texts, vectors, intents, "out_of_scope")
    few = within[: _EACH + 4]
    blind = train_head([texts[i] for i in within], vectors[within], [intents[i] for i in within], "out_of_scope")
    judged = judge_all(head, new_texts, new_vectors)
    with tempfile.TemporaryDirectory() as folder:
        head.save(Path(folder))
        loaded = judge_all(Head.load(Path(folder)), new_texts, new_vectors)
    spent = []
    for text, vector in zip(new_texts, new_vectors, strict=True):
        begun = time.thread_time()
        head.judge(text, vector)
        spent.append(1000 * (time.thread_time() - begun))
    shares = [share for _, share in head.judge(new_texts[0], new_vectors[0]).ranking]
    stranger = np.random.default_rng(3).standard_normal(_DIMENSIONS).astype(np.float32)
    report = {
        "right": float(np.mean([name == meant for (name, *_), meant in zip(judged, new_intents, strict=True)])),
        "sum": sum(shares),
        "refused": [rejected for _, _, rejected in judged][: 3 * 20],
        "same": loaded == judged,
        "again": judge_all(again, new_texts, new_vectors) == judged,
        "stranger": head.judge("zzz qqq", stranger / np.linalg.norm(stranger)).is_rejected,
        "blind_refused": [rejected for _, _, rejected in judge_all(blind, new_texts[-20:], new_vectors[-20:])],
        "blind_intents": blind.intents,
        "empty": head.judge("", np.zeros(_DIMENSIONS, np.float32)).is_rejected,
        "rare": refusal([texts[i] for i in few], vectors[few], [intents[i] for i in few], "out_of_scope"),
        "few_foreign": refusal(texts[:125], vectors[:125], intents[:125], "out_of_scope"),
        "one": refusal(texts[:40], vectors[:40], intents[:40], "out_of_scope"),
        "milliseconds": float(np.median(spent)),
    }
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main()
