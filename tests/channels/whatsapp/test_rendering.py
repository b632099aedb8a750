"""Rows of the outbox as WhatsApp messages: whatever they say, within WhatsApp's limits and with nothing lost."""

import random
import re
from typing import Any

import pytest

from channels.whatsapp.contents import fill
from channels.whatsapp.rendering import Part, Renderer
from channels.whatsapp.templates import Templates
from channels.wording import Wording
from knowledge.articles import Library
from language import Language, utf16_units
from saathi.messages import Purpose

RENDERER = Renderer(Wording(), "https://saathi.example")
_PIECES = ["payout ", "कमीशन ", "👨‍👩‍👧 ", "ok. ", "क्यों? ", "है। ", "\n", "\n\n", "x" * 300, "🙏🏽", "a, ", "😀" * 90]
_TITLES = ["Yes", "Nahi", "समझ गया", "Talk to a person", "What is the surrender value?", "👍 " * 8, "k" * 24, "k" * 25]


def make_body(chance: random.Random) -> dict[str, Any]:
    pool = chance.choice([_TITLES, _TITLES[:3]])
    titles = [f"{chance.choice(pool)} {number}".strip() for number in range(chance.randint(0, 12))]
    return {
        "text": "".join(chance.choices(_PIECES, k=chance.randint(1, 120))) + ".",
        "choices": [{"id": f"{number:032x}", "title": title} for number, title in enumerate(titles)],
        "card": chance.choice(
            [None, {"picture": "/pictures/a.png"}, {"link": {"title": "More", "url": "/articles/a"}}]
        ),
        "citations": [],
        "language": chance.choice(["en", "hinglish", "hi"]),
    }


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def check_limits(part: Part) -> None:
    assert utf16_units(part.text) <= (1024 if part.options or part.picture else 1600)
    assert part.text or part.picture
    if part.options:
        most, longest = (10, 24) if part.is_list else (3, 20)
        assert len(part.options) <= most
        assert all(0 < utf16_units(option.title) <= longest for option in part.options)
        assert all(fill(part).values())  # Twilio refuses a variable that says nothing


def test_random_rows_become_messages_within_the_limits_with_nothing_lost() -> None:
    chance = random.Random(11)
    shown = {"buttons": 0, "list": 0, "numbers": 0}
    for _ in range(500):
        body = make_body(chance)
        parts = RENDERER.render(body)
        for part in parts:
            check_limits(part)
        assert not any(part.options for part in parts[:-1])
        said = squeezed("".join(part.text for part in parts))
        assert said.startswith(squeezed(body["text"]))
        if parts[-1].options:
            assert [option.id for option in parts[-1].options] == [choice["id"] for choice in body["choices"]]
            shown["list" if parts[-1].is_list else "buttons"] += 1
        elif body["choices"]:
            numbered = "".join(f"{number}.{choice['title']}" for number, choice in enumerate(body["choices"], 1))
            assert said.endswith(squeezed(numbered))
            shown["numbers"] += 1
        assert parts == RENDERER.render(body)
    assert min(shown.values()) > 20, shown


@pytest.mark.parametrize("titles", [["Same", "Same"], ["", "No"], ["k" * 21] * 2, [str(n) for n in range(11)]])
def test_choices_that_whatsapp_would_not_show_are_numbered(titles: list[str]) -> None:
    body = {"text": "Which?", "choices": [{"id": "a", "title": title} for title in titles], "language": "en"}
    (part,) = RENDERER.render(body)
    assert part.options == ()
    assert part.text.startswith("Which?\n\nReply with a number:\n1. ")


@pytest.mark.parametrize(
    ("language", "ratings"),
    [
        ("en", ["That helped", "Not what I meant"]),
        ("hinglish", ["Kaam aa gaya", "Ye nahi pucha tha"]),
        ("hi", ["काम आ गया", "यह नहीं पूछा था"]),
    ],
)
def test_every_article_is_a_button_beside_those_that_rate_an_answer(
    library: Library, language: Language, ratings: list[str]
) -> None:
    for article in library.articles.values():
        titles = [*ratings, article.label_in(language)]
        choices = [{"id": f"{number:032x}", "title": title} for number, title in enumerate(titles)]
        (part,) = RENDERER.render({"text": "So it is.", "choices": choices, "language": language})
        assert ([option.title for option in part.options], part.is_list) == (titles, False)


def test_row_that_says_nothing_becomes_no_message() -> None:
    body = {"text": " \n", "choices": [{"id": "a", "title": "Yes"}], "language": "en", "card": None}
    assert RENDERER.render(body) == []


@pytest.mark.parametrize("language", ["en", "hinglish", "hi"])
def test_what_opens_a_list_is_short_enough(language: Language) -> None:
    assert 0 < utf16_units(Wording().say("choose", language)) <= 20


def test_templates_have_a_name_in_each_language() -> None:
    templates = Templates.load().templates
    assert {Purpose.REPLY, Purpose.NOTICE, Purpose.NUDGE, Purpose.SURVEY} <= templates.keys()
    assert all(names.keys() == {"en", "hinglish", "hi"} for names in templates.values())
