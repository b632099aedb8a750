"""The knowledge of three small articles, with the real encoder, index and gate."""

import asyncio
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from encoder import Encoder
from knowledge.base import Knowledge
from knowledge.gate import Gate
from knowledge.sources.imported import Imported
from tests.support.files import read_once

ARTICLES = Path(__file__).parent / "articles"
TODAY = date(2026, 11, 20)
IN_SEASON = date(2025, 10, 10)  # while the festival deposit is current


@pytest.fixture(scope="session", autouse=True)
def _files_are_read_once() -> Iterator[None]:
    """Whoever opens an index reads the lexicon, half a second of work."""
    with read_once():
        yield


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return Encoder.load()


@pytest.fixture(scope="session")
def knowledge(encoder: Encoder, small_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    folder = shutil.copytree(small_index, tmp_path_factory.mktemp("knowledge") / "index")
    return asyncio.run(Knowledge.open(folder, encoder, Gate.load(), ARTICLES))


@pytest.fixture
def imported(tmp_path: Path) -> Imported:
    return Imported(tmp_path / "imported")
