"""What a conversation keeps in a slot from one turn to the next."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError


class Kept(BaseModel):
    """Base of what is kept. `at` is when it was told, seconds since the epoch."""

    model_config = ConfigDict(frozen=True)

    at: float

    @classmethod
    def read(cls, slot: Any) -> Self | None:
        """What a slot keeps; None where it keeps nothing that can be read."""
        try:
            return cls.model_validate(slot) if slot else None
        except ValidationError:  # of another version
            return None

    def write(self) -> dict[str, Any]:
        """For a slot."""
        return self.model_dump(mode="json", exclude_none=True)
