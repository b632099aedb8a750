"""The project's own tables as the CRM: the default."""

import time
from collections.abc import Callable

from sqlalchemy import Connection

from saathi.crm import reading, scores, writing
from saathi.crm.model import Application, CustomerChange, NewTicket, StageMove, Ticket
from saathi.crm.port import CrmUnavailable
from saathi.leads.model import Customer, LeadPage, LeadQuery, LeadStory, Stage
from saathi.scoring.model import LeadScorer
from saathi.scoring.rates import Ended, count_ended
from saathi.store import Database, StoreUnavailable
from saathi.store.database import T, Work


class SqlCrm:
    """`Crm` on the project's database. A lead that it changes is scored anew by `scorer`; without one, scores stay."""

    def __init__(
        self, database: Database, scorer: LeadScorer | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self._database = database
        self._scorer = scorer
        self._clock = clock

    async def find_leads(self, partner: str, wanted: LeadQuery, most: int = 10, skip: int = 0) -> LeadPage:
        """See `Crm`."""
        if wanted.best_first and self._scorer is not None:
            await self._score_old(self._scorer, partner)
        return await self._read(lambda c: reading.find_leads(c, partner, wanted, most, skip))

    async def read_lead(self, partner: str, reference: str) -> LeadStory | None:
        """See `Crm`."""

        def work(connection: Connection) -> LeadStory | None:
            lead = reading.find_lead(connection, partner, reference)
            return reading.read_story(connection, partner, lead) if lead else None

        return await self._read(work)

    async def count_ended(self, partner: str) -> list[Ended]:
        """See `Crm`."""
        return await self._read(lambda c: count_ended(c, partner))

    async def read_customer(self, partner: str, customer: str) -> Customer | None:
        """See `Crm`."""
        return await self._read(lambda c: reading.find_customer(c, partner, customer))

    async def list_applications(self, partner: str, customer: str) -> list[Application] | None:
        """See `Crm`."""

        def work(connection: Connection) -> list[Application] | None:
            if reading.find_customer(connection, partner, customer) is None:
                return None
            return reading.list_applications(connection, partner, customer)

        return await self._read(work)

    async def read_application(self, partner: str, application: str) -> Application | None:
        """See `Crm`."""
        return await self._read(lambda c: reading.find_application(c, partner, application))

    async def read_ticket(self, partner: str, number: str) -> Ticket | None:
        """See `Crm`."""
        return await self._read(lambda c: reading.find_ticket(c, partner, number))

    async def list_tickets(self, partner: str, most: int = 5) -> list[Ticket]:
        """See `Crm`."""
        return await self._read(lambda c: reading.list_tickets(c, partner, most))

    async def change_customer(self, partner: str, customer: str, change: CustomerChange) -> Customer | None:
        """See `Crm`."""
        now = self._clock()
        return await self._write(lambda c: writing.change_customer(c, partner, customer, change, now))

    async def open_ticket(self, partner: str, ticket: NewTicket, key: str) -> Ticket | None:
        """See `Crm`."""
        now = self._clock()
        return await self._write(lambda c: writing.open_ticket(c, partner, ticket, key, now))

    async def add_note(self, partner: str, reference: str, text: str, key: str) -> bool:
        """See `Crm`."""
        now = self._clock()

        def work(connection: Connection) -> bool:
            is_there = writing.add_note(connection, partner, reference, text, key, now)
            if is_there:
                self._score(connection, reference, now)
            return is_there

        return await self._write(work)

    async def remove_note(self, partner: str, reference: str, key: str) -> bool:
        """See `Crm`."""
        now = self._clock()

        def work(connection: Connection) -> bool:
            is_there = writing.remove_note(connection, partner, reference, key)
            if is_there:
                self._score(connection, reference, now)
            return is_there

        return await self._write(work)

    async def move_lead(
        self, partner: str, reference: str, stage: Stage, reason: str | None, key: str
    ) -> StageMove | None:
        """See `Crm`."""
        now = self._clock()

        def work(connection: Connection) -> StageMove | None:
            moved = writing.move_lead(connection, partner, reference, stage, reason, key, now)
            return self._scored(connection, moved, now)

        return await self._write(work)

    async def undo_move(self, partner: str, change: str, key: str) -> StageMove | None:
        """See `Crm`."""
        now = self._clock()

        def work(connection: Connection) -> StageMove | None:
            return self._scored(connection, writing.undo_move(connection, partner, change, key, now), now)

        return await self._write(work)

    async def record_conversation(self, partner: str, conversation: str, summary: str, key: str) -> None:
        """See `Crm`."""
        now = self._clock()
        await self._write(
            lambda c: writing.record_activity(c, partner, "conversation", summary, key, now, conversation)
        )

    def _scored(self, connection: Connection, moved: StageMove | None, now: float) -> StageMove | None:
        if moved is not None:
            self._score(connection, moved.reference, now)
        return moved

    def _score(self, connection: Connection, reference: str, now: float) -> None:
        if self._scorer is not None:
            scores.refresh(connection, self._scorer, [reference], now)

    async def _score_old(self, scorer: LeadScorer, partner: str) -> None:
        """Leads on which nothing happens lose points day by day: before they are ranked, old scores are made new."""
        now = self._clock()
        old = await self._read(lambda c: scores.list_old(c, scorer, partner, now))
        if old:
            await self._write(lambda c: scores.refresh(c, scorer, old, now))

    async def _read(self, work: Work[T]) -> T:
        try:
            return await self._database.read(work)
        except StoreUnavailable as error:
            raise CrmUnavailable("the database does not answer") from error

    async def _write(self, work: Work[T]) -> T:
        try:
            return await self._database.write(work)
        except StoreUnavailable as error:
            raise CrmUnavailable("the database does not answer") from error
