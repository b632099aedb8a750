"""HubSpot's records as ours. A record that is not the asking partner's never gets this far: see `keep_own`."""

import html
import itertools
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation

import structlog

from saathi.crm.hubspot.api import Record, Version
from saathi.crm.hubspot.mapping import ActivityKind, FieldMapping
from saathi.crm.hubspot.moves import is_about, read_move
from saathi.crm.model import Application, Ticket
from saathi.leads.model import Customer, Document, Engagement, Lead, Note, StageChange

_TAG = re.compile(r"<[^>]*>")
_BREAK = re.compile(r"<(?:br\s*/?|/p)>", re.IGNORECASE)
_log = structlog.get_logger(__name__)


def keep_own(
    partner: str, records: Iterable[Record], kind: str, owner: str, *, is_on_own: bool = False
) -> list[Record]:
    """Those of the records whose property `owner` holds the partner; of records that stand on one of the partner's,
    also those where it holds nobody. HubSpot was asked for no others: one that came all the same is dropped, and the
    log says so without what is in it."""
    kept = []
    for record in records:
        if record.properties.get(owner, partner if is_on_own else "") == partner:
            kept.append(record)
        else:
            _log.warning("hubspot_foreign_record", kind=kind)
    return kept


class RecordReader:
    """Reads records by the file of fields."""

    def __init__(self, mapping: FieldMapping) -> None:
        self._mapping = mapping

    def read_customer(self, record: Record) -> Customer:
        """A contact."""
        names, has = self._mapping.contacts, record.properties
        name = f"{has.get(names.first_name, '')} {has.get(names.last_name, '')}".strip()
        age = _read_number(has.get(names.age))
        return Customer(
            has.get(names.id, ""),
            name,
            has.get(names.phone),
            has.get(names.region, ""),
            None if age is None else int(age),
        )

    def read_lead(self, record: Record, customer: Customer) -> Lead | None:
        """A deal; None where its stage is none of ours."""
        names, has = self._mapping.deals, record.properties
        stage = self._mapping.find_stage(has.get(names.stage))
        if stage is None:
            _log.error("hubspot_unmapped_stage", stage=has.get(names.stage), file="data/crm/hubspot.yml")
            return None
        created = _read_time(has.get(names.created)) or 0.0
        score = _read_number(has.get(names.score))
        return Lead(
            reference=has.get(names.reference, ""),
            customer=customer,
            kind=self._mapping.kinds.read(has.get(names.kind)) or "",
            product=has.get(names.product),
            source=self._mapping.sources.read(has.get(names.source)) or "",
            stage=stage,
            stage_since=self.read_since(record),
            reason=self._mapping.reasons.read(has.get(names.reason)),
            amount=_read_paise(has.get(names.amount)),
            created_at=created,
            updated_at=_read_time(has.get(names.updated)) or created,
            score=None if score is None else float(score),
        )

    def read_since(self, record: Record) -> float:
        """Since when a deal has been in its stage. Where Saathi took a change back, since before that change."""
        names, has = self._mapping.deals, record.properties
        entered = _read_time(has.get(names.since)) or _read_time(has.get(names.created)) or 0.0
        move = read_move(has.get(names.move))
        return move.since if move and is_about(move, has.get(names.stage), entered) else entered

    def read_history(self, record: Record) -> tuple[StageChange, ...]:
        """How a deal came to its stage, the oldest first; stages that are none of ours are left out."""
        names = self._mapping.deals
        moves = [move for one in record.history.get(names.move, ()) if (move := read_move(one.value))]
        reasons = record.history.get(names.reason, ())
        changes = []
        for version in reversed(record.history.get(names.stage, ())):
            stage = self._mapping.find_stage(version.value)
            if stage is not None:
                by = "partner" if any(is_about(move, version.value, version.at) for move in moves) else "network"
                changes.append(StageChange(stage, version.at, self._find_reason(reasons, version.at), by))
        return tuple(changes)

    def read_application(self, record: Record, customer: str) -> Application | None:
        """A deal as the application that came of it; None where none did."""
        names, has = self._mapping.deals, record.properties
        stage = self._mapping.find_stage(has.get(names.stage))
        if stage is None or names.application not in has:
            return None
        submitted = _read_time(has.get(names.submitted)) or self.read_since(record)
        return Application(
            id=has[names.application],
            lead=has.get(names.reference, ""),
            customer=customer,
            product=has.get(names.product, ""),
            stage=stage.value,
            reason=self._mapping.reasons.read(has.get(names.reason)),
            amount=_read_paise(has.get(names.amount)),
            submitted_at=submitted,
            updated_at=_read_time(has.get(names.updated)) or submitted,
            expected_by=_read_time(has.get(names.expected)),
        )

    def read_ticket(self, record: Record) -> Ticket:
        """A ticket. One in a state that is none of ours is open: somebody still looks into it."""
        names, has = self._mapping.tickets, record.properties
        created = _read_time(has.get(names.created)) or 0.0
        return Ticket(
            number=f"T-{record.id}",
            topic=has.get(names.topic, ""),
            text=has.get(names.text, ""),
            state=self._mapping.find_ticket_state(has.get(names.state)) or "open",
            resolution=has.get(names.resolution),
            lead=has.get(names.lead),
            customer=has.get(names.customer),
            created_at=created,
            updated_at=_read_time(has.get(names.updated)) or created,
        )

    def read_documents(self, record: Record) -> tuple[Document, ...]:
        """The papers of a deal, in order of time."""
        papers, updated = [], _read_time(record.properties.get(self._mapping.deals.updated)) or 0.0
        for kind, name in self._mapping.papers.items():
            value = record.properties.get(name)
            told = self._mapping.paper_states.get(value or "")
            if told is not None:
                at = next((one.at for one in record.history.get(name, ())), updated)
                papers.append(Document(kind, told.state, told.reason, at))
            elif value:
                _log.error("hubspot_unmapped_paper", property=name, value=value, file="data/crm/hubspot.yml")
        return tuple(sorted(papers, key=lambda paper: paper.at))

    def read_engagement(self, kind: ActivityKind, record: Record) -> list[Engagement]:
        """What a record that stands on a deal says happened."""
        names, has = self._mapping.activities[kind], record.properties
        at = _read_time(has.get(names.at))
        if at is None:
            return []
        if outright := self._mapping.events.read(has.get(names.event)):
            return [Engagement(outright, at)]
        counted = [
            Engagement(code, _find_first(record.history.get(name, ()), at))
            for code, name in names.counts.items()
            if (_read_number(has.get(name)) or 0) > 0
        ]
        meant = (one.code for one in names.meanings if all(has.get(name) in held for name, held in one.when.items()))
        return [*counted, *(Engagement(code, at) for code in itertools.islice(meant, 1))]

    def read_noted_event(self, record: Record) -> list[Engagement]:
        """What a note says happened, whoever wrote it."""
        names, has = self._mapping.notes, record.properties
        code, at = self._mapping.events.read(has.get(names.event)), _read_time(has.get(names.at))
        return [Engagement(code, at)] if code and at is not None else []

    def read_note(self, record: Record) -> Note:
        """A note, which HubSpot keeps as HTML."""
        names, has = self._mapping.notes, record.properties
        text = _TAG.sub("", _BREAK.sub("\n", has.get(names.text, "")))
        return Note(html.unescape(text).strip(), _read_time(has.get(names.at)) or 0.0)

    def _find_reason(self, reasons: Iterable[Version], at: float) -> str | None:
        """The reason that was given with a change."""
        given = next((one.value for one in reasons if abs(one.at - at) < 1.0), None)
        return self._mapping.reasons.read(given)


def _find_first(versions: Iterable[Version], sent: float) -> float:
    """When a count rose above 0; where its history is gone, when that which it counts was sent."""
    return min((one.at for one in versions if (_read_number(one.value) or 0) > 0), default=sent)


def write_text(text: str) -> str:
    """Text as the HTML of a note."""
    return html.escape(text, quote=False).replace("\n", "<br>")


def write_time(at: float) -> str:
    """A moment as HubSpot takes it: milliseconds since the epoch."""
    return str(round(at * 1000))


def split_name(name: str) -> tuple[str, str]:
    """A name as HubSpot has it: all but the last part, and the last; one part is the first name."""
    first, _, last = name.strip().rpartition(" ")
    return (first, last) if first else (last, "")


def _read_time(value: str | None) -> float | None:
    """HubSpot says a moment as 2026-11-21T10:00:00.000Z; older properties as milliseconds."""
    if not value:
        return None
    try:
        return int(value) / 1000 if value.isdecimal() else datetime.fromisoformat(value).timestamp()
    except ValueError:
        return None


def _read_number(value: str | None) -> Decimal | None:
    try:
        number = Decimal(value) if value else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None


def _read_paise(value: str | None) -> int | None:
    rupees = _read_number(value)
    return None if rupees is None else int(rupees * 100)


def merge(record: Record, changed: Mapping[str, str]) -> Record:
    """A record as it is after a change."""
    return Record(record.id, {**record.properties, **changed}, record.history)
