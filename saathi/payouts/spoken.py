"""What was told of payouts last in a conversation: "aur September ka?" goes on from it."""

from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from saathi.periods import Period


@dataclass(frozen=True, slots=True)
class Spoken:
    """At a time (seconds since the epoch) the payouts of some months were told, or the TDS that was cut from them."""

    at: float
    months: Period
    is_of_tds: bool = False

    @classmethod
    def read(cls, slot: Any) -> "Spoken | None":
        """What a slot keeps; None where it keeps nothing that can be read."""
        try:
            return _SPOKEN.validate_python(slot) if slot else None
        except ValidationError:  # of another version
            return None

    def write(self) -> dict[str, Any]:
        """For a slot."""
        written: dict[str, Any] = _SPOKEN.dump_python(self, mode="json")
        return written


_SPOKEN = TypeAdapter(Spoken)
