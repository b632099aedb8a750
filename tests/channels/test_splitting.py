"""Long text in parts: within the limit, nothing lost, no character broken."""

import random
import re

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.splitting import split_text
from language import utf16_units

_PIECES = [
    "payout ",
    "कमीशन ",
    "क्षत्रिय ",
    "👨‍👩‍👧 ",
    "🇮🇳 ",
    "é",
    "ok. ",
    "क्यों? ",
    "है। ",
    "\n",
    "\n\n",
    "x" * 300,
    "🙏🏽",
    "a, ",
]


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize(("most", "measure"), [(1600, len), (4096, utf16_units), (60, len)])
def test_random_long_texts_split_and_rejoin(most: int, measure) -> None:
    chance = random.Random(7)
    for _ in range(500):
        text = "".join(chance.choices(_PIECES, k=chance.randint(1, 900)))
        parts = split_text(text, most, measure)
        assert all(0 < measure(part) <= most for part in parts)
        assert squeezed("".join(parts)) == squeezed(text)
        whole = regex.findall(r"\X", squeezed(text))
        assert [g for part in parts for g in regex.findall(r"\X", squeezed(part))] == whole


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400), st.integers(10, 80))
def test_any_text_splits_and_rejoins(text: str, most: int) -> None:
    parts = split_text(text, most)
    assert all(len(part) <= most for part in parts)
    assert squeezed("".join(parts)) == squeezed(text)


def test_cut_is_at_the_end_of_a_sentence() -> None:
    text = "Premium is due on 5 May. " * 10
    assert all(part.endswith("May.") for part in split_text(text, 100))


def test_short_text_is_one_part_and_blank_is_none() -> None:
    assert split_text("namaste", 1600) == ["namaste"]
    assert split_text("  \n", 1600) == []
