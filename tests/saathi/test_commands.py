"""Commands as people type them, and the file of their words."""

from pathlib import Path

import pytest

from saathi.commands import WORDS, CommandReader, GiveCode, Rate, Score, TakeCode, Unlink
from saathi.located import FileFault

READER = CommandReader()


@pytest.mark.parametrize(
    ("text", "command"),
    [
        *((text, TakeCode("7K39QF")) for text in ("7K3-9QF", "7k39qf", " 7k3 9qf ", "link 7K3-9QF", "LINK:7k3 9qf")),
        *((text, TakeCode("7K39QF")) for text in ("code: 7k3-9qf.", "mera code 7K3–9QF", "/start 7K39QF")),
        *((text, TakeCode("7K39QF")) for text in ("मेरा कोड: 7K3-9QF", "७K3-९QF")),
        *((text, GiveCode()) for text in ("link", "Link!", "jodo", "जोड़ो", "link my account")),
        *((text, Unlink()) for text in ("unlink", "Alag karo", "अलग करो")),
        *((text, Rate("up")) for text in ("👍", "👍🏽", " 👍 ", "👍👍")),
        ("👎", Rate("down")),
        *((text, Score(4, None)) for text in ("4", "4.", "4/5", "४", "4 stars")),
        *((text, Score(5, "bahut accha")) for text in ("5 bahut accha", "5/5, bahut accha", "5 star - bahut accha")),
    ],
)
def test_command_is_understood_as_people_type_it(text: str, command: object) -> None:
    assert READER.read(text) == command


@pytest.mark.parametrize(
    "text",
    [
        "thanks", "status", "payout", "GSTR3B", "FY2526", "400001", "code 482913", "link status", "link kyc kaise kare",
        "what is the link for KYC", "unlink bank account kaise kare", "👍 par payout kab aayega", "6", "0", "45",
        "2 din se payout nahi aaya", "3 lakh ka loan chahiye", "4 leads kahan hain", "5% commission",
        "2 ka matlab kya?", "1 payout\n2 kyc", "",
    ],
)  # fmt: skip
def test_message_that_only_looks_like_a_command_is_none(text: str) -> None:
    assert READER.read(text) is None


def test_phrase_that_means_two_things_is_told_with_its_file(tmp_path: Path) -> None:
    path = tmp_path / "commands.yml"
    path.write_text(WORDS.read_text(encoding="utf-8").replace("unlink: [", "unlink: [Link., "), encoding="utf-8")
    with pytest.raises(FileFault, match=r"commands\.yml:1: .*link stands under link and under unlink; keep one"):
        CommandReader(path)


def test_misspelt_list_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "commands.yml"
    path.write_text(WORDS.read_text(encoding="utf-8").replace('helpful: ["👍"', 'helpfull: ["👍"', 1), encoding="utf-8")
    with pytest.raises(FileFault, match="helpfull is no setting here"):
        CommandReader(path)
