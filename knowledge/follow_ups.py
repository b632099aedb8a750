"""What "and its premium?" asks: a message that goes on from the one before, as questions that stand on their own."""

import re
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from language import normalise, to_latin

FOLLOW_UPS = Path(__file__).resolve().parents[1] / "data" / "knowledge" / "follow_ups.yml"
_KEPT_S = 1800.0  # half an hour later a question without a subject is about something else
_SHORT = 4  # words: what is that short may lack its subject without saying so


@dataclass(frozen=True, slots=True)
class Context:
    """What was answered last. `product` is the product named in the question as it was written there, "" without one;
    `shown` are the texts that were said of the article; `at` is in seconds since the epoch."""

    question: str
    slug: str
    title: str
    product: str
    shown: tuple[str, ...]
    at: float

    @classmethod
    def read(cls, kept: Any, now: float) -> "Context | None":
        """The context of a slot; None without one, or when it is older than half an hour."""
        if not isinstance(kept, dict) or now - float(kept.get("at", 0.0)) > _KEPT_S:
            return None
        return cls(**{**kept, "shown": tuple(kept["shown"])})

    def as_slot(self) -> dict[str, Any]:
        """As a slot keeps it, in JSON."""
        return {**asdict(self), "shown": list(self.shown)}


@dataclass(frozen=True, slots=True)
class _Words:
    lead_in: re.Pattern[str]
    pronoun: re.Pattern[str]


def read_questions(text: str, product: str, context: Context | None, *, goes_on: bool = False) -> tuple[str, ...]:
    """The questions that a message may be, the likeliest first.

    Args:
        product: the product that the message itself names, as written; "" without one.
        goes_on: it is known to go on from the one before.
    """
    if context is None:
        return (text,)
    rest, had_lead_in, pronoun = _strip(text)
    if not (goes_on or had_lead_in or pronoun):
        return (text, f"{rest} {context.title}") if len(text.split()) <= _SHORT and not product else (text,)
    if product:
        return _exchange(rest, product, context)
    subject = context.product or context.title
    return (f"{rest} {subject}", f"{context.question} {rest}", text)


def _exchange(rest: str, product: str, context: Context) -> tuple[str, ...]:
    """The last question with this product in the place of the last one, unless there is more than the product."""
    changed = f"{context.question} {product}"
    if context.product and context.product in context.question:
        changed = context.question.replace(context.product, product)
    asks_more = len(rest.split()) > len(product.split()) + 2
    return (rest, changed) if asks_more else (changed, rest)


def _strip(text: str) -> tuple[str, bool, bool]:
    """A message in Latin letters without lead-in and pronouns; whether it had the one and the other."""
    words = _words()
    plain = to_latin(normalise(text)).lower().strip(" ?!.,")
    rest = words.lead_in.sub("", plain)
    bare = " ".join(words.pronoun.sub(" ", rest).split())
    return bare or rest, rest != plain, bare != " ".join(rest.split())


@lru_cache(maxsize=1)
def _words() -> _Words:
    read = yaml.safe_load(FOLLOW_UPS.read_text(encoding="utf-8"))
    longest_first = {name: "|".join(sorted(map(re.escape, read[name]), key=len, reverse=True)) for name in read}
    return _Words(
        re.compile(rf"^(?:(?:{longest_first['lead_ins']})\b[\s,]*)+"),
        re.compile(rf"\b(?:{longest_first['pronouns']})\b"),
    )
