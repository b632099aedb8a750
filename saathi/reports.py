"""What partners report for a person to take up: a complaint, a dispute about commission. Which parts it has, and how a
message fills them."""

import re
from dataclasses import dataclass

from language import normalise, to_latin

_MOST = 300  # characters of a part that are kept
_TELLING = 12  # words: a wish to complain that long says what about
_FEWEST_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of report: the intent that begins it, the parts that are asked for in order, the reply at its end."""

    name: str
    intent: str
    parts: tuple[str, ...]
    response: str


_KINDS = (
    Kind("complaint", "raise_complaint", ("about", "since"), "utter_complaints_taken"),
    Kind("dispute", "dispute_commission", ("sale", "month", "wrong"), "utter_commission_disputed"),
)
_FREE = {"about": True, "wrong": True}  # told in the partner's own words
_UNKNOWN = re.compile(r"\b(?:yaad nahi|yad nahi|pata nahi|nahi pata|do not remember|don't remember|not sure|no idea)\b")
_FROM_ENTITY = {"sale": "lead", "since": "date", "month": "date"}


def find_kind(name: object) -> Kind | None:
    """The kind of that name, or that this intent begins."""
    return next((kind for kind in _KINDS if name in {kind.name, kind.intent}), None)


def is_answer(part: str, text: str) -> bool:
    """Whether a message says something for the part that was asked for."""
    return sum(character.isalnum() for character in text) >= (2 * _FEWEST_LETTERS if part in _FREE else 1)


def says_when(part: str, text: str, told: dict[str, str]) -> bool:
    """Whether a message answers the question for a day or month: by naming one, or by saying that it is not known."""
    if _FROM_ENTITY.get(part) != "date":
        return False
    return bool(told.get("date")) or bool(_UNKNOWN.search(to_latin(normalise(text)).lower()))


def fill(kind: Kind, values: dict[str, str], text: str, told: dict[str, str], asked: str | None) -> dict[str, str]:
    """The parts that are known after a message.

    Args:
        told: `lead` and `date` as the message names them, "" where it names none.
        asked: the part that was asked for; None for the message that begins the report, which fills what it names.
    """
    known = dict(values)
    for part in kind.parts:
        source = _FROM_ENTITY.get(part)
        if source and told.get(source) and (part not in known or part == asked):
            known[part] = told[source][:_MOST]
    begins_telling = asked is None and len(text.split()) >= _TELLING
    if asked is not None and (asked not in known or known[asked] == values.get(asked)):
        known[asked] = text.strip()[:_MOST]
    elif begins_telling and kind.parts[0] == "about":
        known["about"] = text.strip()[:_MOST]
    return known


def correct(kind: Kind, values: dict[str, str], text: str, told: dict[str, str]) -> dict[str, str]:
    """The parts after a correction: of the part that what it names belongs to, else of the one that was told last."""
    known = [part for part in kind.parts if part in values]
    named = [part for part in known if told.get(_FROM_ENTITY.get(part, ""))]
    part = named[-1] if named else known[-1]
    return {**values, part: (told.get(_FROM_ENTITY.get(part, "")) or text.strip(" ,.;!"))[:_MOST]}


def write_summary(kind: Kind, values: dict[str, str]) -> str:
    """What was told, part by part, in the partner's own words."""
    return "; ".join(values[part] for part in kind.parts if part in values)
