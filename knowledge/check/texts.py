"""The passages of a library with their vectors; only what nobody encoded before is encoded."""

import zipfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from tqdm import tqdm

from encoder.store import Encodes, VectorStore
from knowledge.articles import Article
from knowledge.chunks import Passage, cut
from knowledge.index import Vectors
from knowledge.lexicon import Lexicon

_BATCH = 64
_PLACE = "live-check"  # below the index's folder, where the next build finds what was encoded here


def encode_passages(
    articles: Iterable[Article], encoder: Encodes, lexicon: Lexicon, folder: Path, *, quiet: bool
) -> tuple[list[Passage], Vectors]:
    """All passages, and a row of 384 dimensions for each. Shows its progress on standard error unless `quiet`."""
    passages = [passage for article in articles for passage in cut(article)]
    try:
        store = VectorStore.load(encoder, folder)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        store = VectorStore(encoder, {})
    texts = [lexicon.gloss(passage.searchable) for passage in passages]
    starts = tqdm(range(0, len(texts), _BATCH), desc="passages", unit="batch", disable=quiet or None)
    rows = [store.encode(texts[start : start + _BATCH]) for start in starts]
    place = folder / _PLACE
    place.mkdir(parents=True, exist_ok=True)
    store.save(place)
    return passages, np.concatenate(rows) if rows else np.zeros((0, 384), dtype=np.float32)
