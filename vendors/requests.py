"""What the assistant asked of the stand-ins, kept for tests and for whoever looks for a fault."""

import time
from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any

_MOST = 20_000


@dataclass(slots=True)
class Asked:
    """One request: its form or JSON fields, what it was answered, and why it does not fit the document if so.

    `status` is 0 while it is not answered, and after a connection that was dropped; `at` is in seconds since the epoch.
    """

    vendor: str
    method: str
    path: str
    address: str
    fields: Any
    status: int = 0
    misfit: str = ""
    at: float = field(default_factory=time.time)


class Requests:
    """The last requests, the oldest first."""

    def __init__(self) -> None:
        self._asked: deque[Asked] = deque(maxlen=_MOST)

    def note(self, asked: Asked) -> Asked:
        """Keeps one."""
        self._asked.append(asked)
        return asked

    def clear(self) -> None:
        """Forgets all."""
        self._asked.clear()

    def list_all(self, vendor: str | None = None) -> list[Asked]:
        """All of them, or those of a vendor."""
        return [one for one in self._asked if vendor in (None, one.vendor)]

    def dump(self, last: int = _MOST) -> dict[str, Any]:
        """As JSON: the last ones, how many there are, and how many do not fit."""
        asked = list(self._asked)
        misfits = sum(bool(one.misfit) for one in asked)
        return {"requests": [asdict(one) for one in asked[-last:]], "count": len(asked), "misfits": misfits}
