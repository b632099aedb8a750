"""What designers write for the channels: a slip is told with its file, line and remedy before anything starts."""

from pathlib import Path

import pytest

from saathi.design_check import find_picture_faults, find_voice_menu_faults
from saathi.located import FileFault, read_located
from saathi.spoken_words import WORDS, SpokenWords
from saathi.templates import TEMPLATES, TemplateNames
from saathi.voice_menu import MENU

INTENTS = {
    "check_lead_status", "ask_lead_rejection", "rank_leads", "check_payout", "report_payout_missing",
    "check_kyc_status", "track_application",
}  # fmt: skip


def find_line(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "at", "told"),
    [
        ('person: { key: "9"', 'person: { key: "1"', "\nmenu:", "menu uses one key twice"),
        ('link: { key: "3"', 'link: { key: "2"', "\ncommands:", "commands uses one key twice"),
        ("  goodbye:", "  good_bye:", "  goodbye:", "commands.good_bye is 'good_bye'"),
        ('    question: { en: "When do payouts come?", hi:', "    question: { hi:", '  - key: "1"\n', "lacks en"),
        ('key: "2"\n    title', 'key: "22"\n    title', 'key: "2"\n    title', "menu.1.key is '22'"),
        ("    needs_pin: true", "    needs_pins: true", "    needs_pin: true", "needs_pins is no setting here"),
        ("check_payout,", "check_payouts,", "\npin_topics:", "there is no intent check_payouts; did you mean"),
    ],
)  # fmt: skip
def test_slip_in_the_voice_menu_is_told_with_its_line(tmp_path: Path, old: str, new: str, at: str, told: str) -> None:
    text, broken = MENU.read_text(encoding="utf-8"), tmp_path / "ivr.yml"
    broken.write_text(text.replace(old, new, 1), encoding="utf-8")
    line = find_line(text, at) + (1 if at.startswith("\n") else 0)
    found = find_voice_menu_faults(broken, INTENTS)
    assert any(fault.startswith(f"{broken}:{line}: ") and told in fault for fault in found), found


def test_committed_voice_menu_has_no_faults() -> None:
    assert find_voice_menu_faults(MENU, INTENTS) == []


@pytest.mark.parametrize(
    ("file", "model", "old", "new", "told"),
    [
        (WORDS, SpokenWords, "    lakh: lakh\n", "", "tongues.en.lakh is missing; add it"),
        (WORDS, SpokenWords, "zero, one, two", "zero, two", "tongues.en.numbers is"),
        (WORDS, SpokenWords, "  hi:\n", "  mr:\n", "tongues.mr"),
        (TEMPLATES, TemplateNames, "  nudge:", "  nudges:", "templates.nudges is 'nudges'"),
        (TEMPLATES, TemplateNames, "    en: saathi_nudge_en", "    fr: saathi_nudge_en", "templates.nudge.fr"),
    ],
)
def test_slip_in_spoken_words_or_templates_is_told_with_its_line(
    tmp_path: Path, file: Path, model: type, old: str, new: str, told: str
) -> None:
    text, broken = file.read_text(encoding="utf-8"), tmp_path / file.name
    assert old in text
    broken.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FileFault) as fault:
        read_located(broken, model)
    assert told in str(fault.value)
    assert all(line.startswith(f"{broken}:") for line in str(fault.value).splitlines())


def test_picture_that_is_not_there_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "there.en.png").touch()
    file = tmp_path / "guides.yml"
    shown = "card:\n  picture: /pictures/there.en.png\n  picture: /pictures/gone.en.png\n"
    file.write_text(shown, encoding="utf-8")
    found = find_picture_faults(file, tmp_path)
    assert found == [f"{file}:3: there is no picture gone.en.png in {tmp_path}; mend its name, or draw it"]
