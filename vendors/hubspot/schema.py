"""The properties that records have, as far as we use HubSpot's own; an account's custom ones come with its records.

From "Properties" of the guides crm-contacts-v3, crm-deals-v3, crm-tickets-v3, crm-notes-v3, crm-calls-v3,
crm-meetings-v3, crm-emails-v3 and crm-communications-v3 at
https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

Type = Literal["string", "number", "datetime", "enumeration"]


class Property(BaseModel):
    """A property; one that is read-only is HubSpot's own to write."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    type: Type = "string"
    unique: bool = False
    read_only: bool = False


def _named(type_: Type, *names: str, read_only: bool = False) -> list[Property]:
    return [Property(name=name, type=type_, read_only=read_only) for name in names]


_STAMPS = _named("datetime", "createdate", "hs_createdate", "hs_lastmodifieddate", "lastmodifieddate", read_only=True)
_STANDARD: dict[str, list[Property]] = {
    "contacts": _named("string", "firstname", "lastname", "email", "phone", "state", "city"),
    "deals": [
        *_named("string", "dealname"),
        *_named("number", "amount"),
        *_named("enumeration", "dealstage", "pipeline"),
        *_named("datetime", "closedate"),
        *_named("datetime", "hs_v2_date_entered_current_stage", read_only=True),
    ],
    "tickets": [
        *_named("string", "subject", "content"),
        *_named("enumeration", "hs_pipeline", "hs_pipeline_stage", "hs_ticket_category", "hs_ticket_priority"),
    ],
    "notes": [*_named("string", "hs_note_body"), *_named("datetime", "hs_timestamp")],
    "calls": [
        *_named("string", "hs_call_title", "hs_call_body"),
        *_named("enumeration", "hs_call_direction", "hs_call_disposition", "hs_call_status"),
        *_named("datetime", "hs_timestamp"),
    ],
    "meetings": [
        *_named("string", "hs_meeting_title"),
        *_named("enumeration", "hs_meeting_outcome"),
        *_named("datetime", "hs_timestamp", "hs_meeting_start_time", "hs_meeting_end_time"),
    ],
    "emails": [
        *_named("string", "hs_email_subject"),
        *_named("enumeration", "hs_email_direction", "hs_email_status"),
        *_named("number", "hs_email_open_count", "hs_email_click_count", read_only=True),
        *_named("datetime", "hs_timestamp"),
    ],
    "communications": [
        *_named("string", "hs_communication_body"),
        *_named("enumeration", "hs_communication_channel_type", "hs_communication_logged_from"),
        *_named("datetime", "hs_timestamp"),
    ],
}
KINDS = tuple(_STANDARD)
REQUIRED = {
    "tickets": ("hs_pipeline_stage",),
    "deals": ("dealstage",),
    **dict.fromkeys(("notes", "calls", "meetings", "emails"), ("hs_timestamp",)),
}


def make_schema(kind: str, custom: Iterable[Property] = ()) -> dict[str, Property]:
    """The properties of a type of records by their names."""
    known = [*_STANDARD[kind], *_STAMPS, *_named("string", "hs_object_id", read_only=True), *custom]
    return {one.name: one for one in known}


def find_fault(schema: Mapping[str, Property], name: str, value: str | None) -> tuple[str, str] | None:
    """HubSpot's name of what is wrong with a value that is to be written, and its words."""
    known = schema.get(name)
    if known is None:
        return "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist'
    if known.read_only:
        return "READ_ONLY_VALUE", f'"{name}" is a read only property'
    if value and known.type == "number" and read_number(value) is None:
        return "INVALID_INTEGER", f"{name} was not a valid number"
    if value and known.type == "datetime" and read_time(value) is None:
        return "INVALID_DATE", f"{value} was not a valid date"
    return None


def read_number(value: str | None) -> float | None:
    """A number; None for none."""
    try:
        return float(value) if value else None
    except ValueError:
        return None


def read_time(value: str | None) -> float | None:
    """A moment in seconds, which may be told in milliseconds or in ISO 8601; None for none."""
    try:
        return (
            None if not value else int(value) / 1000 if value.isdecimal() else datetime.fromisoformat(value).timestamp()
        )
    except ValueError:
        return None
