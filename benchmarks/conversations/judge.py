"""How a support conversation ended: what the writer of it said would be right, held against what the turns did."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

End = Literal["right", "wrong", "unresolved", "reached", "not reached", "needless", "leaked"]
Trace = Mapping[str, Any]
Wanted = tuple[tuple[str, Any], ...]

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
    """One conversation as it was written. `right` are the ends of which any one is right, each all of its parts.

    `partner` is one of the demo network, or `any` of whom the `facts` are true (leads.yml explains them).
    """

    name: str
    topic: str
    register: str
    channel: str
    needs_human: bool
    turns: tuple[str, ...]
    right: tuple[Wanted, ...]
    file: str = ""
    partner: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    never: tuple[str, ...] = ()


def read_conversations(place: Path) -> list[Support]:
    """The conversations of a file, or of a folder's files. Raises `ValueError` with file and name of one not whole."""
    found = []
    for path in sorted(place.glob("*.yml")) if place.is_dir() else [place]:
        for row in yaml.safe_load(path.read_text(encoding="utf-8")):
            try:
                right = tuple(tuple(end.items()) for end in row["right"])
                plain = {name: row[name] for name in ("name", "topic", "register", "channel", "needs_human")}
                told = {
                    "partner": row.get("partner"),
                    "facts": row.get("facts", {}),
                    "never": tuple(row.get("never", [])),
                }
                found.append(Support(**plain, turns=tuple(row["turns"]), right=right, file=path.stem, **told))
            except (KeyError, TypeError, AttributeError) as error:
                raise ValueError(f"{path}: {row.get('name')}: {error!r} is missing or of another shape") from error
    return found


def judge(conversation: Support, turns: Sequence[Trace], holds: Callable[[str], bool] | None = None) -> End:
    """How it ended. `holds` says whether a query finds a row in the assistant's database.

    "leaked" when another partner's was said. Else without a human: "right" when one of the right ends was reached,
    "wrong" when what must never be said was, or the last thing that was answered was something else, else "unresolved"
    (refused or asked back). "reached" and "not reached" are for those that need a human; "needless" were handed over
    without need.
    """
    if any(turn.get("foreign") for turn in turns):
        return "leaked"
    handed_over = any(turn["outcome"] == "handed_over" for turn in turns)
    if conversation.needs_human:
        return "reached" if handed_over else "not reached"
    if any(says(never, turn["said"]) for never in conversation.never for turn in turns):
        return "wrong"
    if any(all(_holds(kind, wanted, turns, holds) for kind, wanted in end) for end in conversation.right):
        return "right"
    if handed_over:
        return "needless"
    return (
        "wrong"
        if any(turn["outcome"] == "answered" and _counts(conversation, turn) for turn in turns)
        else "unresolved"
    )


def says(wanted: str, said: str) -> bool:
    """Whether one of the alternatives, parted by bars, stands in it; case does not count."""
    return any(one.strip().casefold() in said.casefold() for one in wanted.split("|"))


def _counts(conversation: Support, turn: Trace) -> bool:
    """Whether what was answered is to be held against it: of the articles' conversations what cites one."""
    return conversation.partner is not None or bool(_cited(turn))


def _holds(kind: str, wanted: Any, turns: Sequence[Trace], holds: Callable[[str], bool] | None) -> bool:
    if kind == "says":  # by the number of the turn, or `any`
        whole = "\n".join(turn["said"] for turn in turns)
        return all(
            says(one, whole if number == "any" else turns[number - 1]["said"])
            for number, ones in wanted.items()
            for one in ones
        )
    if kind == "stored":
        return holds is not None and all(holds(query) for query in wanted)
    if kind == "alike":  # two turns answered in the same words, but for the numbers
        first, second = (re.sub(r"\d", "", turns[number - 1]["said"]) for number in wanted)
        return first == second
    return any(_is_reached(kind, wanted, turn) for turn in turns)


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
