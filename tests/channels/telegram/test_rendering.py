"""A row of the outbox as Telegram's messages: exactly our text, within the limits, the keyboard at the end."""

import random
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.telegram.rendering import render
from language import utf16_units

ORIGIN = "https://saathi.example"
SPECIAL = r"[_*\[\]()~`>#+\-=|{}.!\\]"  # https://core.telegram.org/bots/api#markdownv2-style
_WORDS = ("payout ", "कमीशन ", "👨\u200d👩\u200d👧 ", "🇮🇳 ", "है। ", "\n", "\n\n")
_MARKS = ("ok. ", "10% (net) ", "a_b*c ", "1. ", "[x](y) ", "\\ ", "`code` ", "> ", "~no~ ", "||hidden|| ")


def row(text: str, titles: tuple[str, ...] = (), card: dict[str, Any] | None = None) -> dict[str, Any]:
    choices = [{"id": f"{number:032x}", "title": title} for number, title in enumerate(titles)]
    return {"text": text, "choices": choices, "card": card, "citations": [], "language": "en"}


def unmark(markdown: str) -> str:
    return re.sub(r"\\(.)|\*", lambda found: found[1] or "", markdown, flags=re.DOTALL)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_random_long_texts_are_read_as_they_are() -> None:
    chance = random.Random(5)
    for _ in range(500):
        text = "".join(chance.choices(_WORDS + _MARKS, k=chance.randint(1, 2500)))
        parts = render(row(text, ("Yes",)), ORIGIN)
        shown = [unmark(part.markdown) for part in parts]
        assert all(0 < utf16_units(piece) <= 4096 for piece in shown)
        assert squeezed("".join(shown)) == squeezed(text)
        assert [part.keyboard is not None for part in parts[:-1]] == [False] * (len(parts) - 1)


@settings(max_examples=300, deadline=None)
@given(st.text(min_size=1, max_size=300).filter(lambda text: bool(text.strip())))
def test_any_text_is_escaped_wholly(text: str) -> None:
    (part,) = render(row(text), ORIGIN)
    assert unmark(part.markdown) == text.strip()
    assert re.sub(r"\\[_*\[\]()~`>#+\-=|{}.!\\]", "", part.markdown) == re.sub(
        r"[_*\[\]()~`>#+\-=|{}.!\\]", "", text.strip()
    )


def test_sentence_with_what_was_asked_for_stands_out() -> None:
    (part,) = render(row("TDS is 2%.\n\nIt is cut each month.", card={"point": "TDS is 2%."}), ORIGIN)
    assert part.markdown == "*TDS is 2%\\.*\n\nIt is cut each month\\."


@pytest.mark.parametrize(
    ("titles", "widths"),
    [
        (("Yes", "No"), [2]),
        (("Salary", "Business", "Both"), [2, 1]),
        (("Yes", "What is a surrender value?"), [1, 1]),
        (tuple(f"Choice number {n} of eight" for n in range(8)), [1] * 8),
    ],
)
def test_long_choices_have_a_line_each(titles: tuple[str, ...], widths: list[int]) -> None:
    (part,) = render(row("Which?", titles), ORIGIN)
    assert part.keyboard is not None
    assert [len(line) for line in part.keyboard.inline_keyboard] == widths
    buttons = [button for line in part.keyboard.inline_keyboard for button in line]
    assert [button.text for button in buttons] == list(titles)
    assert all(1 <= len(str(button.callback_data).encode()) <= 64 for button in buttons)


def test_picture_carries_the_text_as_its_caption() -> None:
    (part,) = render(row("Step 1.", ("Next",), {"picture": "/pictures/kyc-1.png"}), ORIGIN)
    assert (part.picture, part.markdown) == ("https://saathi.example/pictures/kyc-1.png", "Step 1\\.")
    assert part.keyboard is not None


def test_text_too_long_for_a_caption_goes_on_below_the_picture() -> None:
    text = "Premium is due on 5 May. " * 300
    parts = render(row(text, ("Next",), {"picture": "/pictures/kyc-1.png"}), ORIGIN)
    assert [part.picture is not None for part in parts] == [True, False, False]
    assert utf16_units(unmark(parts[0].markdown)) <= 1024
    assert " ".join(unmark(part.markdown) for part in parts) == text.strip()
    assert [part.keyboard is not None for part in parts] == [False, False, True]


def test_body_without_text_and_picture_is_no_message() -> None:
    assert render(row("  ", ("Yes",)), ORIGIN) == []
