"""`make test-nlu`: near-duplicates stay together, figures are right, and no sentence of a test set is shown."""

import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.bot.servers import RASA_PYTHON, ROOT, rasa_environment
from tests.bot.test_inside import run_inside

EXAMPLES = {
    "ask_payout": """when is my payout | payout date please | which day does commission come | how often are we paid
        mera payout kab aayega | paisa kab milega bhai | kamai kis din aati hai | मेरा पेआउट कब आएगा | भुगतान कब होगा
        पैसा किस दिन आता है | next payout when | payout cycle explain""",
    "ask_human": """talk to a person | I want a human | connect me to support | give me an agent now
        kisi insaan se baat karao | manager se baat karni hai | call karo mujhe koi | किसी व्यक्ति से बात कराओ
        मुझे इंसान चाहिए | सहायता केंद्र से जोड़िए | real person please | someone from your team""",
    "out_of_scope": """book a train ticket | who won the match | weather in Pune today | recharge my phone
        film ka naam batao | aaj ka rashifal | pizza order karo | क्रिकेट का स्कोर | मौसम कैसा है
        share market tip | bitcoin price | hotel booking kar do | birthday wish likho | translate this to French
        गाना सुनाओ | नौकरी चाहिए | divorce lawyer number | write a poem""",
}
TEST_SET = """\
nlu:
  - intent: ask_payout
    metadata: {language: hinglish}
    examples: |
      - agli baar rakam kab girti hai
  - intent: nlu_fallback
    metadata: {language: en}
    examples: |
      - zzqx vbn
"""


def write_examples(project: Path, examples: dict[str, str]) -> None:
    blocks = []
    for intent, listed in examples.items():
        lines = [text.strip() for line in listed.splitlines() for text in line.split("|")]
        blocks.append(f"  - intent: {intent}\n    examples: |\n" + "".join(f"      - {text}\n" for text in lines))
    (project / "data/nlu/all.yml").write_text('version: "3.1"\n\nnlu:\n' + "".join(blocks), encoding="utf-8")


def make_project(place: Path) -> Path:
    for folder in ("data/nlu", "data/stories", "data/responses", "tests/nlu"):
        (place / folder).mkdir(parents=True)
    (place / "config.yml").write_text("pipeline:\n  - name: bot.entities.PartnerEntities\n")
    (place / "domain.yml").write_text("intents: []\n")
    (place / "tests/nlu/held.yml").write_text(TEST_SET, encoding="utf-8")
    write_examples(place, EXAMPLES)
    return place


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path)


def run(project: Path) -> subprocess.CompletedProcess[str]:
    command = [RASA_PYTHON, "-m", "bot.cross_validation", "--project", str(project), "--out", str(project / "out")]
    done = subprocess.run(command, cwd=ROOT, env=rasa_environment(), capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A project whose last example is bound to be mistaken, and what was said of it."""
    project = make_project(tmp_path_factory.mktemp("judged"))
    file = project / "data/nlu/all.yml"
    file.write_text(file.read_text().replace("- write a poem", "- talk to a human person"))
    done = run(project)
    assert done.returncode == 0, done.stderr
    return project, done


def test_report_has_figures_for_all_and_sentences_of_the_training_data_alone(
    judged: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    project, done = judged
    line = len((project / "data/nlu/all.yml").read_text().splitlines())
    assert "42 examples, " in done.stderr
    assert "6 of 6 after" in done.stderr
    rows = [line.split() for line in done.stdout.splitlines()]
    assert [row[2] for row in rows if row[:2] == ["data/nlu", "all"]] == ["42"]
    assert [row[2] for row in rows if row[:2] == ["held", "hinglish"]] == ["1"]
    assert ["held", "means", "nothing", "1", "declined"] in [row[:5] for row in rows]
    assert {row[0] for row in rows if row} >= {*EXAMPLES}
    assert f"  data/nlu/all.yml:{line}: talk to a human person (" in done.stdout
    assert "rakam" not in done.stdout + done.stderr
    assert "zzqx" not in done.stdout + done.stderr
    assert (project / "out/report.txt").read_text() == done.stdout


def test_picture_is_sound_and_names_every_intent(judged: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    project, _ = judged
    picture = ET.parse(project / "out/confusions.svg")
    texts = [found.text for found in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert all(texts.count(intent) == 2 for intent in EXAMPLES)


def test_intent_with_few_examples_is_named(project: Path) -> None:
    write_examples(project, {**EXAMPLES, "ask_renewals": "renewal kab hai | renew my policy"})
    done = run(project)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "data/nlu: write at least 10 examples of each intent: ask_renewals has 2.\n"


def test_broken_file_is_told_with_its_line(project: Path) -> None:
    (project / "data/nlu/broken.yml").write_text('nlu:\n  - intent: "open\n')
    done = run(project)
    assert done.returncode == 1
    assert "data/nlu/broken.yml:2" in done.stderr


def test_groups_folds_and_scores_are_right() -> None:
    report = run_inside("cross_validation")
    first, *others = report["groups"]
    assert others[:3] == [first] * 3
    assert others[3] != first
    assert report["torn"] == [0] * 5
    assert report["unseen"] == list(range(20))
    assert report["whole"] == [6, 3 / 6, 2 / 4, 1 / 4]
    assert report["out_of_scope_recall"] == 1 / 2
    assert report["lead"] == [1 / 3, 1 / 2, 2 / 5]
    assert report["out_of_scope"] == [3, 2]
    assert report["product"] == [2, 3, 1]
    assert report["confused"] == [
        ["ask_payout", "check_lead_status", 1],
        ["check_lead_status", "nlu_fallback", 1],
        ["out_of_scope", "check_lead_status", 1],
    ]
    assert report["marked"] == ["term plan for Ramesh, ok", [[0, 9, "product"], [14, 20, "person"]]]
