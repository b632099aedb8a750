"""What a text must be before anything else looks at it."""

from enum import StrEnum

MAX_CHARACTERS = 2000


class Fault(StrEnum):
    """Why a text is refused; the name of the sentence that tells it is the same."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    BAD_TEXT = "bad_text"


def find_fault(text: str) -> Fault | None:
    """The reason to refuse a text, or None.

    NUL bytes and lone surrogates are no text: PostgreSQL cannot store the one, UTF-8 cannot write the other.
    """
    if len(text) > MAX_CHARACTERS:
        return Fault.TOO_LONG
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        return Fault.BAD_TEXT
    return None if text.strip() else Fault.EMPTY
