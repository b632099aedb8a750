"""What Saathi asks of a CRM. Every method takes the partner first, from the verified identity: there is no way to read
or write what is not theirs, and what is another's is not there (None, or an empty page).

Reads are tried at most three times within the deadline. A write carries a key, and a second one with the same key
changes nothing and returns what the first returned.
"""

from typing import Protocol

from saathi.crm.model import Application, CustomerChange, NewTicket, StageMove, Ticket
from saathi.leads.model import Customer, LeadPage, LeadQuery, LeadStory, Stage
from saathi.scoring.rates import Ended

DEADLINE_S = 3.0  # of one call, all its attempts together


class CrmUnavailable(Exception):
    """The CRM did not answer in time, or not with what it was asked for. The message holds no personal data."""


class Crm(Protocol):
    """A CRM. Every method raises `CrmUnavailable`."""

    async def find_leads(self, partner: str, wanted: LeadQuery, most: int = 10, skip: int = 0) -> LeadPage:
        """Some of the partner's leads that are wanted."""
        ...

    async def read_lead(self, partner: str, reference: str) -> LeadStory | None:
        """A lead with its story; of its notes, those that this partner wrote."""
        ...

    async def count_ended(self, partner: str) -> list[Ended]:
        """How the partner's leads have ended, by kind."""
        ...

    async def read_customer(self, partner: str, customer: str) -> Customer | None:
        """A customer."""
        ...

    async def list_applications(self, partner: str, customer: str) -> list[Application] | None:
        """What was handed in for a customer, the newest first; None when there is no such customer."""
        ...

    async def read_application(self, partner: str, application: str) -> Application | None:
        """One of them."""
        ...

    async def read_ticket(self, partner: str, number: str) -> Ticket | None:
        """A ticket."""
        ...

    async def list_tickets(self, partner: str, most: int = 5) -> list[Ticket]:
        """The partner's tickets, those changed last first."""
        ...

    async def change_customer(self, partner: str, customer: str, change: CustomerChange) -> Customer | None:
        """Changes what is known of a customer; the customer as it is then, None when there is none. Made twice it is
        the same, so it needs no key."""
        ...

    async def open_ticket(self, partner: str, ticket: NewTicket, key: str) -> Ticket | None:
        """Opens a ticket; None when it names a lead or customer that is not there."""
        ...

    async def add_note(self, partner: str, reference: str, text: str, key: str) -> bool:
        """Writes a note to a lead; False when there is no such lead."""
        ...

    async def remove_note(self, partner: str, reference: str, key: str) -> bool:
        """Takes the note back that the partner wrote to a lead with this key; False when there is no such lead. Made
        twice it is the same, so it needs no key of its own."""
        ...

    async def move_lead(
        self, partner: str, reference: str, stage: Stage, reason: str | None, key: str
    ) -> StageMove | None:
        """Moves a lead to another stage; None when there is no such lead."""
        ...

    async def undo_move(self, partner: str, change: str, key: str) -> StageMove | None:
        """Takes a change of stage back; None when it is not there, or something came after it."""
        ...

    async def record_conversation(self, partner: str, conversation: str, summary: str, key: str) -> None:
        """Writes a closed conversation down as one activity."""
        ...
