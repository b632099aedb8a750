"""What designers do to stories and rules: ten edits that Rasa takes, and one that it refuses."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Change = Callable[[Path], None]
Actions = tuple[str, ...]


@dataclass(frozen=True)
class Edit:
    """What a designer changes in the folder of stories, what is then said, and the actions of the last turn."""

    name: str
    changes: tuple[Change, ...]
    said: tuple[str, ...]
    shows: Actions


def replace(old: str, new: str, file: str = "*.yml") -> Change:
    """Put `new` wherever `old` stands in these files; ValueError where it stands nowhere."""

    def change(stories: Path) -> None:
        found = [path for path in sorted(stories.glob(file)) if old in path.read_text(encoding="utf-8")]
        if not found:
            raise ValueError(f"data/stories/{file} has no {old!r}: benchmarks/story_edits.py must follow it")
        for path in found:
            path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    return change


def add(file: str, text: str) -> Change:
    """Put `text` at the end of a file, which may be new."""

    def change(stories: Path) -> None:
        with (stories / file).open("a", encoding="utf-8") as end:
            end.write(text)

    return change


THANKS_ADDED = Edit(
    "a turn gets a second reply",
    (replace("- action: utter_thank\n", "- action: utter_thank\n      - action: utter_smalltalk_capabilities\n"),),
    ("hello", "thank you"),
    ("utter_thank", "utter_smalltalk_capabilities"),
)
ANSWERS_SWAPPED = Edit(
    "two answers are swapped",
    (
        replace("utter_affirm\n", "SWAPPED\n"),
        replace("utter_deny\n", "utter_affirm\n"),
        replace("SWAPPED\n", "utter_deny\n"),
    ),
    ("yes",),
    ("utter_deny",),
)
ORDER_TURNED = Edit(
    "two replies in another order",
    (
        replace(
            "- action: utter_complaints_fraud\n      - action: action_hand_over\n",
            "- action: action_hand_over\n      - action: utter_complaints_fraud\n",
        ),
    ),
    ("someone used my ID and took money from a customer, this is fraud",),
    ("action_hand_over", "utter_complaints_fraud"),
)
EDITS = (
    THANKS_ADDED,
    ANSWERS_SWAPPED,
    ORDER_TURNED,
    Edit(
        "a reply comes before the first",
        (replace("- action: utter_greet\n", "- action: utter_smalltalk_identity\n      - action: utter_greet\n"),),
        ("hello",),
        ("utter_smalltalk_identity", "utter_greet"),
    ),
    Edit(
        "a no does not leave the calculator any more",
        (
            replace(
                "          - intent: deny\n          - intent: cancel\n",
                "          - intent: cancel\n",
                "calculators.yml",
            ),
            add(
                "calculators.yml",
                "\n  - rule: calculator, a no, and it goes on\n    condition:\n      - active_loop: calculator_form\n"
                "    steps:\n      - intent: deny\n      - action: utter_deny\n      - action: calculator_form\n"
                "      - active_loop: calculator_form\n",
            ),
        ),
        ("calculate EMI", "no"),
        ("utter_deny", "calculator_form"),
    ),
    Edit(
        "a rule goes, and a story says what comes after what",
        (
            replace(
                "  - rule: thanks are returned\n    steps:\n      - intent: thank\n      - action: utter_thank\n", ""
            ),
            add(
                "smalltalk.yml",
                "\n  - story: thanks straight after hello\n    steps:\n      - intent: greet\n"
                "      - action: utter_greet\n      - intent: thank\n      - action: utter_smalltalk_capabilities\n",
            ),
        ),
        ("hello", "thank you"),
        ("utter_smalltalk_capabilities",),
    ),
    Edit(
        "a yes to a person is thanked first",
        (
            replace(
                "- intent: affirm\n      - action: action_hand_over\n",
                "- intent: affirm\n      - action: utter_thank\n      - action: action_hand_over\n",
                "handoff.yml",
            ),
        ),
        ("my payout has not come", "yes"),
        ("utter_thank", "action_hand_over"),
    ),
    Edit(
        "thanks leave the calculator",
        (
            replace(
                "- action: utter_thank\n      - action: calculator_form\n      - active_loop: calculator_form\n",
                "- action: utter_thank\n      - action: action_leave_calculator\n      - active_loop: null\n",
                "calculators.yml",
            ),
        ),
        ("calculate EMI", "thank you"),
        ("utter_thank", "action_leave_calculator"),
    ),
    Edit(
        "a look-up goes to a person at once",
        (
            replace(
                "- intent: check_kyc_status\n      - action: action_answer_topic\n",
                "- intent: check_kyc_status\n      - action: action_hand_over\n",
                "kyc.yml",
            ),
        ),
        ("is my KYC approved",),
        ("action_hand_over",),
    ),
    Edit(
        "a rule moves to a new file and gets a greeting",
        (
            replace(
                "  - rule: who is speaking\n    steps:\n      - intent: ask_identity\n"
                "      - action: utter_smalltalk_identity\n",
                "",
            ),
            add(
                "identity.yml",
                'version: "3.1"\n\nrules:\n  - rule: who is speaking, and a greeting\n    steps:\n'
                "      - intent: ask_identity\n      - action: utter_smalltalk_identity\n      - action: utter_greet\n",
            ),
        ),
        ("are you a bot or a human",),
        ("utter_smalltalk_identity", "utter_greet"),
    ),
)
REFUSED = add(
    "smalltalk.yml",
    "\n  - story: thanks are answered with a goodbye\n    steps:\n      - intent: greet\n"
    "      - action: utter_greet\n      - intent: thank\n      - action: utter_goodbye\n",
)
