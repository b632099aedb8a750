"""Where one message holds several questions."""

import pytest

from actions.questions import find_others, split_questions, split_story


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "claim kitne din me aata hai aur sip kaise shuru kare",
            ("claim kitne din me aata hai", "sip kaise shuru kare"),
        ),
        ("When is the cut-off? And which form do I need?", ("When is the cut-off?", "which form do I need?")),
        (
            "क्लेम कब मिलता है और एसआईपी कैसे शुरू करें",
            ("क्लेम कब मिलता है", "एसआईपी कैसे शुरू करें"),
        ),
        ("grahak bolta hai abhi nahi. isko kya bolu", ("grahak bolta hai abhi nahi",)),
    ],
)
def test_message_is_cut_where_it_asks_twice(text: str, parts: tuple[str, ...]) -> None:
    assert split_questions(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "what is a rider and how does it work",
        "term aur endowment me kya fark hai",
        "EMI at 10.5 % of 5 lakh",
        "aur premium kitna hai",
        "My cousin is 29 with a husband and a son, what should I offer her?",
        "",
    ],
)
def test_one_question_stays_whole(text: str) -> None:
    assert split_questions(text) == ()


def test_question_that_was_not_answered_is_found() -> None:
    text = "rider kya hota hai? claim kaise hota hai? Thank you very much."
    assert find_others(text, "rider kya hota hai?") == ("claim kaise hota hai?",)


def test_answer_to_the_whole_message_leaves_no_other_question() -> None:
    text = "rider kya hota hai? claim kaise hota hai?"
    assert find_others(text, text) == ()


def test_questions_of_a_long_list_are_found_once_and_as_many_as_can_be_shown() -> None:
    asked = [f"plan {number} kya hota hai?" for number in range(9)]
    text = " ".join([*asked, *asked])
    assert find_others(text, asked[0]) == tuple(asked[1:5])


def test_story_is_cut_into_its_sentences_and_what_is_said_in_it() -> None:
    told = "Met a man in Surat. He said 'I lost four lakh in shares, you're all alike'. What now?"
    assert split_story(told) == ("Met a man in Surat", "I lost four lakh in shares, you're all alike")


def test_single_sentence_is_no_story() -> None:
    assert split_story("what is the grace period of a policy") == ()
