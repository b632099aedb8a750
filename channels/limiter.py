"""How many messages a person may send."""

import re

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

_SHORT = re.compile(r"(\d+)(?:\s*/\s*(\d+))?")


class Limiter:
    """A moving window per person, in this process."""

    def __init__(self, rate: str) -> None:
        """Read a rate: "30/10 seconds" or whatever else the limits library reads, "30/10" for the same, or "30".

        Raises:
            ValueError: the rate cannot be read; the message says how to write one.
        """
        self._rate = _read(rate)
        self._windows = MovingWindowRateLimiter(MemoryStorage())

    async def admit(self, person: str) -> bool:
        """Count one message of a person; False when it is one too many."""
        return await self._windows.hit(self._rate, person)


def _read(rate: str) -> RateLimitItem:
    short = _SHORT.fullmatch(rate.strip())
    try:
        return parse(f"{short[1]}/{short[2] or 10} seconds" if short else rate)
    except ValueError as error:
        raise ValueError(f'RATE_LIMIT is {rate!r}: write it like "30/10 seconds"') from error
