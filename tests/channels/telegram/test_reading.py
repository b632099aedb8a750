"""What updates are to us."""

from typing import Any

import pytest

from channels.telegram.reading import Noticed, Reading, Said, parse, read
from tests.support.telegram import message, update


def read_one(text: str, **content: Any) -> Reading | None:
    return read(parse(update(1, text, **content)), "123456")


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("/start", "hello"),
        ("/help", "what can you do"),
        ("/human@SaathiBot", "talk to a person"),
        ("/language", "change language"),
        ("/Language\nhindi", "change language hindi"),
        ("/stop", "stop all messages"),
        ("/5 of the premium", "/5 of the premium"),
        ("/", "/"),
        ("not /help", "not /help"),
    ],
)
def test_command_is_another_way_to_say_it(text: str, heard: str) -> None:
    reading = read_one(text)
    assert isinstance(reading, Said)
    assert reading.heard.text == heard


def test_command_speaks_the_language_of_the_program() -> None:
    reading = read_one("/human", **{"from": {**message()["from"], "language_code": "hi"}})
    assert isinstance(reading, Said)
    assert reading.heard.text == "किसी व्यक्ति से बात कराइए"


@pytest.mark.parametrize("text", ["/restart", "/restart@SaathiBot now", "/ask_human"])
def test_what_telegram_takes_for_a_command_is_unknown_without_being_ours(text: str) -> None:
    mark = {"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}
    reading = read_one(text, entities=[mark])
    assert isinstance(reading, Noticed)
    assert reading.sentence == "command_unknown"


def test_command_in_the_middle_is_text() -> None:
    mark = {"type": "bot_command", "offset": 4, "length": 8}
    assert isinstance(read_one("try /restart", entities=[mark]), Said)


def test_code_behind_start_is_taken_as_it_stands() -> None:
    reading = read_one("/start K7M-2QP")
    assert isinstance(reading, Said)
    assert reading.heard.text == "K7M-2QP"


@pytest.mark.parametrize(
    ("kinds", "sentence"),
    [
        (("animation", "document"), "media_video"),
        (("live_photo", "photo"), "media_picture"),
        (("venue", "location"), "media_location"),
    ],
)
def test_plainer_kind_for_old_programs_is_not_what_was_sent(kinds: tuple[str, ...], sentence: str) -> None:
    file = {"file_id": "f", "file_unique_id": "u", "file_size": 9, "width": 9, "height": 9, "duration": 1}
    place = {"latitude": 19.0, "longitude": 72.8}
    content = {
        "animation": file,
        "document": {"file_id": "f", "file_unique_id": "u"},
        "live_photo": {**file, "photo": [file]},
        "photo": [{"file_id": "f", "file_unique_id": "u", "width": 9, "height": 9}],
        "venue": {"location": place, "title": "Branch", "address": "MG Road"},
        "location": place,
    }
    reading = read(parse({"update_id": 1, "message": message() | {kind: content[kind] for kind in kinds}}), "123456")
    assert isinstance(reading, Noticed)
    assert reading.sentence == sentence
