"""`make story-graph`: what begins alike is one branch, forms are loops, and no two boxes or labels overlap."""

import itertools
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import yaml

from bot.story_graph.drawing import draw
from bot.story_graph.layout import Box, grow, place
from bot.story_graph.paths import Step, form_names, read_paths
from bot.validation.sources import Source
from tests.bot.servers import RASA_PYTHON, ROOT

SVG = "{http://www.w3.org/2000/svg}"
DOMAIN = "forms:\n  visit_form:\n    required_slots: [day]\n"
STORIES = """\
rules:
  - rule: a greeting is returned
    steps:
      - intent: greet
      - action: utter_greet
  - rule: the form begins
    steps:
      - or:
          - intent: book
          - intent: visit
            entities: [day]
      - action: visit_form
      - active_loop: visit_form
  - rule: the form is through
    condition:
      - active_loop: visit_form
    steps:
      - action: visit_form
      - active_loop: null
      - slot_was_set:
          - day: monday
      - action: action_book
  - rule: it goes on after thanks
    condition:
      - active_loop: visit_form
    steps:
      - intent: thank
      - action: utter_thank
      - action: visit_form
      - active_loop: visit_form
stories:
  - story: a greeting & then a <visit>
    steps:
      - intent: greet
      - action: utter_greet
      - user: "come on मंगलवार"
      - bot: "yes"
      - checkpoint: later
"""


def source(file: str, text: str) -> Source:
    return Source(file, yaml.compose(text))


@pytest.fixture
def roots() -> list[Box]:
    forms = form_names([source("domain.yml", DOMAIN)])
    return grow(read_paths(source("data/stories/visits.yml", STORIES), forms))


def find(roots: list[Box], *lines: str) -> Box:
    (found,) = [box for root in roots for box in root.all() if box.step.lines[: len(lines)] == lines]
    return found


def test_what_begins_alike_is_one_branch_and_each_condition_a_root(roots: list[Box]) -> None:
    assert [root.step for root in roots] == [Step("start", ("a message",)), Step("condition", ("within visit_form",))]
    said = find(roots, "utter_greet")
    assert [follower.kind for follower in said.followers] == ["title", "intent"]
    assert next(iter(said.followers)).lines == ("rule: a greeting is returned", "data/stories/visits.yml:2")


def test_alternatives_stand_in_one_box_with_their_entities(roots: list[Box]) -> None:
    assert find(roots, "book").step.lines == ("book", "visit [day]")


def test_form_begins_goes_on_and_ends_as_boxes_of_their_own(roots: list[Box]) -> None:
    kinds = {box.step.kind for root in roots for box in root.all() if box.step.lines[0] == "visit_form"}
    assert kinds == {"form", "again", "done"}
    lines = [line for root in roots for box in root.all() for line in box.step.lines]
    assert (
        lines.count("within visit_form") == 1
    )  # the condition; what active_loop says after a form is in the form's box


def test_other_kinds_of_steps_are_shown(roots: list[Box]) -> None:
    assert find(roots, "“come on मंगलवार”").step.kind == "intent"
    assert find(roots, "“yes”").step.kind == "response"
    assert find(roots, "checkpoint later").step.kind == "slot"
    assert find(roots, "day is monday").step.kind == "slot"


def overlaps(one: Box, other: Box) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


@pytest.mark.parametrize("path", sorted((ROOT / "data" / "stories").glob("*.yml")), ids=lambda path: path.stem)
def test_no_two_boxes_of_our_own_stories_overlap(path: Path) -> None:
    forms = form_names([source("domain.yml", (ROOT / "domain.yml").read_text())])
    roots = grow(read_paths(source(path.name, path.read_text()), forms))
    right, bottom = place(roots, 0, 0)
    boxes = [box for root in roots for box in root.all()]
    assert boxes
    assert [pair for pair in itertools.combinations(boxes, 2) if overlaps(*pair)] == []
    assert all(
        box.x >= 0 and box.x + box.width <= right and box.y >= 0 and box.y + box.height <= bottom for box in boxes
    )


def test_picture_is_sound_and_asks_nothing_of_the_network() -> None:
    paths = list(read_paths(source("visits.yml", STORIES), ["visit_form"]))
    text = draw([("visits", paths)])
    texts = {found.text for found in ET.fromstring(text).iter(f"{SVG}text")}
    assert {"visits", "story: a greeting & then a <visit>", "a form asks"} <= texts
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [
        RASA_PYTHON,
        "-m",
        "bot.story_graph",
        "--project",
        str(project),
        "--out",
        str(project / "out"),
        *arguments,
    ]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for folder in ("nlu", "responses", "stories"):
        (tmp_path / "data" / folder).mkdir(parents=True)
    (tmp_path / "config.yml").write_text("language: en\n")
    (tmp_path / "domain.yml").write_text(DOMAIN)
    (tmp_path / "data/stories/visits.yml").write_text(STORIES)
    (tmp_path / "data/stories/other.yml").write_text("rules: []\n")
    return tmp_path


def test_command_draws_every_topic_and_all_of_them(project: Path) -> None:
    done = run(project)
    assert (done.returncode, done.stderr) == (0, "")
    assert {path.name for path in (project / "out").iterdir()} == {"all.svg", "other.svg", "visits.svg"}
    assert f"{project / 'out' / 'visits.svg'}: 5 rules and stories" in done.stdout


def test_command_draws_one_topic_or_names_those_that_there_are(project: Path) -> None:
    assert run(project, "visits").returncode == 0
    assert {path.name for path in (project / "out").iterdir()} == {"visits.svg"}
    wrong = run(project, "visit")
    assert wrong.returncode == 1
    assert wrong.stderr == "There is no data/stories/visit.yml. Topics: other, visits.\n"


def test_broken_file_is_told_with_its_line(project: Path) -> None:
    (project / "data/stories/other.yml").write_text('rules:\n  - rule: "open\n')
    done = run(project)
    assert done.returncode == 1
    assert "data/stories/other.yml:2" in done.stderr
    assert "Traceback" not in done.stderr
