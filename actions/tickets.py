"""Tickets in chat: `action_check_ticket` tells where the partner's stand; a complaint that is handed over opens one."""

from typing import Any

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import FORGET_CONTEXT
from actions.leads import Leads
from actions.replies import close_attempts, say_or_hand_over
from actions.turn import Turn, payload
from saathi.crm.model import NewTicket
from saathi.crm.port import CrmUnavailable
from saathi.references import lead_reference
from saathi.store import StoreUnavailable
from saathi.tickets import TicketWords

_MOST_LISTED = 3
_log = structlog.get_logger("actions")


class CheckTicket(Action):
    """Tells one ticket (`utter_complaints_ticket`), the last ones (`utter_complaints_tickets`) or that there is none
    (`utter_complaints_no_ticket`, `_no_such_ticket`). `otherwise` answers whoever has not proved to be a partner. A
    ticket of somebody else is no ticket."""

    def __init__(self, leads: Leads, words: TicketWords, otherwise: Action) -> None:
        self._leads = leads
        self._words = words
        self._otherwise = otherwise

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_check_ticket"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],
    ) -> list[EventType]:
        """One turn."""
        turn = Turn.read(tracker)
        try:
            partner = await self._leads.persons.find(turn.conversation)
            if partner is None:
                events: list[EventType] = await self._otherwise.run(dispatcher, tracker, domain)
                return events
            await self._tell(dispatcher, turn, partner)
        except (CrmUnavailable, StoreUnavailable) as error:
            _log.warning("tickets_unavailable", reason=str(error))
            count = await self._leads.escalation.fail(turn, "failed_action", "tickets could not be read just now")
            return say_or_hand_over(dispatcher, count, "utter_complaints_unavailable", "refused")
        await self._leads.escalation.note(turn, "looked up tickets")
        return [FORGET_CONTEXT, *await close_attempts(self._leads.escalation, turn)]

    async def _tell(self, dispatcher: CollectingDispatcher, turn: Turn, partner: str) -> None:
        number = self._words.read_number(turn.text)
        if number is not None:
            ticket = await self._leads.crm.read_ticket(partner, number)
            found = [ticket] if ticket else []
        else:
            found = await self._leads.crm.list_tickets(partner, _MOST_LISTED)
        told = [self._words.tell(ticket, self._leads.dates, turn.language) for ticket in found]
        if not told:
            response = "utter_complaints_no_such_ticket" if number else "utter_complaints_no_ticket"
            dispatcher.utter_message(response=response, json_message=payload("answered"))
        elif len(told) == 1:
            dispatcher.utter_message(response="utter_complaints_ticket", json_message=payload("answered"), **told[0])
        else:
            lines = "\n".join("{number}, {topic}: {state} ({since}).{resolution}".format(**one) for one in told)
            dispatcher.utter_message(
                response="utter_complaints_tickets",
                json_message=payload("answered"),
                lines=lines,
                total=len(told),
                **told[0],
            )


class Tickets:
    """Opens tickets for what is handed to a person."""

    def __init__(self, leads: Leads) -> None:
        self._leads = leads

    async def open(self, turn: Turn, topic: str, text: str, lead: str) -> str | None:
        """The number of the ticket, once a message; None for a person who is nobody, and while the CRM is down: the
        person who takes over has it all in any case. `lead` is kept where it is one of the partner's."""
        try:
            partner = await self._leads.persons.find(turn.conversation)
            if partner is None:
                return None
            reference = lead_reference(lead) if lead else None
            story = await self._leads.crm.read_lead(partner, reference) if reference else None
            new = NewTicket(topic, text, lead=reference if story else None)
            ticket = await self._leads.crm.open_ticket(partner, new, turn.message)
        except (CrmUnavailable, StoreUnavailable) as error:
            _log.warning("ticket_not_opened", reason=str(error))
            return None
        return ticket.number if ticket else None
