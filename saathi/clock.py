"""The day in India, by which articles are current."""

import time
from datetime import UTC, date, datetime, timedelta, timezone

INDIA = timezone(timedelta(hours=5, minutes=30))


def today_in_india() -> date:
    """Today, where the partners are."""
    return date_in_india(time.time())


def date_in_india(at: float) -> date:
    """The day there at a time in seconds since the epoch."""
    return datetime.fromtimestamp(at, UTC).astimezone(INDIA).date()
