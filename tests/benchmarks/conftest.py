"""The three small articles of tests/knowledge, and questions about them."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from benchmarks.knowledge.questions import Asked
from knowledge.lexicon import Lexicon

ARTICLES = Path(__file__).resolve().parents[1] / "knowledge" / "articles"
TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.load()


def asked(text: str = "How many days?", slugs: tuple[str, ...] = ("grace-days",), **more: Any) -> Asked:
    return Asked(text, "en", slugs, **more)


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
