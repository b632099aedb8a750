"""The committed encoder: shapes, determinism, hostile text, and the same vector in both environments."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

from encoder import Encoder

ROOT = Path(__file__).resolve().parents[2]
RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
TEXTS = [
    "How do I explain the surrender value of a policy?",
    "commission kab aayega",
    "कमीशन कब आएगा",
    "ok",
    "",
    "A term plan pays the sum assured to the nominee on death within the term. " * 40,
    "👍 12345",
]
SAY = (
    "import json, sys; from encoder import Encoder; "
    "json.dump(Encoder.load().encode(json.load(sys.stdin)).tolist(), sys.stdout)"
)


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder.load()


def test_vectors_have_the_promised_shape_and_length_one(encoder: Encoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.dimension) == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_no_texts_give_no_vectors(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, 384)


def test_a_text_has_the_same_vector_alone_and_in_a_batch(encoder: Encoder) -> None:
    together = encoder.encode(TEXTS * 10)[: len(TEXTS)]
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    assert np.abs(together - alone).max() < 1e-5


def test_vectors_come_in_the_order_of_the_texts(encoder: Encoder) -> None:
    assert np.allclose(encoder.encode(TEXTS[::-1]), encoder.encode(TEXTS)[::-1], atol=1e-5)


def test_near_meaning_is_nearer_than_other_meaning(encoder: Encoder) -> None:
    one, same, other = encoder.encode(
        ["When do I get my commission?", "When is the commission paid out?", "The car was damaged in an accident"]
    )
    assert one @ same > one @ other + 0.3


def test_hindi_meets_its_latin_spelling(encoder: Encoder) -> None:
    devanagari, latin = encoder.encode(["कमीशन कब आएगा", "commission kab aayega"])
    assert devanagari @ latin > 0.99


@pytest.mark.parametrize("text", ["\ud800", "\x00", "\u200b" * 50, "a" * 100_000, "क" * 20_000, "🙏" * 5_000])
def test_hostile_text_gives_a_finite_vector(encoder: Encoder, text: str) -> None:
    vector = encoder.encode([text])[0]
    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)


def test_text_beyond_the_limit_is_not_read(encoder: Encoder) -> None:
    words = "premium " * 254
    longer, cut = encoder.encode([words + "accident in the rain", words])
    assert np.allclose(longer, cut, atol=1e-5)


@pytest.mark.skipif(not RASA_PYTHON.exists(), reason="needs .venv-rasa (make setup)")
def test_both_environments_give_the_same_vectors(encoder: Encoder) -> None:
    done = subprocess.run(
        [str(RASA_PYTHON), "-c", SAY], input=json.dumps(TEXTS), capture_output=True, text=True, cwd=ROOT, check=True
    )
    there = np.asarray(json.loads(done.stdout), dtype=np.float32)
    assert (there * encoder.encode(TEXTS)).sum(axis=1).min() >= 0.9999
