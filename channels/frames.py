"""Reading a client's frame: JSON that may be anything."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

LONGEST_ID = 64
LARGEST_EVENT = 4096  # characters of an event's data as JSON


class FrameError(Exception):
    """A frame that is refused; `code` goes to the client and names the sentence that tells why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Received:
    """A frame: its type, its id when it has a proper one, and its fields."""

    type: str
    id: str | None
    fields: dict[str, Any]

    def get(self, name: str) -> Any:
        """A field as it came, or None."""
        return self.fields.get(name)

    def text(self, name: str) -> str:
        """A field that must be a string."""
        value = self.fields.get(name)
        if not isinstance(value, str):
            raise FrameError("bad_frame")
        return value

    def number(self, name: str) -> int:
        """A field that must be a whole number from 0 up."""
        value = self.fields.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
            raise FrameError("bad_frame")
        return value

    def data_text(self, name: str, mask: Callable[[Any], Any]) -> dict[str, Any]:
        """A small object, masked as a whole, also what lies deeper in it; absent is empty."""
        value = self.fields.get(name, {})
        written = json.dumps(value, ensure_ascii=False)
        if not isinstance(value, dict) or len(written) > LARGEST_EVENT or not _is_clean(written):
            raise FrameError("bad_frame")
        masked: dict[str, Any] = mask(value)
        return masked

    @property
    def required_id(self) -> str:
        """The client's id of this frame, by which a second one is known."""
        if self.id is None:
            raise FrameError("bad_frame")
        return self.id


def read_frame(data: str) -> Received:
    """A frame from its text.

    Raises:
        FrameError: it is no JSON object with a `type`.
    """
    try:
        fields = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FrameError("bad_frame") from error
    if not isinstance(fields, dict) or not isinstance(fields.get("type"), str):
        raise FrameError("bad_frame")
    given = fields.get("id")
    is_proper = isinstance(given, str) and 0 < len(given) <= LONGEST_ID and _is_clean(given)
    return Received(fields["type"], given if is_proper else None, fields)


def _is_clean(text: str) -> bool:
    """True when no NUL, no control character and no lone surrogate is in it, written out or as JSON's escape."""
    return "\\u0000" not in text and all(
        character >= " " and not "\ud800" <= character <= "\udfff" for character in text
    )
