"""Tells partners what they wanted to be reminded of, when its hour has come: through the outbox, like any message."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager

from sqlalchemy import Connection

from channels.delivery import Delivery, Signal, notify
from channels.inapp import CHANNEL as INAPP
from channels.wording import Wording
from channels.working_off import work_off
from saathi import addresses, conversations, outbox
from saathi.crm.port import Crm
from saathi.leads import reminders
from saathi.leads.reminders import Reminder
from saathi.messages import Author, Offer, Purpose, Reply
from saathi.store import Database

AT_ONCE = 20


class Reminding:
    """Tells what is due. Several gateways share the reminders; each is told by one of them."""

    def __init__(
        self,
        database: Database,
        crm: Crm,
        wording: Wording,
        delivery: Delivery,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._crm = crm
        self._wording = wording
        self._delivery = delivery
        self._clock = clock

    def at_work(self) -> AbstractAsyncContextManager[None]:
        """Look for what is due, for the length of the block."""
        return work_off(self.tell_due, "reminding_broke")

    async def tell_due(self) -> int:
        """Puts what is due now into the outbox; how many that were."""
        now = self._clock()
        # Reads alone are cheap; the reminders are taken, which writes, only when one is due.
        due = await self._database.read(lambda c: reminders.list_due(c, now, AT_ONCE))
        if not due:
            return 0
        customers = await reminders.find_customers(self._crm, due)
        told = await self._database.write(lambda c: self._tell(c, due, customers, now))
        for conversation in told:
            self._delivery.tell(conversation, Signal.MESSAGES)
        return len(told)

    def _tell(
        self, connection: Connection, due: Sequence[Reminder], customers: Mapping[str, str], now: float
    ) -> list[str]:
        told = []
        for reminder in due:
            if not reminders.take(connection, reminder):
                continue
            conversation, channel, address = _find_place(connection, reminder, now)
            reply = self._word(reminder, customers.get(reminder.id))
            outbox.add(connection, conversation, channel, [reply], now, address=address)
            notify(connection, conversation)
            told.append(conversation)
        return told

    def _word(self, reminder: Reminder, customer: str | None) -> Reply:
        """`customer` is whom its lead is about; None says nothing of the lead."""
        lead, language = None if customer is None else reminder.lead, reminder.language
        about = reminder.text or customer or ""
        name = "reminder" if about else "reminder_plain"
        if lead is not None and lead not in about:
            name = "reminder_of_lead"
        text = self._wording.say(name, language).format(text=about, lead=lead)
        offers: tuple[Offer, ...] = ()
        if lead is not None:
            title = self._wording.say("reminder_open", language).format(lead=lead)
            offers = (Offer(title, f'/check_lead_status{{"lead_reference": "{lead}"}}'),)
        return Reply(text, language, author=Author.SYSTEM, purpose=Purpose.NUDGE, offers=offers)


def _find_place(connection: Connection, reminder: Reminder, now: float) -> tuple[str, str, str | None]:
    """Conversation, channel and address: those it was asked from if they are still the partner's; else, and for a
    call, those the partner last wrote from, or else the app."""
    mine = [] if reminder.channel == INAPP else addresses.list_of(connection, reminder.partner)
    asked = [known for known in mine if (known.channel, known.address) == (reminder.channel, reminder.address)]
    if not mine:
        return conversations.find_chat(connection, reminder.partner, now), INAPP, None
    known = [*asked, *mine][0]
    return known.conversation, known.channel, known.address
