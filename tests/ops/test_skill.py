"""`make skill`: the same stem everywhere, nothing overwritten, the domain otherwise untouched, and Rasa can read it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from ops.skill import SkillError, begin_skill
from tests.bot.servers import RASA_PYTHON, ROOT, rasa_environment

FILES = [f"{folder}/renewals.yml" for folder in ("data/nlu", "data/stories", "data/responses", "tests/conversations")]
DOMAIN = """\
version: "3.1"

# what partners mean
intents:
  - greet  # hello
  # and what else
  - out_of_scope

slots:
  language:
    type: any
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "domain.yml").write_text(DOMAIN)
    return tmp_path


def everything_in(project: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in project.rglob("*") if path.is_file()}


def test_skill_has_its_stem_everywhere_and_its_wording_in_three_languages(project: Path) -> None:
    assert begin_skill("renewals", project) == [*FILES, "domain.yml"]
    nlu, stories, responses, conversations = (yaml.safe_load((project / file).read_text()) for file in FILES)
    assert nlu["nlu"] == [{"intent": "ask_renewals", "examples": ""}]
    assert stories["rules"][0]["steps"] == [{"intent": "ask_renewals"}, {"action": "utter_renewals"}]
    variations = responses["responses"]["utter_renewals"]
    assert [variation["condition"][0]["value"] for variation in variations] == ["en", "hinglish", "hi"]
    assert conversations == []


def test_commented_talk_is_a_conversation_test_once_it_is_written(project: Path) -> None:
    begin_skill("renewals", project)
    text = (project / "tests/conversations/renewals.yml").read_text()
    written = yaml.safe_load(text.partition("[]\n")[2].replace("# ", ""))
    assert written[0]["turns"][0]["intent"] == "ask_renewals"
    assert written[0]["turns"][0]["response"] == "utter_renewals"


def test_domain_gets_one_line_and_keeps_comments_and_order(project: Path) -> None:
    begin_skill("renewals", project)
    assert (project / "domain.yml").read_text() == DOMAIN.replace("  - out_of", "  - ask_renewals\n  - out_of")


def test_intent_comes_last_where_nothing_is_out_of_scope(project: Path) -> None:
    (project / "domain.yml").write_bytes(b"intents:\r\n- greet\r\n- deny")
    begin_skill("renewals", project)
    assert (project / "domain.yml").read_bytes() == b"intents:\r\n- greet\r\n- deny\n- ask_renewals\n"


@pytest.mark.parametrize("name", ["Renewals", "re newals", "renewals2", "../renewals", "", "renewals\n"])
def test_name_of_other_signs_is_refused_with_an_example(project: Path, name: str) -> None:
    with pytest.raises(SkillError, match="small letters and _ only, such as"):
        begin_skill(name, project)
    assert len(everything_in(project)) == 1


@pytest.mark.parametrize("file", FILES)
def test_nothing_is_written_when_one_file_is_there(project: Path, file: str) -> None:
    (project / file).parent.mkdir(parents=True)
    (project / file).write_text("mine")
    before = everything_in(project)
    with pytest.raises(SkillError, match=file):
        begin_skill("renewals", project)
    assert everything_in(project) == before


def test_second_time_changes_nothing(project: Path) -> None:
    begin_skill("renewals", project)
    before = everything_in(project)
    with pytest.raises(SkillError, match="there already"):
        begin_skill("renewals", project)
    assert everything_in(project) == before


def test_names_that_are_taken_are_refused(project: Path) -> None:
    (project / "domain.yml").write_text("intents:\n  - ask_payout\n")
    with pytest.raises(SkillError, match="has the intent ask_payout already"):
        begin_skill("payout", project)
    (project / "data/responses").mkdir(parents=True)
    (project / "data/responses/other.yml").write_text("responses:\n  utter_renewals:\n    - text: hi\n")
    with pytest.raises(SkillError, match=r"other.yml has utter_renewals already"):
        begin_skill("renewals", project)


def test_domain_without_intents_is_told(project: Path) -> None:
    (project / "domain.yml").write_text("slots: {}\n")
    with pytest.raises(SkillError, match="no list below `intents:`"):
        begin_skill("renewals", project)
    assert len(everything_in(project)) == 1


def run_skill(name: str, project: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ops.skill", name, "--project", str(project)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_command_tells_the_next_steps_or_the_remedy(project: Path) -> None:
    first, second = run_skill("renewals", project), run_skill("renewals", project)
    assert first.returncode == 0
    assert all(step in first.stdout for step in (*FILES, "make validate", "make train", "make talk"))
    assert (second.returncode, second.stdout) == (1, "")
    assert "Traceback" not in second.stderr


@pytest.mark.timeout(300)
def test_all_that_validation_misses_is_the_examples(tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(ROOT / "tests" / "bot" / "validation_project", project)
    shutil.copytree(project / "data" / "nlu", project / "tests" / "conversations")  # each topic has its talks
    begin_skill("renewals", project)
    command = [RASA_PYTHON, "-m", "bot.validation", "--project", str(project)]
    done = subprocess.run(command, cwd=ROOT, env=rasa_environment(), capture_output=True, text=True, check=False)
    *findings, _summary = done.stdout.splitlines()
    assert findings
    assert [f for f in findings if "'ask_renewals'" not in f or "no examples" not in f] == []
