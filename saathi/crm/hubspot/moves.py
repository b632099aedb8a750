"""Saathi's own changes of a deal's stage, as they are noted in one property of the deal.

HubSpot has no idempotency key; this property's history tells which changes were made already, and what they replaced.
"""

from pydantic import BaseModel, ConfigDict, ValidationError

_APART_S = 60.0  # by how much HubSpot's clock and ours may differ


class Move(BaseModel):
    """A change: ids of HubSpot's stages, when it was made, and since when the deal counts as being where it is: that is
    earlier where a change was taken back. `was_since` and `was_reason` are of the stage before."""

    model_config = ConfigDict(frozen=True)

    key: str
    before: str
    after: str
    at: float
    since: float
    was_since: float
    was_reason: str = ""


def read_move(value: str | None) -> Move | None:
    """What the property holds; None for nothing, or what somebody else wrote there."""
    try:
        return Move.model_validate_json(value) if value else None
    except ValidationError:
        return None


def is_about(move: Move, stage: str | None, entered: float) -> bool:
    """Whether a deal is in a stage, which it entered then, by this change."""
    return move.after == stage and abs(move.at - entered) <= _APART_S
