"""How the last messages of a conversation were said: what the escalation policy looks at beside the attempts."""

import unicodedata
from collections.abc import Sequence

from sqlalchemy import Connection, select

from language import normalise
from saathi.escalation_policy import Signs
from saathi.store.tables import inbox, outcomes

# A message counts as repeated when it says the same as one of so many before it.
_REPEATS_WITHIN = 2
# "ok", "12", "haan ji" are said again without impatience; "KYC" and "EMI?" stand in capitals without a raised voice.
_FEWEST_CHARACTERS = 10
_FEWEST_WORDS = 3


def read_signs(
    connection: Connection, conversation: str, message: str, text: str, sentiment: float | None, most: int
) -> list[Signs]:
    """The signs of a message and of at most `most` - 1 before it, latest first.

    Args:
        message: its id; `text` and `sentiment` are its own, since its outcome is not recorded yet.
    """
    query = (
        select(inbox.c.text, inbox.c.payload, outcomes.c.sentiment)
        .select_from(inbox.outerjoin(outcomes, outcomes.c.turn == inbox.c.id))
        # handled in order of arrival: what is done came before
        .where(inbox.c.state == "done", inbox.c.conversation == conversation, inbox.c.id != message, inbox.c.text != "")
        .order_by(inbox.c.number.desc())
        .limit(most - 1 + _REPEATS_WITHIN)
    )
    before = [("" if row.payload else row.text, row.sentiment) for row in connection.execute(query)]
    said = [(text, sentiment), *before]
    words = [_simplify(heard) for heard, _ in said]
    return [
        Signs(felt, measure_capitals(heard), _is_repeated(words[place : place + 1 + _REPEATS_WITHIN]))
        for place, (heard, felt) in enumerate(said[:most])
    ]


def measure_capitals(text: str) -> float:
    """The share of capitals among letters that have them; 0 in a message of few words or letters."""
    cased = [character for character in text if character.isupper() or character.islower()]
    if len(cased) < _FEWEST_CHARACTERS or len(text.split()) < _FEWEST_WORDS:
        return 0.0
    return sum(character.isupper() for character in cased) / len(cased)


def _is_repeated(words: Sequence[str]) -> bool:
    """True when the first says what one of the others said."""
    return len(words[0]) >= _FEWEST_CHARACTERS and words[0] in words[1:]


def _simplify(text: str) -> str:
    """Letters, marks and digits alone, so that "Payout kab aayega" and "payout kab aayega???" are the same."""
    return "".join(character for character in normalise(text).casefold() if unicodedata.category(character)[0] in "LMN")
