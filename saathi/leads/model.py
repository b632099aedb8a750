"""A lead as the CRM tells it: who it is about, where it stands, and what happened to it.

Stages, reasons, kinds of engagement and documents are codes; what they are called, what usually comes next and who acts
stands in data/leads in three languages. Times are seconds since the epoch, UTC; amounts are paise.
"""

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """Where a lead stands, by the network's seven stages (knowledge/articles/partner/lead-stages.md)."""

    NEW = "new"
    CONTACTED = "contacted"
    DOCUMENTS = "documents"  # the customer said yes, papers are missing
    SUBMITTED = "submitted"  # the provider has it
    APPROVED = "approved"  # or issued: the one end that was hoped for
    REJECTED = "rejected"  # by the provider
    LOST = "lost"  # the customer does not want it


ENDED = frozenset({Stage.APPROVED, Stage.REJECTED, Stage.LOST})
OPEN = frozenset(Stage) - ENDED
PARTNERS_TURN = frozenset({Stage.NEW, Stage.CONTACTED, Stage.DOCUMENTS})  # a call helps: elsewhere others act


@dataclass(frozen=True, slots=True)
class Customer:
    """A person whom a partner serves. `age` is in full years, None where nobody asked."""

    id: str
    name: str
    phone: str | None
    region: str
    age: int | None = None


@dataclass(frozen=True, slots=True)
class Lead:
    """One wish of a customer. `kind` is the kind of product, `product` a slug of the catalogue once one was chosen;
    `reason` says why it stands where it stands, where that is known; `score` runs from 0 to 100."""

    reference: str
    customer: Customer
    kind: str
    product: str | None
    source: str
    stage: Stage
    stage_since: float
    reason: str | None
    amount: int | None
    created_at: float
    updated_at: float
    score: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether something can still come of it."""
        return self.stage not in ENDED


@dataclass(frozen=True, slots=True)
class StageChange:
    """A lead came to `stage`; `by` is partner, provider, network or customer."""

    stage: Stage
    at: float
    reason: str | None
    by: str


@dataclass(frozen=True, slots=True)
class Engagement:
    """Something that the customer or the partner did: message_opened, quote_asked, call_answered, call_missed, ..."""

    kind: str
    at: float


@dataclass(frozen=True, slots=True)
class Document:
    """A paper that the provider wants; `state` is requested, received, verified or refused."""

    kind: str
    state: str
    reason: str | None
    at: float


@dataclass(frozen=True, slots=True)
class Note:
    """What the partner wrote down."""

    text: str
    at: float


@dataclass(frozen=True, slots=True)
class LeadStory:
    """A lead with all that is known of it, each part in order of time."""

    lead: Lead
    history: tuple[StageChange, ...] = ()
    engagement: tuple[Engagement, ...] = ()
    documents: tuple[Document, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class LeadQuery:
    """Which leads are wanted; what is None or empty admits all, but for `products`. `name` is matched by sound in both
    scripts, `ending` is the end of a phone number, `unmoved_since` admits leads whose stage has not changed since then;
    `created` and `moved` admit those that came in, or came to their stage, from the first moment up to the second."""

    reference: str | None = None
    name: str | None = None
    ending: str | None = None
    kinds: frozenset[str] = frozenset()
    stages: frozenset[Stage] = frozenset()
    unmoved_since: float | None = None
    created: tuple[float, float] | None = None
    moved: tuple[float, float] | None = None
    products: frozenset[str] | None = None  # slugs; an empty set admits none
    best_first: bool = False  # by score; else by how long they have stood where they are

    @property
    def names_one(self) -> bool:
        """Whether a lead or a customer is named, not a sort of leads."""
        return self.reference is not None or self.name is not None or self.ending is not None


@dataclass(frozen=True, slots=True)
class LeadPage:
    """Some of the leads that were wanted, and how many there are."""

    leads: tuple[Lead, ...]
    total: int
