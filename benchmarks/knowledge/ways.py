"""The ways to search that are measured side by side."""

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
from tqdm import tqdm

from benchmarks.knowledge import report
from benchmarks.knowledge.rankers import HybridRanker, Ranker, VectorRanker, WholeRanker, WordsRanker, findable
from benchmarks.knowledge.workshop import Workshop
from encoder import Encoder
from encoder.files import MODEL_FOLDER, ModelFilesError, read_model_files
from knowledge.chunks import Passage
from knowledge.gate import Gate
from knowledge.snapshot import Snapshot

NAMES = (
    report.WORDS,
    report.UNTOUCHED,
    report.ENCODER,
    report.ENCODER_FP32,
    report.HYBRID,
    report.WHOLE,
    report.WHOLE_FP32,
)
_HOW = "`make encoder` leaves the models in var/encoder"
_BATCH = 64  # passages between two steps of the progress bar


class NoModelError(Exception):
    """A model that is compared with is not there; the message says how to get it."""


class Ways:
    """Makes the rankers. `encoders` is the folder that `make encoder` leaves its models in."""

    def __init__(
        self, workshop: Workshop, knowledge: Snapshot, encoder: Encoder, gate: Gate, today: date, encoders: Path
    ) -> None:
        self._workshop = workshop
        self._knowledge = knowledge
        self._gate = gate
        self._today = today
        self._encoders = encoders
        self._makers: dict[str, Callable[[], Ranker]] = {
            report.WORDS: lambda: WordsRanker(self._passages()),
            report.UNTOUCHED: lambda: self._by_vectors(report.UNTOUCHED, Encoder.load(self._find("untouched"))),
            report.ENCODER: lambda: self._by_vectors(report.ENCODER, encoder),
            report.ENCODER_FP32: lambda: self._by_vectors(report.ENCODER_FP32, self._load_full()),
            report.HYBRID: lambda: HybridRanker(knowledge, encoder, today),
            report.WHOLE: lambda: WholeRanker(knowledge, encoder, gate, today),
        }

    async def make(self, name: str) -> Ranker:
        """The way of that name (`NAMES`). Raises `NoModelError`."""
        if name != report.WHOLE_FP32:
            return self._makers[name]()
        full = self._load_full()
        print("building the index with the fp32 encoder ...", file=sys.stderr, flush=True)
        return WholeRanker(await self._workshop.build_with(full), full, self._gate, self._today)

    def _passages(self) -> list[Passage]:
        return findable(self._knowledge, self._today)

    def _by_vectors(self, name: str, encoder: Encoder) -> VectorRanker:
        passages = self._passages()
        starts = tqdm(range(0, len(passages), _BATCH), desc=f"{name}: passages", unit="batch")
        rows = [encoder.encode([passage.searchable for passage in passages[at : at + _BATCH]]) for at in starts]
        return VectorRanker(passages, encoder, np.concatenate(rows))

    def _load_full(self) -> Encoder:
        """The fp32 model that the committed int8 one was made of."""
        full, small = self._find("fp32"), self._find("int8")
        if read_model_files(small).version != read_model_files(MODEL_FOLDER).version:
            raise NoModelError(f"{self._encoders} holds another training than encoder/model; {_HOW}")
        return Encoder.load(full)

    def _find(self, model: str) -> Path:
        """The model's folder."""
        folder = self._encoders / model
        try:
            read_model_files(folder)
        except ModelFilesError as error:
            raise NoModelError(f"{folder} has no sound model; {_HOW}") from error
        return folder
