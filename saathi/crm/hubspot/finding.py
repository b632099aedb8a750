"""Looking a partner's leads and customers up in HubSpot."""

import asyncio
from collections import Counter
from collections.abc import Sequence

import structlog

from saathi.crm.hubspot.api import Call, Query, Record
from saathi.crm.hubspot.mapping import ActivityKind, FieldMapping
from saathi.crm.hubspot.records import RecordReader, keep_own, write_time
from saathi.leads.model import ENDED, Customer, Engagement, Lead, LeadPage, LeadQuery, Stage
from saathi.leads.sounds import find_named
from saathi.scoring.rates import Ended

DEALS, CONTACTS, TICKETS, NOTES = "deals", "contacts", "tickets", "notes"
_MOST_CUSTOMERS = 2_000  # whose names are compared; HubSpot cannot search by sound or by the end of a number
_MOST_ENDED = 2_000  # from which the partner's success rate is reckoned
_log = structlog.get_logger(__name__)


class Finder:
    """Reads by the file of fields; every record that comes back is checked for its partner."""

    def __init__(self, mapping: FieldMapping, reader: RecordReader) -> None:
        self._mapping = mapping
        self._reader = reader

    async def find_leads(self, call: Call, partner: str, wanted: LeadQuery, most: int, skip: int) -> LeadPage:
        """See `Crm`."""
        if wanted.products is not None and not wanted.products:
            return LeadPage((), 0)  # HubSpot refuses an empty list
        if wanted.name is not None or wanted.ending is not None:
            leads = await self._find_of_customers(call, partner, wanted)
        elif wanted.reference is not None:
            deals = await self.read_deals(call, partner, [wanted.reference], by=self._mapping.deals.reference)
            leads = await self._read_leads(call, partner, deals)
        else:
            return await self._search(call, partner, wanted, most, skip)
        fitting = sorted((lead for lead in leads if _fits(lead, wanted)), key=lambda lead: _rank(lead, wanted))
        return LeadPage(tuple(fitting[skip : skip + most]), len(fitting))

    async def count_ended(self, call: Call, partner: str) -> list[Ended]:
        """See `Crm`; of a partner with more ended deals than are counted, those that ended last."""
        names, mapping = self._mapping.deals, self._mapping
        ids = [id_ for stage in sorted(ENDED) for id_ in mapping.stages[stage]]
        filters: list[dict[str, object]] = [
            {"propertyName": names.partner, "operator": "EQ", "value": partner},
            {"propertyName": names.stage, "operator": "IN", "values": ids},
        ]
        query = Query(filters, [names.partner, names.kind, names.stage], sort=f"-{names.since}")
        found, _ = await call.find(DEALS, query, _MOST_ENDED)
        counts: Counter[str] = Counter()
        approved: Counter[str] = Counter()
        for deal in keep_own(partner, found, DEALS, names.partner):
            kind = mapping.kinds.read(deal.properties.get(names.kind)) or ""
            counts[kind] += 1
            approved[kind] += mapping.find_stage(deal.properties.get(names.stage)) is Stage.APPROVED
        return [Ended(kind, number, approved[kind]) for kind, number in counts.items()]

    async def read_deals(
        self,
        call: Call,
        partner: str,
        ids: Sequence[str],
        by: str | None = None,
        history: Sequence[str] = (),
        more: Sequence[str] = (),
    ) -> list[Record]:
        """The partner's deals with these ids, or with these values of the unique property `by`, with `more` properties
        than a list of leads needs."""
        names = self._mapping.deals
        found = await call.read(DEALS, ids, [*names.names(), *more], by=by, history=history)
        return keep_own(partner, found, DEALS, names.partner)

    async def read_contacts(self, call: Call, partner: str, ids: Sequence[str], by: str | None = None) -> list[Record]:
        """The same for contacts."""
        names = self._mapping.contacts
        return keep_own(partner, await call.read(CONTACTS, ids, names.names(), by=by), CONTACTS, names.partner)

    async def read_notes(self, call: Call, partner: str, deal: str) -> list[Record]:
        """The notes of a deal: the partner's, and those of staff, which are nobody's (`is_partners`)."""
        names = self._mapping.notes
        return await self._read_on(call, partner, deal, NOTES, names.names(), names.partner)

    def is_partners(self, note: Record) -> bool:
        """Whether a note is one that the partner wrote by way of Saathi."""
        names = self._mapping.notes
        return names.partner in note.properties and names.key in note.properties

    async def read_engagement(self, call: Call, partner: str, deal: str) -> list[Engagement]:
        """What the records say that stand on a deal beside its notes."""

        async def read(kind: ActivityKind) -> list[Engagement]:
            names = self._mapping.activities[kind]
            counts = list(names.counts.values())
            found = await self._read_on(call, partner, deal, kind, names.names(), names.partner, counts)
            return [event for record in found for event in self._reader.read_engagement(kind, record)]

        each = await asyncio.gather(*(read(kind) for kind in self._mapping.activities))
        return [event for events in each for event in events]

    async def _read_on(
        self,
        call: Call,
        partner: str,
        deal: str,
        kind: str,
        names: Sequence[str],
        owner: str,
        history: Sequence[str] = (),
    ) -> list[Record]:
        """The records of a type that stand on a deal of the partner and are not another's."""
        ids = (await call.list_associated(DEALS, [deal], kind))[deal]
        found = await call.read(kind, ids, names, history=history)
        return keep_own(partner, found, kind, owner, is_on_own=True)

    async def read_customer_of(self, call: Call, partner: str, deal: str) -> Customer | None:
        """Whom a deal is about: the first contact of it that is the partner's."""
        ids = (await call.list_associated(DEALS, [deal], CONTACTS))[deal]
        contacts = await self.read_contacts(call, partner, ids)
        return self._reader.read_customer(contacts[0]) if contacts else None

    async def read_deals_of(self, call: Call, partner: str, contacts: Sequence[str]) -> dict[str, list[Record]]:
        """The partner's deals by the contact that they are about."""
        theirs = await call.list_associated(CONTACTS, contacts, DEALS)
        deals = await self.read_deals(call, partner, [id_ for ids in theirs.values() for id_ in ids])
        return {contact: [deal for deal in deals if deal.id in ids] for contact, ids in theirs.items()}

    async def _search(self, call: Call, partner: str, wanted: LeadQuery, most: int, skip: int) -> LeadPage:
        names, mapping = self._mapping.deals, self._mapping
        ids = [
            id_ for stage, ids in mapping.stages.items() if not wanted.stages or stage in wanted.stages for id_ in ids
        ]
        filters: list[dict[str, object]] = [
            {"propertyName": names.partner, "operator": "EQ", "value": partner},
            {"propertyName": names.stage, "operator": "IN", "values": ids},
        ]
        if wanted.kinds:
            kinds = mapping.kinds.list_values(wanted.kinds)
            filters.append({"propertyName": names.kind, "operator": "IN", "values": kinds})
        if wanted.products is not None:
            filters.append({"propertyName": names.product, "operator": "IN", "values": sorted(wanted.products)})
        if wanted.unmoved_since is not None:
            since = write_time(wanted.unmoved_since)
            filters.append({"propertyName": names.since, "operator": "LTE", "value": since})
        for name, span in ((names.created, wanted.created), (names.since, wanted.moved)):
            if span is not None:  # HubSpot counts the end in, the port does not
                first, last = write_time(span[0]), write_time(span[1] - 0.001)
                filters.append({"propertyName": name, "operator": "BETWEEN", "value": first, "highValue": last})
        query = Query(filters, names.names(), sort=f"-{names.score}" if wanted.best_first else names.since)
        found, total = await call.find(DEALS, query, most, skip)
        leads = await self._read_leads(call, partner, keep_own(partner, found, DEALS, names.partner))
        return LeadPage(tuple(leads), total - len(found) + len(leads))

    async def _find_of_customers(self, call: Call, partner: str, wanted: LeadQuery) -> list[Lead]:
        names = self._mapping.contacts
        query = Query(
            [{"propertyName": names.partner, "operator": "EQ", "value": partner}],
            names.names(),
            sort="-lastmodifieddate",
        )
        found, total = await call.find(CONTACTS, query, _MOST_CUSTOMERS)
        if total > _MOST_CUSTOMERS:
            _log.warning("hubspot_many_customers", total=total, compared=_MOST_CUSTOMERS)
        people = {one.id: self._reader.read_customer(one) for one in keep_own(partner, found, CONTACTS, names.partner)}
        if wanted.ending is not None:
            people = {id_: one for id_, one in people.items() if _digits(one.phone).endswith(wanted.ending)}
        if wanted.name is not None:
            names_known = [(id_, one.name) for id_, one in people.items()]
            named = await asyncio.to_thread(find_named, wanted.name, names_known)  # 0.1 ms a name
            people = {id_: people[id_] for id_ in named}
        deals = await self.read_deals_of(call, partner, list(people)) if people else {}
        leads = [self._reader.read_lead(deal, people[id_]) for id_, theirs in deals.items() for deal in theirs]
        return [lead for lead in leads if lead]

    async def _read_leads(self, call: Call, partner: str, deals: Sequence[Record]) -> list[Lead]:
        """Deals with the customers that they are about; one without a contact of the partner is left out."""
        theirs = await call.list_associated(DEALS, [deal.id for deal in deals], CONTACTS)
        contacts = await self.read_contacts(call, partner, [id_ for ids in theirs.values() for id_ in ids])
        people = {contact.id: self._reader.read_customer(contact) for contact in contacts}
        leads = []
        for deal in deals:
            customer = next((people[id_] for id_ in theirs[deal.id] if id_ in people), None)
            if customer is None:
                _log.error("hubspot_deal_without_contact", deal=deal.id)
            elif lead := self._reader.read_lead(deal, customer):
                leads.append(lead)
        return leads


def _fits(lead: Lead, wanted: LeadQuery) -> bool:
    spans = ((lead.created_at, wanted.created), (lead.stage_since, wanted.moved))
    return (
        wanted.reference in {None, lead.reference}
        and (not wanted.stages or lead.stage in wanted.stages)
        and (not wanted.kinds or lead.kind in wanted.kinds)
        and (wanted.products is None or lead.product in wanted.products)
        and (wanted.unmoved_since is None or lead.stage_since <= wanted.unmoved_since)
        and all(span is None or span[0] <= at < span[1] for at, span in spans)
    )


def _rank(lead: Lead, wanted: LeadQuery) -> tuple[float, float, str]:
    best = 0.0 if not wanted.best_first else 1.0 if lead.score is None else -lead.score
    return best, lead.stage_since, lead.reference


def _digits(phone: str | None) -> str:
    return "".join(character for character in phone or "" if character.isdecimal())
