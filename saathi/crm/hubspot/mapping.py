"""How HubSpot's records are read and written: data/crm/hubspot.yml."""

from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel, StringConstraints, field_validator

from saathi.crm.model import TicketState
from saathi.leads.model import Stage
from saathi.located import read_located
from saathi.settings import ROOT

MAPPING = ROOT / "data/crm/hubspot.yml"

PropertyName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,99}$")]
Value = Annotated[str, StringConstraints(min_length=1, max_length=100)]
ActivityKind = Literal["calls", "meetings", "emails", "communications"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Properties(_Part):
    """The properties of one type of record."""

    partner: PropertyName

    def names(self) -> list[str]:
        """Their names in HubSpot."""
        return list(dict.fromkeys(self.model_dump().values()))


class ContactProperties(_Properties):
    """Of customers."""

    id: PropertyName
    first_name: PropertyName
    last_name: PropertyName
    phone: PropertyName
    region: PropertyName
    age: PropertyName


class DealProperties(_Properties):
    """Of leads, and of the applications that came of them."""

    reference: PropertyName
    kind: PropertyName
    product: PropertyName
    source: PropertyName
    stage: PropertyName
    since: PropertyName
    reason: PropertyName
    amount: PropertyName
    score: PropertyName
    created: PropertyName
    updated: PropertyName
    move: PropertyName
    application: PropertyName
    submitted: PropertyName
    expected: PropertyName


class TicketProperties(_Properties):
    """Of tickets."""

    key: PropertyName
    topic: PropertyName
    subject: PropertyName
    text: PropertyName
    state: PropertyName
    pipeline: PropertyName
    resolution: PropertyName
    lead: PropertyName
    customer: PropertyName
    created: PropertyName
    updated: PropertyName


class Meaning(_Part):
    """What a record says happened, a code of data/leads/words.yml, when each of these properties holds one of the
    values."""

    code: Value = Field(alias="is")
    when: Mapping[PropertyName, tuple[Value, ...]] = Field(min_length=1)


class ActivityProperties(_Properties):
    """Of records of the customer's doings, that stand on a deal. `event` holds a code outright; without it the first of
    `meanings` that fits is meant, and a number above 0 of `counts` is something that happened as well."""

    event: PropertyName
    at: PropertyName
    meanings: tuple[Meaning, ...] = ()
    counts: Mapping[Value, PropertyName] = Field(default_factory=dict)

    def names(self) -> list[str]:
        """Their names in HubSpot."""
        of_meanings = [name for meaning in self.meanings for name in meaning.when]
        return list(dict.fromkeys([self.partner, self.event, self.at, *of_meanings, *self.counts.values()]))


class PaperState(_Part):
    """What a value of a paper's property says of it."""

    state: Literal["requested", "received", "verified", "refused"]
    reason: Value | None = None


class NoteProperties(_Properties):
    """Of notes, and of closed conversations."""

    event: PropertyName
    key: PropertyName
    conversation: PropertyName
    text: PropertyName
    at: PropertyName


class Codes(RootModel[Mapping[Value, Value]]):
    """Values of HubSpot and our codes; what is not listed is the same in both."""

    model_config = ConfigDict(frozen=True)

    def read(self, value: str | None) -> str | None:
        """Our code of a value; None where there is none."""
        return self.root.get(value, value) if value else None

    def list_values(self, codes: Collection[str]) -> list[str]:
        """All of HubSpot's values of these codes, or of the one code."""
        listed = (value for value, ours in self.root.items() if ours in codes)
        return list(dict.fromkeys([*listed, *sorted(code for code in codes if code not in self.root)]))

    def write(self, code: str | None) -> str:
        """HubSpot's value of a code, the first that is listed; empty, which clears a property, for None."""
        return self.list_values((code,))[0] if code else ""


class FieldMapping(_Part):
    """The whole file."""

    contacts: ContactProperties
    deals: DealProperties
    tickets: TicketProperties
    notes: NoteProperties
    activities: Mapping[ActivityKind, ActivityProperties]
    papers: Mapping[Value, PropertyName]
    paper_states: Mapping[Value, PaperState]
    stages: Mapping[Stage, tuple[Value, ...]]
    ticket_pipeline: Value
    ticket_states: Mapping[TicketState, tuple[Value, ...]]
    kinds: Codes
    sources: Codes
    reasons: Codes
    events: Codes

    @classmethod
    def load(cls, path: Path = MAPPING) -> "FieldMapping":
        """Read the file. Raises `FileFault`."""
        return read_located(path, cls).content

    @field_validator("stages")
    @classmethod
    def _write_every_stage(cls, stages: Mapping[Stage, tuple[str, ...]]) -> Mapping[Stage, tuple[str, ...]]:
        _demand_ids(stages, set(Stage))
        return stages

    @field_validator("ticket_states")
    @classmethod
    def _open_tickets(cls, states: Mapping[TicketState, tuple[str, ...]]) -> Mapping[TicketState, tuple[str, ...]]:
        _demand_ids(states, {"open"})
        return states

    def find_stage(self, id_: str | None) -> Stage | None:
        """The stage that one of HubSpot's is; None where it is none of ours."""
        return next((stage for stage, ids in self.stages.items() if id_ in ids), None)

    def find_ticket_state(self, id_: str | None) -> TicketState | None:
        """The same for tickets."""
        return next((state for state, ids in self.ticket_states.items() if id_ in ids), None)


def _demand_ids(mapping: Mapping[Any, tuple[str, ...]], needed: Collection[str]) -> None:
    """Raises `ValueError` when one that is needed has no id, or an id stands twice."""
    for name in sorted(needed):
        if not mapping.get(name):
            raise ValueError(f"{name} has no id of HubSpot; add one")
    for id_, times in Counter(id_ for ids in mapping.values() for id_ in ids).items():
        if times > 1:
            raise ValueError(f"{id_} stands here {times} times; keep one")
