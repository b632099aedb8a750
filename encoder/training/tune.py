"""Tunes all-MiniLM-L6-v2 so that Hinglish and Hindi questions find English passages, and English loses nothing.

Each step draws three batches: parallel sentences (Hinglish must rank its English first, among all English sentences of
the corpus in the untouched model's space), questions with their passage and a hard negative (multiple-negatives
ranking), and English sentences, which stay where the untouched model puts them. Some of the English goes in with its
words said in Hinglish, so that words are learned that no parallel sentence has.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
from torch.nn.functional import cross_entropy, normalize
from tqdm import tqdm

from encoder.training.corpus import Corpus, Topic, mix
from encoder.training.export import SOURCE

_Item = TypeVar("_Item")

SEED = 20261121
_MOST_TOKENS = 48  # of a text while training; longer passages are cut
_PAIR_SCALE, _QUESTION_SCALE = 30.0, 20.0  # 1 / temperature
_KEEP = 10.0  # weight of keeping English in place
_CHUNK = 64  # texts run at once: neighbours in length, so that little is padding
_HARD = 8  # nearest wrong passages from which a hard negative is drawn


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of the training: its steps, the texts in a step's batches, and the highest learning rate.

    `mixed` are English sentences with words said in Hinglish.
    """

    steps: int
    pairs: int
    mixed: int
    questions: int
    english: int
    rate: float


# First the languages come together, then search is sharpened while they are kept.
PHASES = (
    Phase(steps=450, pairs=48, mixed=16, questions=24, english=24, rate=1e-4),
    Phase(steps=220, pairs=24, mixed=8, questions=48, english=24, rate=6e-5),
)


@dataclass(frozen=True, slots=True)
class _Question:
    """A question, the passages that answer it (best first), and the nearest ones that do not."""

    text: str
    topic: int
    right: tuple[str, ...]
    wrong: tuple[str, ...]


def tune(corpus: Corpus) -> SentenceTransformer:
    """The tuned model, on the CPU: about three seconds a step on two idle cores; a GPU is used when there is one."""
    torch.manual_seed(SEED)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    teacher, student = _load(device), _load(device)
    training = _Training(student, teacher, corpus)
    for number, phase in enumerate(PHASES, 1):
        _run(phase, training, student, teacher if number == 1 else student, f"tuning, part {number} of {len(PHASES)}")
    return student.to("cpu").eval()


def _run(
    phase: Phase, training: "_Training", student: SentenceTransformer, judge: SentenceTransformer, title: str
) -> None:
    """One phase. The hard negatives are what `judge` takes for right, after a third of it what the student does."""
    optimiser = torch.optim.AdamW(_groups(student), lr=phase.rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, phase.rate, total_steps=phase.steps + 1, pct_start=0.1, anneal_strategy="linear"
    )
    training.find_hard_negatives(judge)
    with tqdm(range(phase.steps), desc=title, unit="step", smoothing=0.05) as progress:
        for step in progress:
            if step == phase.steps // 3:
                training.find_hard_negatives(student)
            loss = training.loss(phase)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(student.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            progress.set_postfix(loss=f"{loss.item():.3f}", refresh=False)


def _load(device: str) -> SentenceTransformer:
    model = SentenceTransformer(str(SOURCE), device=device)
    model.max_seq_length = _MOST_TOKENS
    return model.eval()  # without dropout: the teacher's vectors are exact targets


def _groups(model: SentenceTransformer) -> list[dict[str, object]]:
    """Parameters with and without weight decay."""
    plain = [p for name, p in model.named_parameters() if "bias" in name or "LayerNorm" in name]
    others = [p for name, p in model.named_parameters() if "bias" not in name and "LayerNorm" not in name]
    return [{"params": others, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}]


class _Training:
    """Draws batches and reckons their loss."""

    def __init__(self, student: SentenceTransformer, teacher: SentenceTransformer, corpus: Corpus) -> None:
        self._student = student
        self._corpus = corpus
        self._chance = random.Random(SEED)
        self._ranking = MultipleNegativesRankingLoss(student, scale=_QUESTION_SCALE)
        targets = list(dict.fromkeys(english for _, english in corpus.parallel))
        self._place = {text: number for number, text in enumerate(targets)}
        self._targets = torch.tensor(_vectors(teacher, targets), device=student.device)
        self._english = torch.tensor(_vectors(teacher, corpus.english), device=student.device)
        self._pairs = _endless(corpus.parallel, self._chance)
        self._kept = _endless(range(len(corpus.english)), self._chance)
        self._questions: dict[int, list[_Question]] = {}

    def find_hard_negatives(self, model: SentenceTransformer) -> None:
        """For each question the passages of other topics that the model takes for its answer."""
        topics = self._corpus.topics
        passages = [(number, text) for number, topic in enumerate(topics) for text in topic.passages]
        owners = np.array([number for number, _ in passages])
        known = _vectors(model, [text for _, text in passages])
        for number, topic in enumerate(topics):
            scores = _vectors(model, topic.questions) @ known.T
            self._questions[number] = [
                self._judge(text, number, topic, row, owners, passages)
                for text, row in zip(topic.questions, scores, strict=True)
            ]

    @staticmethod
    def _judge(
        text: str, number: int, topic: Topic, scores: np.ndarray, owners: np.ndarray, passages: list[tuple[int, str]]
    ) -> _Question:
        order = np.argsort(-scores)
        right = tuple(passages[at][1] for at in order if owners[at] == number)
        wrong = tuple(passages[at][1] for at in order[: 4 * _HARD] if owners[at] != number)
        return _Question(text, number, (right[0], topic.passages[0], *right), wrong[:_HARD])

    def loss(self, phase: Phase) -> torch.Tensor:
        """The loss of one step."""
        pairs = [next(self._pairs) for _ in range(phase.pairs)]
        mixed = [next(self._kept) for _ in range(phase.mixed)]
        kept = [next(self._kept) for _ in range(phase.english)]
        asked = self._draw_questions(phase.questions)
        texts = [
            [other for other, _ in pairs],
            [english for _, english in pairs],
            [mix(self._corpus.english[at], self._corpus.words, self._chance) for at in mixed],
            [self._corpus.english[at] for at in kept],
            *(list(column) for column in zip(*asked, strict=True)),
        ]
        flat = self._encode([text for group in texts for text in group])
        other, english, hinglish, same, question, right, wrong = torch.split(flat, [len(group) for group in texts])
        place = torch.tensor([self._place[text] for _, text in pairs], device=flat.device)
        meant, target = self._english[mixed], self._targets[place]
        return (
            cross_entropy(_PAIR_SCALE * other @ self._targets.T, place)
            + 0.5 * cross_entropy(_PAIR_SCALE * other @ english.T, torch.arange(len(pairs), device=flat.device))
            + 0.5 * cross_entropy(_PAIR_SCALE * hinglish @ meant.T, torch.arange(len(mixed), device=flat.device))
            + _away(other, target)
            + _KEEP * (_away(same, self._english[kept]) + _away(english, target))
            + self._ranking.compute_loss_from_embeddings([question, right, wrong], torch.arange(len(asked)))
        )

    def _draw_questions(self, count: int) -> list[tuple[str, str, str]]:
        """Question, right passage, hard negative: each of another topic, so that no other row's passage is right."""
        rows = []
        for topic in self._chance.sample(list(self._questions), count):
            question = self._chance.choice(self._questions[topic])
            best = question.right[: 1 if self._chance.random() < 0.5 else len(question.right)]
            rows.append((question.text, self._chance.choice(best), self._chance.choice(question.wrong)))
        return rows

    def _encode(self, texts: list[str]) -> torch.Tensor:
        """(texts, 384), in order; texts of like length run together."""
        ids = self._student.tokenizer(texts, truncation=True, max_length=_MOST_TOKENS)["input_ids"]
        order = sorted(range(len(texts)), key=lambda at: len(ids[at]))
        runs = []
        for start in range(0, len(order), _CHUNK):
            rows = [{"input_ids": ids[at]} for at in order[start : start + _CHUNK]]
            batch = self._student.tokenizer.pad(rows, return_tensors="pt").to(self._student.device)
            runs.append(self._student(dict(batch))["sentence_embedding"])
        back = torch.empty(len(order), dtype=torch.long)
        back[order] = torch.arange(len(order))
        return normalize(torch.cat(runs)[back.to(runs[0].device)], dim=1)


def _away(vectors: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Mean cosine distance."""
    return (1 - (vectors * targets).sum(dim=1)).mean()


def _vectors(model: SentenceTransformer, texts: Sequence[str]) -> np.ndarray:
    """(texts, 384), of length 1."""
    return np.asarray(
        model.encode(list(texts), batch_size=64, normalize_embeddings=True, show_progress_bar=len(texts) > 5000)
    )


def _endless(items: Sequence[_Item], chance: random.Random) -> Iterator[_Item]:
    """The items in a new order each time round."""
    while True:
        yield from chance.sample(items, len(items))
