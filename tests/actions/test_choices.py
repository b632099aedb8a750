"""What an answer offers: short names that fit on a button, whole questions behind them."""

from typing import Any

import pytest

from tests.actions.conftest import Talk

GRACE = "How long is the grace period?"
LOAN = "How much money can be borrowed against shares?"
UNKNOWN = "Who won the cricket match yesterday?"


async def offered(talk: Talk, text: str, action: str = "action_answer_question", language: str = "en") -> Any:
    said = await talk.run(action, await talk.hear(text, text), text, language)
    return [(button["title"], button["payload"]) for button in said["responses"][0]["buttons"]]


@pytest.mark.parametrize(
    ("question", "language", "choice"),
    [
        (GRACE, "en", ("Loan against shares", "Loan against shares")),
        (
            "premium late bharne se policy band ho jati hai kya",
            "hinglish",
            ("Share par loan", "shares par loan kitna milta hai"),
        ),
        ("प्रीमियम भरने में देर हो गई तो क्या होगा", "hi", ("शेयर पर लोन", "शेयर पर लोन कैसे मिलता है?")),
    ],
)
async def test_next_article_is_offered_by_its_name_and_asked_as_a_question(
    talk: Talk, question: str, language: str, choice: tuple[str, str]
) -> None:
    assert await offered(talk, question, language=language) == [choice]


async def test_second_question_of_a_message_is_offered_by_the_name_of_its_article(talk: Talk) -> None:
    assert await offered(talk, f"{GRACE} {UNKNOWN} {LOAN}") == [
        (UNKNOWN, UNKNOWN),
        ("Loan against shares", LOAN),  # once, although it is also the article that follows
    ]


async def test_second_question_that_no_article_answers_is_offered_in_its_own_words(talk: Talk) -> None:
    assert (UNKNOWN, UNKNOWN) in await offered(talk, f"{GRACE} {UNKNOWN}")


async def test_two_questions_to_one_article_keep_their_own_words(talk: Talk) -> None:
    again = "What happens when a premium is paid late?"
    assert (again, again) in await offered(talk, f"{UNKNOWN} {GRACE} {again}")


@pytest.mark.parametrize("action", ["action_answer_question", "action_not_understood"])
async def test_nearest_topics_are_offered_by_their_names(talk: Talk, action: str) -> None:
    choices = await offered(talk, "premium petrol price", action, "hinglish")
    assert ("Share par loan", "shares par loan kitna milta hai") in choices
    assert all(len(title) <= 20 for title, _ in choices)
