"""The bodies of requests, as HubSpot's documentation has them. Stricter in one thing: a field that it does not name is
refused, since HubSpot leaves a misspelt one out without a word."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Id = Annotated[str, StringConstraints(min_length=1)]
Operator = Literal["EQ", "NEQ", "LT", "LTE", "GT", "GTE", "BETWEEN", "IN", "HAS_PROPERTY", "NOT_HAS_PROPERTY"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)


class Filter(_Part):
    """One condition, of the operators that are played."""

    propertyName: str  # noqa: N815
    operator: Operator
    value: str | None = None
    highValue: str | None = None  # noqa: N815
    values: list[str] | None = None

    @model_validator(mode="after")
    def _has_its_value(self) -> "Filter":
        several = {
            "IN": {"values"},
            "BETWEEN": {"value", "highValue"},
            "HAS_PROPERTY": set(),
            "NOT_HAS_PROPERTY": set(),
        }
        wanted = several.get(self.operator, {"value"})
        if wanted != {name for name in ("value", "highValue", "values") if getattr(self, name) is not None}:
            raise ValueError(f"operator {self.operator} goes with {' and '.join(sorted(wanted)) or 'no value'}")
        return self


class FilterGroup(_Part):
    """Conditions that all hold."""

    filters: list[Filter] = Field(min_length=1, max_length=6)


class Sort(_Part):
    """An order."""

    propertyName: str  # noqa: N815
    direction: Literal["ASCENDING", "DESCENDING"] = "ASCENDING"


class Search(_Part):
    """`POST /crm/v3/objects/{type}/search`."""

    filterGroups: list[FilterGroup] = Field(default_factory=list, max_length=5)  # noqa: N815
    sorts: list[Sort] = Field(default_factory=list, max_length=1)
    properties: list[str] = Field(default_factory=list)
    limit: int = Field(10, ge=1, le=200)
    after: int = Field(0, ge=0)

    def list_groups(self) -> list[list[dict[str, Any]]]:
        """The conditions, group by group."""
        return [[one.model_dump() for one in group.filters] for group in self.filterGroups]


class Input(_Part):
    """An id."""

    id: Id


class BatchRead(_Part):
    """`POST /crm/v3/objects/{type}/batch/read`."""

    inputs: list[Input] = Field(min_length=1, max_length=100)
    properties: list[str]
    propertiesWithHistory: list[str]  # noqa: N815
    idProperty: str | None = None  # noqa: N815

    @model_validator(mode="after")
    def _asks_for_little_history(self) -> "BatchRead":
        if self.propertiesWithHistory and len(self.inputs) > 50:
            raise ValueError("at most 50 inputs where propertiesWithHistory is given")
        return self


class PageInput(Input):
    """An id, and where the page of its associations begins."""

    after: Id | None = None


class AssociationsRead(_Part):
    """`POST /crm/v4/associations/{from}/{to}/batch/read`."""

    inputs: list[PageInput] = Field(min_length=1, max_length=1000)


class AssociationType(_Part):
    """What an association means."""

    associationCategory: Literal["HUBSPOT_DEFINED"]  # noqa: N815
    associationTypeId: int  # noqa: N815


class Link(_Part):
    """An association of a new record."""

    to: Input
    types: list[AssociationType] = Field(min_length=1)


class Write(_Part):
    """`PATCH /crm/v3/objects/{type}/{id}`."""

    properties: dict[str, str | None] = Field(min_length=1)


class Create(Write):
    """`POST /crm/v3/objects/{type}`."""

    associations: list[Link] = Field(default_factory=list)
