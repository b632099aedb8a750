"""Tells subscribers of changes of the knowledge: signed HTTP calls out of a durable queue, each at least once."""

import asyncio
import json
import time
from contextlib import AbstractAsyncContextManager

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout

from channels.knowledge import write_change
from channels.signing import HEADER, sign
from channels.working_off import work_off
from saathi import subscribers
from saathi.store import Database
from saathi.subscribers import Delivery

log = structlog.get_logger()

TELL_WITHIN_S = 5.0
AT_ONCE = 10


class Announcer:
    """Tells what is due. Several gateways share the queue; each delivery is one gateway's at a time."""

    def __init__(self, database: Database, session: ClientSession) -> None:
        self._database = database
        self._session = session

    def at_work(self) -> AbstractAsyncContextManager[None]:
        """Look for what is due, for the length of the block."""
        return work_off(self.tell_due, "announcing_broke")

    async def tell_due(self) -> int:
        """Tell what is due now, at most ten side by side; how many were due."""
        # Reads alone are cheap; the queue is claimed, which writes, only when there is something in it.
        if not await self._database.read(lambda c: subscribers.is_any_due(c, time.time())):
            return 0
        due = await self._database.write(lambda c: subscribers.claim_due(c, time.time(), AT_ONCE))
        await asyncio.gather(*(self._tell(delivery) for delivery in due))
        return len(due)

    async def _tell(self, delivery: Delivery) -> None:
        fault = await self._post(delivery)
        now = time.time()
        if fault is None:
            await self._database.write(lambda c: subscribers.mark_sent(c, delivery, now))
            log.info("change_told", delivery=delivery.id, slug=delivery.change.slug)
            return
        goes_on = await self._database.write(lambda c: subscribers.mark_failed(c, delivery, fault, now))
        log.warning("change_not_told", delivery=delivery.id, reason=fault, given_up=not goes_on)

    async def _post(self, delivery: Delivery) -> str | None:
        """None when the subscriber took it, else what went wrong. A redirect is not followed: it was not agreed."""
        body = json.dumps({**write_change(delivery.change), "delivery": delivery.id}, ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json",
            "X-Saathi-Delivery": delivery.id,
            HEADER: sign(delivery.secret, int(time.time()), body),
        }
        try:
            async with self._session.post(
                delivery.url,
                data=body,
                headers=headers,
                allow_redirects=False,
                timeout=ClientTimeout(total=TELL_WITHIN_S),
            ) as answer:
                return None if 200 <= answer.status < 300 else f"it answered {answer.status}"
        except TimeoutError:
            return f"no answer within {TELL_WITHIN_S:g} s"
        except (ClientError, ValueError, OSError) as error:
            return f"{type(error).__name__}: {error}"
