"""How many messages a person may send."""

import re
import time
from collections import OrderedDict, deque

from limits import RateLimitItem, parse

_SHORT = re.compile(r"(\d+)(?:\s*/\s*(\d+))?")


class Limiter:
    """A moving window per person, in this process."""

    def __init__(self, rate: str) -> None:
        """Read a rate: "30/10 seconds" or whatever else the limits library reads, "30/10" for the same, or "30".

        Raises:
            ValueError: the rate cannot be read; the message says how to write one.
        """
        read = _read(rate)
        self._most, self._window_s = read.amount, read.get_expiry()
        # who wrote last stands last; the library's own store looks at everybody, in a thread each, at every message
        self._written: OrderedDict[str, deque[float]] = OrderedDict()

    async def admit(self, person: str) -> bool:
        """Count one message of a person; False when it is one too many."""
        now = time.monotonic()
        self._forget(now - self._window_s)
        written = self._written.setdefault(person, deque())
        while written and written[0] <= now - self._window_s:
            written.popleft()
        if len(written) >= self._most:
            return False
        written.append(now)
        self._written.move_to_end(person)
        return True

    def _forget(self, before: float) -> None:
        while self._written and (first := next(iter(self._written.values()))) and first[-1] <= before:
            self._written.popitem(last=False)


def _read(rate: str) -> RateLimitItem:
    short = _SHORT.fullmatch(rate.strip())
    try:
        return parse(f"{short[1]}/{short[2] or 10} seconds" if short else rate)
    except ValueError as error:
        raise ValueError(f'RATE_LIMIT is {rate!r}: write it like "30/10 seconds"') from error
