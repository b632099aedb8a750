"""The day in India, by which articles are current."""

import time
from datetime import UTC, date, datetime, timedelta, timezone

_INDIA = timezone(timedelta(hours=5, minutes=30))


def today_in_india() -> date:
    """Today, where the partners are."""
    return datetime.fromtimestamp(time.time(), UTC).astimezone(_INDIA).date()
