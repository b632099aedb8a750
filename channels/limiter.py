"""How many messages a person may send."""

from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter


class Limiter:
    """A moving window per person, in this process."""

    def __init__(self, rate: str) -> None:
        """Read a rate such as "30/10 seconds".

        Raises:
            ValueError: the rate cannot be read.
        """
        self._rate = parse(rate)
        self._windows = MovingWindowRateLimiter(MemoryStorage())

    async def admit(self, person: str) -> bool:
        """Count one message of a person; False when it is one too many."""
        return await self._windows.hit(self._rate, person)
