"""`make validate`: a sound project gives no finding, and each fault is told once, with its file and line."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bot.servers import RASA_PYTHON, ROOT, rasa_environment

SOUND = Path(__file__).parent / "validation_project"
Change = Callable[[str, str, str], None]
FORKED = "".join(
    f"""  - story: {name}
    steps:
      - intent: book_visit
      - action: visit_form
      - active_loop: visit_form
      - active_loop: null
      - action: {response}

"""
    for name, response in (("forked", "utter_visits_booked"), ("forked otherwise", "utter_visits_which"))
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(SOUND, tmp_path / "project")
    return tmp_path / "project"


@pytest.fixture
def change(project: Path) -> Change:
    """Replace text in a file of the project, once."""

    def replace(file: str, old: str, new: str) -> None:
        path = project / file
        before = path.read_text()
        assert before.count(old) == 1, f"{file} holds {old!r} {before.count(old)} times"
        path.write_text(before.replace(old, new))

    return replace


def validate(project: Path) -> tuple[int, list[str], str]:
    """Exit status, the findings, and the summary without its seconds."""
    done = subprocess.run(
        [RASA_PYTHON, "-m", "bot.validation", "--project", str(project)],
        cwd=ROOT,
        env=rasa_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr + done.stdout
    assert "itself failed" not in done.stderr, done.stderr
    *findings, summary = done.stdout.splitlines()
    return done.returncode, findings, summary.partition(" (")[0]


def test_sound_project_gives_no_finding_and_shows_progress(project: Path) -> None:
    assert validate(project) == (0, [], "0 errors, 0 warnings")


def test_files_that_do_not_parse_are_explained_with_their_lines(project: Path, change: Change) -> None:
    change("data/responses/prices.yml", '"It costs {amount} a year."', "It costs: {amount} a year.")
    change("data/responses/visits.yml", '"On which day?"', '"On which day?')
    change("data/responses/smalltalk.yml", '      text: "Good to', '\t  text: "Good to')
    change(
        "data/stories/smalltalk.yml", "      - action: utter_smalltalk_thank", "     - action: utter_smalltalk_thank"
    )
    change("data/stories/prices.yml", "  - story: a price and thanks", "  - story: @price")
    change("data/stories/visits.yml", "rules:", "ruels:")
    change("data/nlu/visits.yml", "  - intent: say_day", "  - intent: [say_day")
    change("data/nlu/prices.yml", "examples: |", "examples:")
    change("domain.yml", "entities:\n  - plan\n", "entities:\n  - plan\nentities:\n  - gold\n")
    (project / "data/nlu/latin.yml").write_bytes("nlu:\n- intent: café\n".encode("latin-1"))
    (project / "config.yml").unlink()

    status, findings, summary = validate(project)

    assert status == 1
    assert summary == "11 errors, 0 warnings"
    indent = "Let the line begin exactly under the lines that it belongs to, with spaces; and close every quote."
    assert findings == [
        "config.yml:1: config.yml is missing. Put it back: nothing can be trained without it.",
        "data/nlu/latin.yml:2: the file is not UTF-8. Save it with the encoding UTF-8.",
        "data/nlu/prices.yml:5: after 'examples:' the sign | is missing. Write examples: |.",
        "data/nlu/visits.yml:9: column 13: a [ is opened and not closed. Close it, or put the text into quotes.",
        (
            "data/responses/prices.yml:6: column 21: a colon stands within text that has no quotes. "
            'Put the whole text after the first colon into double quotes: text: "...".'
        ),
        "data/responses/smalltalk.yml:6: the line is indented with a tab. Use spaces; YAML allows no tabs there.",
        "data/responses/visits.yml:6: a quote is opened here and never closed. Close it with the same kind of quote.",
        (
            "data/stories/prices.yml:10: column 12: text begins with a sign that YAML reserves, such as @, %, ` or a "
            "tab. Put the text into double quotes, and indent with spaces only."
        ),
        f"data/stories/smalltalk.yml:12: column 6: the line does not fit the lines above it. {indent}",
        (
            "data/stories/visits.yml:3: 'ruels' is no section that Rasa knows, so it is passed over. "
            "Correct the name, such as nlu, stories, rules or responses."
        ),
        "domain.yml:12: 'entities' is written a second time; the first is in line 10. Join the two, or rename one.",
    ]


def test_what_rasa_refuses_is_told_for_every_file_at_once(project: Path, change: Change) -> None:
    change("config.yml", "  - name: RulePolicy", "  - names: RulePolicy")
    change("domain.yml", "    required_slots:", "    required:")
    change("data/nlu/visits.yml", "- intent: say_day\n    examples", "- intent: say_day\n    example")
    change("data/responses/prices.yml", '"KYC first, then the price."', "{amount: 5}")
    change("data/responses/visits.yml", '      text: "A day for what, please?"\n', "")
    change("data/stories/smalltalk.yml", "    steps:\n      - intent: thank", "    step:\n      - intent: thank")

    status, findings, _ = validate(project)

    assert status == 1
    spelling = "Correct the spelling; the entries above and below show the form."
    assert [finding for finding in findings if "warning:" not in finding] == [
        "config.yml:13: 'name:' is missing in this entry. Add it, or correct the spelling of what stands there.",
        f"data/nlu/visits.yml:10: 'example' is no word that Rasa knows at this place. {spelling}",
        "data/responses/prices.yml:14: text is expected here. Write text, in double quotes if it holds signs.",
        "data/responses/visits.yml:20: a variation of 'utter_visits_which' has no text. Write its text: text: \"...\".",
        f"data/stories/smalltalk.yml:10: 'step' is no word that Rasa knows at this place. {spelling}",
        f"domain.yml:38: 'required' is no word that Rasa knows at this place. {spelling}",
    ]


def test_names_that_do_not_meet_are_told_where_they_stand(project: Path, change: Change) -> None:
    change("domain.yml", "  - say_day\n", "  - say_day\n  - complain\n")
    change("domain.yml", "  - action_tell_price\n", "  - action_tell_price\n  - action_vanished\n")
    change("domain.yml", "entities:\n  - plan\n", "entities:\n  - plan\n  - city\n")
    change("domain.yml", "forms:\n", "  forgotten:\n    type: any\n    mappings:\n      - type: custom\n\nforms:\n")
    change("domain.yml", "      - day\n\n", "      - day\n      - place\n\n")
    change("data/nlu/prices.yml", "[term plan](plan)", "[term plan](pland)")
    change(
        "data/nlu/visits.yml",
        "nlu:\n",
        "nlu:\n  - intent: booking\n    examples: |\n      - reserve\n      - rakh do\n",
    )
    change("data/nlu/visits.yml", "- agle somvar ko", "- agle [somvar](plan) ko\n      budhvar")
    change("data/stories/smalltalk.yml", "action: utter_smalltalk_thank", "action: utter_smalltalk_thnx")
    change("data/stories/smalltalk.yml", "intent: greet", "intent: greeet")
    change(
        "data/stories/visits.yml",
        "      - active_loop: visit_form\n    steps",
        "      - active_loop: vist_form\n    steps",
    )
    change(
        "data/stories/visits.yml",
        "      - intent: say_day\n",
        "      - intent: say_day\n      - slot_was_set:\n          - dey: monday\n",
    )
    change("data/stories/visits.yml", "utter_visits_which", "action_vanish")
    change("actions/prices.py", '"validate_visit_form"', '"validate_visits_form"')
    change("actions/prices.py", "utter_prices_{kind}", "utter_cost_{kind}")
    (project / "data/nlu/loans.yml").write_text(
        'version: "3.1"\nnlu:\n- intent: thank\n  examples: |\n    - bahut achha\n'
    )
    (project / "data/responses/loans.yml").write_text((project / "data/responses/visits.yml").read_text())

    status, findings, _ = validate(project)

    assert status == 1
    told = [finding for finding in findings if "goes on with" not in finding]  # what follows from a missing name
    places = [(finding.split(": ")[0], finding) for finding in told]
    expected = [
        ("actions/prices.py:20", "the code utters 'utter_cost_{kind}', which no file in data/responses has"),
        ("data/nlu/prices.yml:6", "'pland' is marked in an example, but the domain has no such entity"),
        ("data/nlu/visits.yml:6", "the intent 'booking' has examples, but the domain does not list it"),
        ("data/nlu/visits.yml:17", "the line 'budhvar' is no example"),
        ("data/responses/visits.yml:4", "'utter_ask_visit_form_day' is written a second time"),
        ("data/responses/visits.yml:12", "'utter_visits_booked' is written a second time"),
        ("data/responses/visits.yml:20", "'utter_visits_which' is written a second time"),
        ("data/stories/smalltalk.yml:6", "there is no intent 'greeet'"),
        ("data/stories/smalltalk.yml:12", "there is no response 'utter_smalltalk_thnx'"),
        ("data/stories/visits.yml:12", "there is no form 'vist_form'"),
        ("data/stories/visits.yml:22", "the slot 'dey' is not declared"),
        ("data/stories/visits.yml:23", "there is no action 'action_vanish'"),
        ("domain.yml:9", "the intent 'complain' has no examples"),
        ("domain.yml:47", "asks for 'place', but there is no response 'utter_ask_visit_form_place'"),
        ("domain.yml:47", "asks for the slot 'place', which is not declared"),
        ("domain.yml:51", "'action_vanished' stands in the domain, but no module in actions/ has it"),
        ("domain.yml:52", "'validate_visit_form' stands in the domain, but no module in actions/ has it"),
        ("actions/prices.py:29", "warning: the action 'validate_visits_form' is programmed"),
        ("data/nlu/loans.yml:1", "warning: the topic 'loans' has no data/stories/loans.yml."),
        (
            "data/responses/loans.yml:20",
            "warning: no story, rule, form or action uses the response 'utter_visits_which'",
        ),
        (
            "data/responses/prices.yml:4",
            "warning: no story, rule, form or action uses the response 'utter_prices_known'",
        ),
        ("data/responses/prices.yml:12", "warning: no story, rule, form or action uses the response"),
        ("domain.yml:4", "warning: no story or rule says what follows the intent 'greet'"),
        ("domain.yml:9", "warning: no story or rule says what follows the intent 'complain'"),
        ("domain.yml:13", "warning: no example marks the entity 'city'"),
        ("domain.yml:38", "warning: the slot 'forgotten' is declared, but no story"),
    ]
    assert [place for place, _ in places] == [place for place, _ in expected]
    assert [finding for (_, finding), (_, words) in zip(places, expected, strict=True) if words not in finding] == []


def test_wording_and_examples_are_held_to_their_rules(project: Path, change: Change) -> None:
    change("data/responses/smalltalk.yml", 'hinglish}]\n      text: "Koi baat nahi', 'en}]\n      text: "No problem')
    change("data/responses/smalltalk.yml", '"Daam"', '"Iska daam kitna hota hai"')
    change(
        "data/responses/smalltalk.yml",
        '"Price"\n          payload: /ask_price',
        '"Price"\n          payload: /ask_prise',
    )
    change("data/responses/prices.yml", '"पहले KYC, फिर दाम बताएँगे।"', '"Pehle KYC, phir daam."')
    change("data/responses/prices.yml", '"KYC first, then the price."', '"KYC पहले, then दाम बताएँगे"')
    change("data/responses/prices.yml", '"It costs {amount} a year."', '"It costs that a year."')
    change(
        "data/responses/visits.yml", "_which:\n", '_which:\n    - text: "Which one do you mean?"\n      channel: ivr\n'
    )
    change("data/responses/visits.yml", 'en}]\n      text: "On which', 'english}]\n      text: "On which')
    voice = (
        "- condition: [{type: slot, name: language, value: en}]\n      channel: ivr\n      text: Booked for {day}.\n"
    )
    change("data/responses/visits.yml", "  utter_visits_booked:\n", f"  utter_visits_booked:\n    {voice}")
    more = "      - Thanks a lot!\n      - daam kya hai?\n      - please book a visit for customer\n"
    change("data/nlu/smalltalk.yml", "      - thanks a lot\n", f"      - thanks a lot\n{more}")
    change("data/nlu/visits.yml", "- on monday\n", "- on monday\n      - How much is it?\n      - on [monday] (plan)\n")

    status, findings, summary = validate(project)

    assert status == 1
    assert summary == "11 errors, 3 warnings"
    known = "utter_prices_known"
    assert [finding.partition(". ")[0] for finding in findings] == [
        (
            "data/nlu/smalltalk.yml:14: 'daam kya hai?' stands under 'thank' and, at data/nlu/prices.yml:7, "
            "under 'ask_price'"
        ),
        "data/nlu/visits.yml:13: the marking in 'on [monday] (plan)' is not closed or has a space within",
        f"data/responses/prices.yml:5: this variation of '{known}' lacks {{amount}}, which another language has",
        "data/responses/prices.yml:14: the en wording of 'utter_prices_unknown' is in Devanagari",
        "data/responses/prices.yml:18: the Hindi wording of 'utter_prices_unknown' is in Latin letters",
        "data/responses/smalltalk.yml:9: a button sends '/ask_prise', but the domain has no such intent",
        "data/responses/smalltalk.yml:13: the button 'Iska daam kitna hota hai' has 24 characters",
        "data/responses/smalltalk.yml:22: 'utter_smalltalk_thank' is not written in hinglish",
        (
            "data/responses/visits.yml:5: 'utter_ask_visit_form_day' has a variation for the language 'english', "
            "which there is not"
        ),
        "data/responses/visits.yml:13: 'utter_visits_booked' on the channel 'ivr' is not written in hinglish and hi",
        (
            "data/responses/visits.yml:24: a variation of 'utter_visits_which' on the channel 'ivr' has no language, "
            "so it wins in all three"
        ),
        (
            "data/nlu/smalltalk.yml:13: warning: 'Thanks a lot!' stands twice under 'thank', "
            "first at data/nlu/smalltalk.yml:12"
        ),
        (
            "data/nlu/visits.yml:6: warning: 'please book a visit for my customer' under 'book_visit' is nearly "
            "'please book a visit for customer' under 'thank', at data/nlu/smalltalk.yml:15"
        ),
        "data/nlu/visits.yml:12: warning: 'How much is it?' is also in the test set, at tests/nlu/test_set.yml:6",
    ]


def test_contradictions_name_file_and_line_of_both_sides(project: Path, change: Change) -> None:
    change(
        "data/stories/smalltalk.yml",
        "  - rule: thanks are returned",
        "  - rule: a greeting is a thank\n    steps:\n      - intent: greet\n      - action: utter_smalltalk_thank\n\n"
        "  - rule: thanks are returned",
    )
    change(
        "data/stories/prices.yml", "- action: utter_smalltalk_thank\n", "- action: utter_smalltalk_greet\n\n" + FORKED
    )
    change("data/stories/visits.yml", "      - active_loop: visit_form\n\n", "\n")
    change("data/stories/visits.yml", "utter_visits_which\n", "utter_visits_which\n      - intent: thank\n")
    change("domain.yml", "          - active_loop: visit_form", "          - active_loop: visits_form")

    status, findings, summary = validate(project)

    assert status == 1
    assert summary == "8 errors, 0 warnings"
    long_rule = "a day out of the blue is no wish"
    form = "the rule 'a wish begins the form' (data/stories/visits.yml:4) waits for the user"
    assert [finding.partition(". ")[0] for finding in findings] == [
        (
            "data/stories/prices.yml:10: the story 'a price and thanks' goes on with 'utter_smalltalk_greet', "
            "but the rule 'thanks are returned' (data/stories/smalltalk.yml:14) goes on with 'utter_smalltalk_thank'"
        ),
        (
            "data/stories/prices.yml:17: after the same steps the story 'forked' goes on with 'utter_visits_booked', "
            "but the story 'forked otherwise' (data/stories/prices.yml:25) goes on with 'utter_visits_which'"
        ),
        f"data/stories/prices.yml:17: the story 'forked' goes on with 'utter_visits_booked', but {form}",
        f"data/stories/prices.yml:25: the story 'forked otherwise' goes on with 'utter_visits_which', but {form}",
        (
            "data/stories/smalltalk.yml:4: the rule 'a greeting is returned' goes on with 'utter_smalltalk_greet', "
            "but the rule 'a greeting is a thank' (data/stories/smalltalk.yml:9) goes on with 'utter_smalltalk_thank'"
        ),
        (
            "data/stories/visits.yml:4: after 'visit_form' the rule 'a wish begins the form' lacks active_loop: null, "
            "which other rules have"
        ),
        f"data/stories/visits.yml:17: the rule '{long_rule}' holds more than one message of the user",
        "domain.yml:26: the slot 'day' is filled in the form 'visits_form', which the domain does not have",
    ]
