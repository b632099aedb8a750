"""What designers write for the voice line: the menu and the sentences."""

import re
from pathlib import Path

import pytest

from channels.wording import SYSTEM_WORDS, Wording
from saathi.located import FileFault
from saathi.voice_menu import MENU, TONGUES, Command, VoiceMenu

SENTENCES = sorted(set(re.findall(r"utter_system_(ivr_\w+):", SYSTEM_WORDS.read_text(encoding="utf-8"))))
VALUES = dict.fromkeys(("key", "title", "url", "up", "down", "question", "partner", "heard"), "x")


def test_menu_is_complete() -> None:
    menu = VoiceMenu.load()
    assert {menu.languages["en"].speech, menu.languages["hi"].speech} == {"en-IN", "hi-IN"}
    assert any(item.needs_pin for item in menu.menu)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('key: "9"', 'key: "1"', "menu uses one key twice"),
        ("  goodbye:", "  good_bye:", "commands"),
        ("    question: { en: \"When do payouts come?\", hi:", "    question: { hi:", "question of key 1 lacks en"),
        ('key: "2"\n    title', 'key: "22"\n    title', "menu.1.key"),
        ("    needs_pin: true", "    needs_pins: true", "needs_pins is no setting here"),
    ],
)  # fmt: skip
def test_slip_in_the_menu_is_named(tmp_path: Path, old: str, new: str, told: str) -> None:
    text = MENU.read_text(encoding="utf-8")
    assert old in text
    broken = tmp_path / "ivr.yml"
    broken.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FileFault, match=re.escape(told)):
        VoiceMenu.load(broken)


@pytest.mark.parametrize(
    ("speech", "command"),
    [
        ("Menu.", Command.MENU),
        ("मेन्यू", Command.MENU),
        ("फिर से", Command.REPEAT),
        ("Send me the link", Command.LINK),
        ("what is a ulip", None),
        ("repeat payment", None),
    ],
)
def test_commands_are_words_that_stand_alone(speech: str, command: Command | None) -> None:
    assert VoiceMenu.load().read_command(speech) is command


@pytest.mark.parametrize("name", SENTENCES)
def test_sentence_stands_in_all_languages_and_is_for_the_ear(name: str) -> None:
    wording = Wording()
    for language in (*TONGUES, "hinglish"):
        sentence = wording.say(name, language).format(**VALUES)
        assert not re.search(r"[*_#<>\[\]]|http", sentence), sentence
        assert len(sentence.split()) <= 45
    assert re.search(r"[ऀ-ॿ]", wording.say(name, "hi"))


def test_every_sentence_that_the_line_says_is_written() -> None:
    used = set()
    for file in (MENU.parents[1] / "channels" / "ivr").glob("*.py"):
        used |= set(re.findall(r'"(ivr_[a-z_]+)"', file.read_text(encoding="utf-8")))
    used |= {"ivr_partner", "ivr_pin", "ivr_survey", "ivr_comment", "ivr_rated_up", "ivr_rated_down"}
    used -= {"ivr_transfer_to", "ivr_relay"}  # settings
    assert used == set(SENTENCES)
