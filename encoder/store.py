"""Vectors kept from one build or training to the next, so that only what changed is encoded."""

import hashlib
import zipfile
from pathlib import Path
from typing import Protocol

import numpy as np
import structlog

from encoder.encoder import Vectors

_FILE = "vectors.npz"
_log = structlog.get_logger("encoder")


class Encodes(Protocol):
    """What is needed of the encoder: texts to unit vectors of 384 dimensions, float32, a row each."""

    version: str

    def encode(self, texts: list[str], /) -> Vectors:
        """The vectors of the texts."""
        ...


class VectorStore:
    """An encoder that remembers. Vectors of other encoders' versions are never given out."""

    def __init__(self, encoder: Encodes, known: dict[str, Vectors]) -> None:
        self._encoder = encoder
        self._known = known
        self._used: dict[str, Vectors] = {}

    @classmethod
    def load(cls, encoder: Encodes, folder: Path) -> "VectorStore":
        """With what was saved in folders below this one; a damaged file is left out."""
        known: dict[str, Vectors] = {}
        for file in folder.glob(f"*/{_FILE}"):
            try:
                with np.load(file) as saved:
                    known.update(zip(saved["keys"].tolist(), saved["vectors"], strict=True))
            except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:  # cut off while it was written
                _log.warning("kept_vectors_unreadable", file=file.name, reason=str(error))
        return cls(encoder, known)

    def encode(self, texts: list[str]) -> Vectors:
        """The vectors of the texts, in their order."""
        keys = [self._key(text) for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        if new:
            self._known.update(zip(new, self._encoder.encode(list(new.values())), strict=True))
        self._used.update((key, self._known[key]) for key in keys)
        return np.stack([self._known[key] for key in keys])

    def save(self, folder: Path) -> None:
        """Writes down the vectors that were used, and no others."""
        vectors = np.stack(list(self._used.values())) if self._used else np.zeros((0, 0), dtype=np.float32)
        np.savez(folder / _FILE, keys=np.array(list(self._used), dtype="U32"), vectors=vectors)

    def _key(self, text: str) -> str:
        return hashlib.sha256(f"{self._encoder.version}\n{text}".encode()).hexdigest()[:32]
