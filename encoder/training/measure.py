"""The figures of a freshly made encoder: how close to torch, to float32, and between the two environments."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sentence_transformers import SentenceTransformer
from tqdm import tqdm

from encoder.encoder import Encoder, Vectors
from encoder.files import read_model_files
from language import normalise, to_latin

_SAMPLE = Path(__file__).with_name("sample.tsv")
_ROOT = Path(__file__).resolve().parents[2]
_CHILD = """
import json, sys
from pathlib import Path
from encoder import Encoder
encoder = Encoder.load(Path(sys.argv[1]))
vectors = encoder.encode(json.load(sys.stdin)).tolist()
kilobytes = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmRSS"))
json.dump({"vectors": vectors, "kilobytes": kilobytes}, sys.stdout)
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured; cosines are (lowest, mean), hits are shares of questions, sizes are megabytes."""

    version: str
    sentences: int
    questions: int
    torch_cosine: tuple[float, float]
    int8_cosine: tuple[float, float]
    same_nearest: float
    environments_cosine: float | None
    batch_cosine: float
    hits: dict[str, float]
    hits_as_typed: dict[str, float]
    milliseconds: float
    resident: float
    size: float

    def rows(self) -> list[tuple[str, str]]:
        """The table, as (name, value)."""
        both = "not measured: no .venv-rasa" if self.environments_cosine is None else f"{self.environments_cosine:.6f}"
        return [
            (f"fp32 against torch, {self.sentences} sentences, cosine min / mean", _pair(self.torch_cosine)),
            ("int8 against fp32, cosine min / mean", _pair(self.int8_cosine)),
            (f"int8 keeps fp32's nearest passage, {self.questions} questions", f"{self.same_nearest:.1%}"),
            ("the two environments, cosine min", both),
            ("alone against in a padded batch, cosine min", f"{self.batch_cosine:.6f}"),
            ("right passage of 51 first: " + ", ".join(self.hits), _shares(self.hits)),
            ("the same without transliteration", _shares(self.hits_as_typed)),
            ("a short question on one thread, median", f"{self.milliseconds:.1f} ms"),
            ("resident memory of a process that holds the encoder", f"{self.resident:.0f} MB"),
            ("model.onnx", f"{self.size:.1f} MB"),
        ]


def _pair(cosine: tuple[float, float]) -> str:
    return f"{cosine[0]:.6f} / {cosine[1]:.6f}"


def _shares(shares: dict[str, float]) -> str:
    return ", ".join(f"{share:.1%}" for share in shares.values())


def shortfalls(figures: Figures) -> list[str]:
    """What keeps this encoder from being used, in words; empty when it is good."""
    both = figures.environments_cosine
    checks = [
        (figures.torch_cosine[0] >= 0.999, "fp32 is below cosine 0.999 to torch"),
        (figures.same_nearest >= 0.95, "int8 changes the nearest passage of more than 5 % of the questions"),
        (both is None or both >= 0.9999, "the two environments are below cosine 0.9999"),
        (figures.batch_cosine >= 0.9999, "a text's vector depends on its batch"),
    ]
    return [problem for good, problem in checks if not good]


def read_sample() -> list[list[str]]:
    """51 rows: a passage, and a question on it in English, Hinglish and Hindi."""
    return [line.split("\t") for line in _SAMPLE.read_text(encoding="utf-8").splitlines() if line[:1] != "#"]


def measure(tuned: Path, full: Path, small: Path, other_python: Path) -> Figures:
    """Compare the folders of the model in torch, in float32 and in int8; `other_python` is Rasa's, if there is one."""
    rows = read_sample()
    passages = [row[0] for row in rows]
    questions = {name: [row[column] for row in rows] for column, name in enumerate(("en", "hinglish", "hi"), 1)}
    asked = [question for group in questions.values() for question in group]
    texts = [*passages, *asked, " ".join(passages)]
    precise, encoder = Encoder.load(full), Encoder.load(small)
    exact, vectors = precise.encode(texts), encoder.encode(texts)
    alone = np.concatenate([encoder.encode([text]) for text in tqdm(texts, desc="one by one", leave=False)])
    here, kilobytes = _in_child(Path(sys.executable), small, texts)
    there = _in_child(other_python, small, texts)[0] if other_python.exists() else None
    count = len(passages)
    nearest, kept = _nearest(exact, count), _nearest(vectors, count)
    return Figures(
        version=read_model_files(small).version,
        sentences=len(texts),
        questions=len(asked),
        torch_cosine=_cosine(exact, _with_torch(tuned, texts)),
        int8_cosine=_cosine(exact, vectors),
        same_nearest=float((nearest == kept).mean()),
        environments_cosine=None if there is None else _cosine(here, there)[0],
        batch_cosine=_cosine(vectors, alone)[0],
        hits=_hits(questions, passages, encoder.encode),
        hits_as_typed=_hits(questions, passages, encoder.encode_as_written),
        milliseconds=_milliseconds(encoder, questions["en"]),
        resident=kilobytes / 1024,
        size=(small / "model.onnx").stat().st_size / 1e6,
    )


def _cosine(left: Vectors, right: Vectors) -> tuple[float, float]:
    cosines = (left * right).sum(axis=1)
    return float(cosines.min()), float(cosines.mean())


def _nearest(vectors: Vectors, passages: int) -> Vectors:
    """For each question (the last text is none) the index of its nearest passage."""
    return (vectors[passages:-1] @ vectors[:passages].T).argmax(axis=1)


def _with_torch(tuned: Path, texts: list[str]) -> Vectors:
    model = SentenceTransformer(str(tuned), device="cpu")
    model.max_seq_length = 256
    return model.encode([to_latin(normalise(text)) for text in texts], batch_size=32, show_progress_bar=True)


def _hits(
    questions: dict[str, list[str]], passages: list[str], encode: Callable[[list[str]], Vectors]
) -> dict[str, float]:
    known = encode(passages)
    return {
        name: float(((encode(group) @ known.T).argmax(axis=1) == np.arange(len(passages))).mean())
        for name, group in questions.items()
    }


def _milliseconds(encoder: Encoder, questions: list[str]) -> float:
    times = []
    for question in tqdm(questions * 4, desc="timing", leave=False):
        start = time.perf_counter()
        encoder.encode_as_written([question])  # `encode` would remember it
        times.append(time.perf_counter() - start)
    return float(np.median(times)) * 1e3


def _in_child(python: Path, folder: Path, texts: list[str]) -> tuple[Vectors, int]:
    """Encode in a fresh process of the given interpreter: the vectors and its resident kilobytes."""
    done = subprocess.run(  # noqa: S603
        [str(python), "-c", _CHILD, str(folder)],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
    )
    answer = json.loads(done.stdout)
    return np.asarray(answer["vectors"], dtype=np.float32), int(answer["kilobytes"])
