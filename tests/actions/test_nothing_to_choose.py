"""A choice where nothing was offered: it is asked back, and counts."""

from tests.actions.conftest import Talk
from tests.actions.test_topics import count, only


async def test_choice_of_nothing_counts_and_the_second_brings_a_person(talk: Talk) -> None:
    first = only(await talk.run("action_nothing_to_choose", "m1", "the one I told you of"))
    assert first["response"] == "utter_conversation_nothing_to_choose"
    assert first["custom"]["outcome"] == "clarified"
    assert await count(talk) == 1
    second = only(await talk.run("action_nothing_to_choose", "m2", "that one", failed_attempts=1))
    assert second["response"] == "utter_handoff_done"
    assert second["custom"]["outcome"] == "handed_over"
