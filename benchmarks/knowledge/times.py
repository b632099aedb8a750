"""How long things take: the middle and the slow end of many runs."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of `runs` runs."""

    runs: int
    p50: float
    p95: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Times":
        """Of the runs' seconds; at least one."""
        p50, p95 = np.percentile(np.array(seconds) * 1000, (50, 95))
        return cls(len(seconds), round(float(p50), 2), round(float(p95), 2))

    def report(self) -> dict[str, float]:
        """As JSON."""
        return asdict(self)
