"""Counts articles whose facts have expired or soon will, for `/metrics`."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import structlog

from channels.metrics import Metrics
from knowledge.articles import read_articles
from saathi.clock import today_in_india

log = structlog.get_logger()

LOOK_EVERY_S = 3600.0
SOON = timedelta(days=60)


@contextlib.asynccontextmanager
async def watch_validity(metrics: Metrics, articles: Path) -> AsyncIterator[None]:
    """Count once an hour, for the length of the block."""
    counting = asyncio.create_task(_count_forever(metrics, articles))
    try:
        yield
    finally:
        counting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await counting


async def _count_forever(metrics: Metrics, articles: Path) -> None:
    while True:
        try:
            expired, expiring = await asyncio.to_thread(count, articles)
            metrics.expired_articles.set(expired)
            metrics.expiring_articles.set(expiring)
        except OSError as error:
            log.warning("articles_not_counted", reason=str(error))
        await asyncio.sleep(LOOK_EVERY_S)


def count(articles: Path) -> tuple[int, int]:
    """How many articles hold no more today, and how many others end within sixty days."""
    today = today_in_india()
    ends = [article.valid_until for article in read_articles(articles).articles.values() if article.valid_until]
    return sum(end < today for end in ends), sum(today <= end <= today + SOON for end in ends)
