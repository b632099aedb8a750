"""Working off a durable queue while the gateway runs: announcements, reminders and activities are such queues."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog

from saathi.store import StoreUnavailable

log = structlog.get_logger()

LOOK_EVERY_S = 1.0


@contextlib.asynccontextmanager
async def work_off(do_due: Callable[[], Awaitable[int]], broke: str) -> AsyncIterator[None]:
    """Do what is due, for the length of the block.

    Args:
        do_due: does some of it; how many that were, 0 when nothing is due.
        broke: the event of the log when it fails by a defect.
    """
    working = asyncio.create_task(_work_forever(do_due, broke))
    try:
        yield
    finally:
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await working


async def _work_forever(do_due: Callable[[], Awaitable[int]], broke: str) -> None:
    while True:
        try:
            while await do_due():
                pass
        except StoreUnavailable as error:
            log.warning("store_unavailable", reason=str(error))
        except Exception:  # a defect here must not end the work for ever
            log.exception(broke)
        await asyncio.sleep(LOOK_EVERY_S)
