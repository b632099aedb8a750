"""What goes on from leads just told or listed, and what does not."""

import pytest

from saathi.leads.following import Following, FollowReader
from saathi.leads.words import Asking


@pytest.fixture(scope="module")
def reader() -> FollowReader:
    return FollowReader(Following.load(), Asking.load().more)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("aur dikhao", True), ("show more", True), ("और दिखाओ", True), ("show me the rest", True), ("next", True),
        ("aur home loan wali", False), ("thanks", False), ("stuck for more than a week", False), ("why him", False),
        ("isko kyun", False), ("aur Gopika", False), ("what next", False),
    ],
)  # fmt: skip
def test_next_page_is_asked_for(reader: FollowReader, text: str, asks: bool) -> None:
    assert reader.asks_more(text) is asks


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("how long has it been there", True), ("kitne din se padi hai", True), ("कितने दिन से है", True),
        ("whose turn is it", True), ("kaun karega", True), ("किसकी बारी है", True),
        ("and what should I do now", True), ("ab uske liye kya karu", True), ("अब क्या करना है", True),
        ("what is missing there", True), ("isme kya baaki hai", True), ("इसमें क्या बाक़ी है", True),
        ("what should I do when a customer is silent", False), ("home loan mein kya kya kagaz chahiye", False),
        ("payout kab se ruka hai", False), ("that did not help", False),
    ],
)  # fmt: skip
def test_question_on_the_one_lead_has_no_subject_of_its_own(reader: FollowReader, text: str, asks: bool) -> None:
    assert reader.asks_of_one(text) is asks


@pytest.mark.parametrize(
    ("text", "place"),
    [("the second", 1), ("teesri wali", 2), ("पहली वाली", 0), ("2", 1), ("the last one", 2), ("fifth", None),
     ("that one", None), ("second hand car loan", None), ("pehle kisko call karu", None)],
)  # fmt: skip
def test_place_in_a_list_of_three(reader: FollowReader, text: str, place: int | None) -> None:
    assert reader.read_place(text, 3) == place


@pytest.mark.parametrize(
    ("text", "most"),
    [("top 3 leads", 3), ("best teen lead", 3), ("तीन सबसे अच्छी लीड", 3), ("top five", 5), ("best lead batao", None),
     ("3 din se atki leads", None)],
)  # fmt: skip
def test_how_many_of_the_best_are_wanted(reader: FollowReader, text: str, most: int | None) -> None:
    assert reader.read_most(text) == most
