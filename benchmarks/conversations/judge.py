"""How a support conversation ended: what the writer of it said would be right, held against what the turns did."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

End = Literal["right", "wrong", "unresolved", "reached", "not reached", "needless"]
Trace = Mapping[str, Any]

# The responses that say plainly what the assistant cannot see or do.
_TOLD = {
    "leads": {"utter_check_lead_status", "utter_ask_lead_rejection"},
    "payouts": {"utter_payouts_none", "utter_payouts_none_yet", "utter_report_payout_missing"},
    "applications": {"utter_track_application"},
    "courses": {"utter_find_course", "utter_check_course_progress"},
    "complaints": {"utter_check_complaint"},
    "kyc": {"utter_check_kyc_status"},
    "profile": {"utter_update_profile"},
    "consent": {"utter_give_consent", "utter_withdraw_consent", "utter_ask_data_use"},
}
_GUIDE = {"bank_details": "utter_ask_guide_form_bank", "kyc": "utter_ask_guide_form_kyc"}
_DECLINING = {"utter_out_of_scope", "utter_knowledge_none", "utter_knowledge_nearest"}
_SMALL = ("utter_greet", "utter_thank", "utter_goodbye", "utter_affirm", "utter_deny", "utter_smalltalk")
_CALCULATED = {
    "emi": "utter_calculator_emi",
    "surrender-value": "utter_calculator_surrender",
    "tax-saved": "utter_calculator_tax",
    "tds-on-commission": "utter_calculator_tds",
}


@dataclass(frozen=True, slots=True)
class Support:
    """One conversation as it was written. `right` are the ends of which any one is right."""

    name: str
    topic: str
    register: str
    channel: str
    needs_human: bool
    turns: tuple[str, ...]
    right: tuple[tuple[str, object], ...]


def read_conversations(folder: Path) -> list[Support]:
    """The conversations of all files. Raises `ValueError` with file and name for one that is not whole."""
    found = []
    for path in sorted(folder.glob("*.yml")):
        for row in yaml.safe_load(path.read_text(encoding="utf-8")):
            try:
                right = tuple(next(iter(end.items())) for end in row["right"])
                plain = {name: row[name] for name in ("name", "topic", "register", "channel", "needs_human")}
                found.append(Support(**plain, turns=tuple(row["turns"]), right=right))
            except (KeyError, TypeError, AttributeError) as error:
                raise ValueError(f"{path}: {row.get('name')}: {error!r} is missing or of another shape") from error
    return found


def judge(conversation: Support, turns: Sequence[Trace]) -> End:
    """How it ended.

    Without a human: "right" when one of the right ends was reached, else "wrong" when the last thing that was answered
    was something else, else "unresolved" (refused or asked back). "reached" and "not reached" are for those that need
    a human; "needless" were handed over without need.
    """
    handed_over = any(turn["outcome"] == "handed_over" for turn in turns)
    if conversation.needs_human:
        return "reached" if handed_over else "not reached"
    if any(_is_reached(kind, wanted, turn) for kind, wanted in conversation.right for turn in turns):
        return "right"
    if handed_over:
        return "needless"
    return "wrong" if any(turn["outcome"] == "answered" and _cited(turn) for turn in turns) else "unresolved"


def _is_reached(kind: str, wanted: object, turn: Trace) -> bool:
    said = {str(reply["response"]) for reply in turn["replies"]}
    ends: dict[str, Callable[[], bool]] = {
        "article": lambda: wanted in _cited(turn),
        "told": lambda: bool(said & _TOLD[str(wanted)]),
        "calculator": lambda: any(name.startswith(_CALCULATED[str(wanted)]) for name in said),
        "guide": lambda: any(name.startswith(_GUIDE[str(wanted)]) and not name.endswith("_case") for name in said),
        "language": lambda: wanted in {turn["language"], turn["slots"].get("language")},
        "declined": lambda: bool(said & _DECLINING) and not _cited(turn),
        "smalltalk": lambda: any(name.startswith(_SMALL) for name in said),
    }
    return ends[kind]()


def _cited(turn: Trace) -> set[str]:
    return {slug for reply in turn["replies"] for slug in reply["citations"]}
