"""Edits of data/stories alone show in the chat of an assistant that runs on (`make bench-story-edits` tries ten)."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.story_edits.edits import ANSWERS_SWAPPED, ORDER_TURNED, THANKS_ADDED
from benchmarks.story_edits.workshop import Workshop
from tests.support.assistant import Assistant

EDITS = (THANKS_ADDED, ANSWERS_SWAPPED, ORDER_TURNED)


@pytest.fixture
def workshop(assistant: Assistant, built_index: Path, tmp_path: Path) -> Iterator[Workshop]:
    """A copy of the checkout, with the model that `assistant` has made sure of."""
    copied = Workshop(tmp_path / "project", built_index)
    with copied.run():
        yield copied


@pytest.mark.timeout(300)
async def test_edits_of_stories_show_in_a_running_chat_after_training(workshop: Workshop) -> None:
    before = [await workshop.hold(edit.said) for edit in EDITS]
    for edit in EDITS:
        for change in edit.changes:
            change(workshop.stories)

    taken, printed = await asyncio.to_thread(workshop.train)

    assert taken, printed
    trained = set(re.findall(r"Starting to train component '(\w+)'", printed))
    assert trained == {"MemoizationPolicy", "RulePolicy"}  # understanding comes from the cache: seconds, not a minute
    assert [await workshop.hold(edit.said) for edit in EDITS] == [edit.shows for edit in EDITS]
    assert all(was != edit.shows for was, edit in zip(before, EDITS, strict=True))
