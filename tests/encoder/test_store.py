"""Vectors are kept from one build to the next, and only those of the same encoder."""

from pathlib import Path

import numpy as np
import pytest

from encoder import Encoder
from encoder.store import VectorStore
from tests.support.encoders import CountingEncoder


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder.load()


def test_rebuild_encodes_only_what_changed(tmp_path: Path, encoder: Encoder) -> None:
    (tmp_path / "first").mkdir()
    counting = CountingEncoder(encoder)
    store = VectorStore.load(counting, tmp_path)
    before = store.encode(["one", "two", "one"])
    store.save(tmp_path / "first")
    again = VectorStore.load(counting, tmp_path)
    after = again.encode(["two", "three"])
    assert counting.texts == 3
    assert np.array_equal(before[1], after[0])


def test_vectors_of_another_encoder_are_not_used(tmp_path: Path, encoder: Encoder) -> None:
    (tmp_path / "first").mkdir()
    store = VectorStore.load(encoder, tmp_path)
    store.encode(["one"])
    store.save(tmp_path / "first")
    other = CountingEncoder(encoder)
    other.version = "another"
    VectorStore.load(other, tmp_path).encode(["one"])
    assert other.texts == 1
