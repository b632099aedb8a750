"""What was said of leads last in a conversation: "uska kya hua", "home loan wali" and "aur dikhao" go on from it."""

from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from saathi.leads.model import LeadQuery


@dataclass(frozen=True, slots=True)
class Spoken:
    """At a time (seconds since the epoch) a lead was `told`, or those of `query` were listed or counted; `next` is how
    many of these were shown, None when that was all, and `shown` are the last ones of them, in their order."""

    at: float
    told: str | None = None
    query: LeadQuery | None = None
    next: int | None = None
    shown: tuple[str, ...] = ()

    @classmethod
    def read(cls, slot: Any) -> "Spoken | None":
        """What a slot keeps; None where it keeps nothing that can be read."""
        try:
            return _SPOKEN.validate_python(slot) if slot else None
        except ValidationError:  # of another version
            return None

    def write(self) -> dict[str, Any]:
        """For a slot."""
        written: dict[str, Any] = _SPOKEN.dump_python(self, mode="json", exclude_none=True)
        return written


_SPOKEN = TypeAdapter(Spoken)
