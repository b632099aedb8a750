"""Writes conversations that have ended down in the CRM, out of a durable queue: each until the CRM has taken it."""

import asyncio
import time
from contextlib import AbstractAsyncContextManager

import structlog

from channels.working_off import work_off
from saathi import closings
from saathi.closings import Closing
from saathi.crm.port import Crm, CrmUnavailable
from saathi.crm.summaries import Summaries
from saathi.store import Database

log = structlog.get_logger()

AT_ONCE = 10


class ActivityWriter:
    """Writes down what is due. Several gateways share the queue; each conversation is one gateway's at a time, and the
    CRM makes one activity of a key however often it comes."""

    def __init__(self, database: Database, crm: Crm, summaries: Summaries) -> None:
        self._database = database
        self._crm = crm
        self._summaries = summaries

    def at_work(self) -> AbstractAsyncContextManager[None]:
        """Look for what is due, for the length of the block."""
        return work_off(self.write_due, "activities_broke")

    async def write_due(self) -> int:
        """Write down what is due now, at most ten side by side; how many were due."""
        # As the announcer: reads alone are cheap, the queue is claimed only when there is something in it.
        if not await self._database.read(lambda c: closings.is_any_due(c, time.time())):
            return 0
        due = await self._database.write(lambda c: closings.claim_due(c, time.time(), AT_ONCE))
        await asyncio.gather(*(self._write(closing) for closing in due))
        return len(due)

    async def _write(self, closing: Closing) -> None:
        try:
            summary = self._summaries.tell(closing.facts)
            await self._crm.record_conversation(closing.partner, closing.conversation, summary, closing.id)
        except CrmUnavailable as error:
            fault = str(error)
            await self._database.write(lambda c: closings.mark_failed(c, closing, fault, time.time()))
            log.warning("activity_not_written", closing=closing.id, reason=fault)
            return
        await self._database.write(lambda c: closings.mark_sent(c, closing))
        log.info("activity_written", closing=closing.id)
