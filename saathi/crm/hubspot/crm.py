"""`Crm` on HubSpot: contacts are customers, deals leads and applications; notes are also closed conversations.

Nothing is kept between calls, so nothing that is shown is older than the call. HubSpot has no idempotency key. What is
created carries the write's key in a property that has unique values, and is looked for by it before, and after an
answer was lost; changes of a stage are noted with their key on the deal (`moves`).
"""

import asyncio
import time
from collections.abc import Callable, Sequence

from saathi.crm.hubspot.api import Call, HubSpotApi, Query, Record, WriteRefused, WriteUncertain
from saathi.crm.hubspot.finding import CONTACTS, DEALS, NOTES, TICKETS, Finder
from saathi.crm.hubspot.mapping import FieldMapping
from saathi.crm.hubspot.moves import Move, is_about, read_move
from saathi.crm.hubspot.records import RecordReader, keep_own, merge, split_name, write_text, write_time
from saathi.crm.model import Application, CustomerChange, NewTicket, StageMove, Ticket
from saathi.crm.port import DEADLINE_S
from saathi.leads.model import Customer, LeadPage, LeadQuery, LeadStory, Stage
from saathi.scoring.rates import Ended

# HubSpot's own types of associations:
# https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide#association-type-id-values
_TICKET_TO_CONTACT, _TICKET_TO_DEAL, _NOTE_TO_DEAL = 16, 28, 214
_TICKET = "T-"


class HubSpotCrm:
    """`Crm` on one HubSpot account. `base` stands in the place of HubSpot's address."""

    def __init__(
        self, token: str, mapping: FieldMapping, base: str = "", deadline_s: float = DEADLINE_S,
        clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._api = HubSpotApi(token, base, deadline_s)
        self._mapping = mapping
        self._reader = RecordReader(mapping)
        self._finder = Finder(mapping, self._reader)
        self._clock = clock

    def close(self) -> None:
        """Let go of threads and connections."""
        self._api.close()

    async def find_leads(self, partner: str, wanted: LeadQuery, most: int = 10, skip: int = 0) -> LeadPage:
        """See `Crm`."""
        async with self._api.call() as call:
            return await self._finder.find_leads(call, partner, wanted, most, skip)

    async def read_lead(self, partner: str, reference: str) -> LeadStory | None:
        """See `Crm`."""
        async with self._api.call() as call:
            deal = await self._read_deal(call, partner, reference, list(self._mapping.papers.values()))
            if deal is None:
                return None
            customer, notes, events = await asyncio.gather(
                self._finder.read_customer_of(call, partner, deal.id),
                self._finder.read_notes(call, partner, deal.id),
                self._finder.read_engagement(call, partner, deal.id),
            )
            lead = self._reader.read_lead(deal, customer) if customer else None
            if lead is None:
                return None
            events += [event for note in notes for event in self._reader.read_noted_event(note)]
            told = [self._reader.read_note(note) for note in notes if self._finder.is_partners(note)]
            return LeadStory(
                lead,
                history=self._reader.read_history(deal),
                engagement=tuple(sorted(events, key=lambda event: event.at)),
                documents=self._reader.read_documents(deal),
                notes=tuple(sorted(told, key=lambda note: note.at)),
            )

    async def count_ended(self, partner: str) -> list[Ended]:
        """See `Crm`."""
        async with self._api.call() as call:
            return await self._finder.count_ended(call, partner)

    async def read_customer(self, partner: str, customer: str) -> Customer | None:
        """See `Crm`."""
        async with self._api.call() as call:
            contact = await self._read_contact(call, partner, customer)
            return self._reader.read_customer(contact) if contact else None

    async def list_applications(self, partner: str, customer: str) -> list[Application] | None:
        """See `Crm`."""
        async with self._api.call() as call:
            contact = await self._read_contact(call, partner, customer)
            if contact is None:
                return None
            deals = (await self._finder.read_deals_of(call, partner, [contact.id]))[contact.id]
            found = [one for deal in deals if (one := self._reader.read_application(deal, customer))]
            return sorted(found, key=lambda one: one.submitted_at, reverse=True)

    async def read_application(self, partner: str, application: str) -> Application | None:
        """See `Crm`."""
        async with self._api.call() as call:
            deals = await self._finder.read_deals(call, partner, [application], by=self._mapping.deals.application)
            if not deals:
                return None
            customer = await self._finder.read_customer_of(call, partner, deals[0].id)
            return self._reader.read_application(deals[0], customer.id) if customer else None

    async def read_ticket(self, partner: str, number: str) -> Ticket | None:
        """See `Crm`."""
        figure = number.upper().removeprefix(_TICKET)
        if not (figure.isascii() and figure.isdecimal() and len(figure) < 20):
            return None
        names = self._mapping.tickets
        async with self._api.call() as call:
            found = keep_own(partner, await call.read(TICKETS, [figure], names.names()), TICKETS, names.partner)
            return self._reader.read_ticket(found[0]) if found else None

    async def list_tickets(self, partner: str, most: int = 5) -> list[Ticket]:
        """See `Crm`."""
        names = self._mapping.tickets
        theirs = [{"propertyName": names.partner, "operator": "EQ", "value": partner}]
        async with self._api.call() as call:
            found, _ = await call.find(TICKETS, Query(theirs, names.names(), sort=f"-{names.updated}"), most)
            own = keep_own(partner, found, TICKETS, names.partner)
            return [self._reader.read_ticket(record) for record in own]

    async def change_customer(self, partner: str, customer: str, change: CustomerChange) -> Customer | None:
        """See `Crm`."""
        names = self._mapping.contacts
        changed: dict[str, str] = {}
        if change.name is not None:
            changed[names.first_name], changed[names.last_name] = split_name(change.name)
        for name, value in ((names.phone, change.phone), (names.region, change.region), (names.age, change.age)):
            if value is not None:
                changed[name] = str(value)
        async with self._api.call() as call:
            contact = await self._read_contact(call, partner, customer)
            if contact is None:
                return None
            if changed:
                await call.change(CONTACTS, contact.id, changed)
            return self._reader.read_customer(merge(contact, changed))

    async def open_ticket(self, partner: str, ticket: NewTicket, key: str) -> Ticket | None:
        """See `Crm`."""
        names = self._mapping.tickets
        async with self._api.call() as call:
            links: dict[str, int] = {}
            if ticket.lead is not None:
                deal = await self._read_deal(call, partner, ticket.lead)
                if deal is None:
                    return None
                links[deal.id] = _TICKET_TO_DEAL
            if ticket.customer is not None:
                contact = await self._read_contact(call, partner, ticket.customer)
                if contact is None:
                    return None
                links[contact.id] = _TICKET_TO_CONTACT
            made = await call.read(TICKETS, [key], names.names(), by=names.key)
            if not made:
                try:
                    made = [await call.create(TICKETS, self._write_ticket(partner, ticket, key), links)]
                except (WriteRefused, WriteUncertain):
                    made = await call.read(TICKETS, [key], names.names(), by=names.key)
                    if not made:
                        raise
            own = keep_own(partner, made, TICKETS, names.partner)
            return self._reader.read_ticket(own[0]) if own else None

    async def add_note(self, partner: str, reference: str, text: str, key: str) -> bool:
        """See `Crm`. Notes are looked for by way of their deal, which, unlike a search, sees them at once."""
        async with self._api.call() as call:
            deal = await self._read_deal(call, partner, reference)
            if deal is None:
                return False
            if not await self._find_notes(call, partner, deal, key):
                try:
                    await call.create(NOTES, self._write_note(partner, text, key), {deal.id: _NOTE_TO_DEAL})
                except (WriteRefused, WriteUncertain):
                    if not await self._find_notes(call, partner, deal, key):
                        raise
            return True

    async def remove_note(self, partner: str, reference: str, key: str) -> bool:
        """See `Crm`. HubSpot keeps what was removed in its recycling bin for 90 days."""
        async with self._api.call() as call:
            deal = await self._read_deal(call, partner, reference)
            if deal is None:
                return False
            for note in await self._find_notes(call, partner, deal, key):
                try:
                    await call.remove(NOTES, note.id)
                except WriteUncertain:
                    if await self._find_notes(call, partner, deal, key):
                        raise
            return True

    async def move_lead(
        self, partner: str, reference: str, stage: Stage, reason: str | None, key: str
    ) -> StageMove | None:
        """See `Crm`."""
        async with self._api.call() as call:
            deal = await self._read_deal(call, partner, reference)
            if deal is None:
                return None
            made = next((move for move in self._list_moves(deal) if move.key == key), None)
            if made is None:
                names, now = self._mapping.deals, self._clock()
                made = Move(
                    key=key,
                    before=deal.properties.get(names.stage, ""),
                    after=self._mapping.stages[stage][0],
                    at=now,
                    since=now,
                    was_since=self._reader.read_since(deal),
                    was_reason=deal.properties.get(names.reason, ""),
                )
                await self._move(call, partner, reference, deal, made, self._mapping.reasons.write(reason))
            return self._tell(reference, made)

    async def undo_move(self, partner: str, change: str, key: str) -> StageMove | None:
        """See `Crm`. The name of a change holds the lead's reference, since a search would not know it yet."""
        reference, _, undone = change.partition("/")
        async with self._api.call() as call:
            deal = await self._read_deal(call, partner, reference) if undone else None
            last = read_move(deal.properties.get(self._mapping.deals.move)) if deal else None
            if deal is None or last is None:
                return None
            if last.key == key:  # the same wish once more: it is done
                return self._tell(reference, last)
            if last.key != undone or not self._stands_by(deal, last):
                return None
            now = self._clock()
            back = Move(
                key=key, before=last.after, after=last.before, at=now, since=last.was_since, was_since=last.since,
                was_reason=deal.properties.get(self._mapping.deals.reason, ""),
            )  # fmt: skip
            await self._move(call, partner, reference, deal, back, last.was_reason)
            return self._tell(reference, back)

    async def record_conversation(self, partner: str, conversation: str, summary: str, key: str) -> None:
        """See `Crm`. The note stands on no record, so only a search finds it, which lags some seconds."""
        names = self._mapping.notes
        filters = [
            {"propertyName": names.partner, "operator": "EQ", "value": partner},
            {"propertyName": names.key, "operator": "EQ", "value": key},
        ]
        query = Query(filters, names.names(), sort=names.at)
        async with self._api.call() as call:
            if (await call.find(NOTES, query, most=1))[0]:
                return
            note = self._write_note(partner, summary, key) | {names.conversation: conversation}
            try:
                await call.create(NOTES, note, {})
            except (WriteRefused, WriteUncertain):
                if not (await call.find(NOTES, query, most=1))[0]:
                    raise

    async def _read_deal(self, call: Call, partner: str, reference: str, more: Sequence[str] = ()) -> Record | None:
        """A deal with its history, and with that of `more` properties."""
        names = self._mapping.deals
        history = (names.stage, names.reason, names.move, *more)
        deals = await self._finder.read_deals(call, partner, [reference], names.reference, history, more)
        return deals[0] if deals else None

    async def _read_contact(self, call: Call, partner: str, customer: str) -> Record | None:
        contacts = await self._finder.read_contacts(call, partner, [customer], by=self._mapping.contacts.id)
        return contacts[0] if contacts else None

    async def _find_notes(self, call: Call, partner: str, deal: Record, key: str) -> list[Record]:
        """The partner's notes with a key: one at most, but for what was written twice before the key was unique."""
        notes = await self._finder.read_notes(call, partner, deal.id)
        own = [note for note in notes if self._finder.is_partners(note)]
        return [note for note in own if note.properties[self._mapping.notes.key] == key]

    async def _move(self, call: Call, partner: str, reference: str, deal: Record, move: Move, reason: str) -> None:
        names = self._mapping.deals
        changed = {names.stage: move.after, names.reason: reason, names.move: move.model_dump_json()}
        try:
            await call.change(DEALS, deal.id, changed)
        except WriteUncertain:
            now = await self._read_deal(call, partner, reference)
            if now is None or all(made.key != move.key for made in self._list_moves(now)):
                raise

    def _list_moves(self, deal: Record) -> list[Move]:
        versions = deal.history.get(self._mapping.deals.move, ())
        return [move for version in versions if (move := read_move(version.value))]

    def _stands_by(self, deal: Record, move: Move) -> bool:
        """Whether nothing moved a deal since."""
        changes = deal.history.get(self._mapping.deals.stage, ())
        return not changes or is_about(move, changes[0].value, changes[0].at)

    def _tell(self, reference: str, move: Move) -> StageMove:
        before, after = (self._mapping.find_stage(id_) or id_ for id_ in (move.before, move.after))
        return StageMove(f"{reference}/{move.key}", reference, before, after)

    def _write_ticket(self, partner: str, ticket: NewTicket, key: str) -> dict[str, str]:
        names = self._mapping.tickets
        return {
            names.partner: partner,
            names.key: key,
            names.topic: ticket.topic,
            names.subject: " ".join(part for part in (ticket.topic, ticket.lead or ticket.customer) if part),
            names.text: ticket.text,
            names.pipeline: self._mapping.ticket_pipeline,
            names.state: self._mapping.ticket_states["open"][0],
            **({names.lead: ticket.lead} if ticket.lead else {}),
            **({names.customer: ticket.customer} if ticket.customer else {}),
        }

    def _write_note(self, partner: str, text: str, key: str) -> dict[str, str]:
        names = self._mapping.notes
        return {
            names.partner: partner,
            names.key: key,
            names.text: write_text(text),
            names.at: write_time(self._clock()),
        }
