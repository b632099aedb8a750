"""Tells partners what they wanted to be reminded of, when its hour has come: through the outbox, like any message."""

import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from sqlalchemy import Connection

from channels.delivery import Delivery, Signal, notify
from channels.inapp import CHANNEL as INAPP
from channels.wording import Wording
from channels.working_off import work_off
from saathi import addresses, conversations, outbox
from saathi.leads import reminders
from saathi.leads.reminders import Reminder
from saathi.messages import Author, Offer, Purpose, Reply
from saathi.store import Database

AT_ONCE = 20


class Reminding:
    """Tells what is due. Several gateways share the reminders; each is told by one of them."""

    def __init__(
        self, database: Database, wording: Wording, delivery: Delivery, clock: Callable[[], float] = time.time
    ) -> None:
        self._database = database
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
        if not await self._database.read(lambda c: reminders.is_any_due(c, now)):
            return 0
        told = await self._database.write(lambda c: self._tell(c, now))
        for conversation in told:
            self._delivery.tell(conversation, Signal.MESSAGES)
        return len(told)

    def _tell(self, connection: Connection, now: float) -> list[str]:
        told = []
        for reminder in reminders.take_due(connection, now, AT_ONCE):
            conversation, channel, address = _find_place(connection, reminder, now)
            outbox.add(connection, conversation, channel, [self._word(reminder)], now, address=address)
            notify(connection, conversation)
            told.append(conversation)
        return told

    def _word(self, reminder: Reminder) -> Reply:
        lead, language = reminder.lead, reminder.language
        name = "reminder" if reminder.text else "reminder_plain"
        if lead is not None and lead not in reminder.text:
            name = "reminder_of_lead"
        text = self._wording.say(name, language).format(text=reminder.text, lead=lead)
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
