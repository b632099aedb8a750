"""What every channel that sends does with an authentic message: who is it, cap, limit, mask, store once.

The channel verifies and parses; this decides whether the message takes a turn, is answered by the channel itself, or is
declined with one friendly line. Whatever it becomes, it is stored under the vendor's id, so that a second copy of it
changes nothing.
"""

import time
from dataclasses import dataclass

from sqlalchemy import Connection

from channels.guard import find_fault
from channels.services import Services
from language import Language, detect
from saathi import addresses, feedback, inbox, outbox, sending
from saathi.addresses import Known
from saathi.feedback import Thumb
from saathi.messages import Incoming, Purpose, Reply


@dataclass(frozen=True, slots=True)
class Heard:
    """One authentic message. `key` names it for ever (`whatsapp:SM...`); `address` is what the vendor keeps stable of
    the sender; `choice` is the id of a choice of ours that was tapped."""

    channel: str
    address: str
    key: str
    text: str = ""
    choice: str | None = None


class Intake:
    """Takes what a channel has heard. Raises `StoreUnavailable` where nothing was kept: the vendor must send again."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def enter(self, heard: Heard) -> Known:
        """Who writes; a new address gets a conversation of its own."""
        database = self._services.database
        known = await database.read(lambda c: addresses.find(c, heard.channel, heard.address))
        if known is not None:
            return known
        return await database.write(lambda c: addresses.enter(c, heard.channel, heard.address, time.time()))

    async def take(self, heard: Heard, known: Known) -> None:
        """Stores the message for a turn, or does what it says where the gateway itself understands it (`commands`); or
        declines it, once, when it is no text, too long, or one too many."""
        text, payload = heard.text, None
        if heard.choice is not None:
            wanted = heard.choice
            choice = await self._services.database.read(lambda c: outbox.find_choice(c, known.conversation, wanted))
            if choice is None:
                return await self.decline(heard, known, "choice_unknown")
            text, payload = choice.said
        if (fault := find_fault(text)) is not None:
            return await self.decline(heard, known, fault.value)
        person = known.partner or f"{heard.channel}:{heard.address}"
        if not await self._services.limiter.admit(person):
            return await self._slow_down(heard, known, person)
        incoming = self._incoming(heard, known, text, payload)
        if heard.choice is None and await self._obey(text, incoming):
            return None
        await self._services.worker.accept(incoming)
        return None

    async def rate(self, heard: Heard, known: Known, value: Thumb, vendor_id: str | None = None) -> bool:
        """Keeps a thumb that came as a reaction, for the vendor's message that it is on, else for the last answer;
        the last one counts. False when there is no such answer."""

        def work(connection: Connection) -> bool:
            if vendor_id is not None:
                reply = sending.find_reply(connection, heard.channel, vendor_id)
            else:
                reply = outbox.find_last_answer(connection, known.conversation, heard.channel, heard.address)
            if reply is None:
                return False
            return feedback.rate(connection, known.conversation, reply, value, None, time.time())

        return await self._services.database.write(work)

    async def decline(self, heard: Heard, known: Known, name: str) -> None:
        """Answers with the sentence `utter_system_<name>` and takes no turn."""
        language = detect(heard.text[:200]) if find_fault(heard.text[:200]) is None else "en"
        self._services.metrics.count_refusal(heard.channel, name)
        await self.answer(heard, known, [self._services.wording.reply(name, language, Purpose.NOTICE)])

    async def answer(self, heard: Heard, known: Known, replies: list[Reply]) -> bool:
        """Answers by itself, without a turn; False when this message has been answered before."""
        text = heard.text if find_fault(heard.text) is None else ""
        incoming = self._incoming(heard, known, text, None)

        def work(connection: Connection) -> bool:
            now = time.time()
            message = inbox.store_done(connection, incoming, now)
            if message is not None:
                outbox.add(connection, known.conversation, heard.channel, replies, now, message, heard.address)
            return message is not None

        is_new = await self._services.database.write(work)
        self._services.metrics.count_message(heard.channel, is_new=is_new)
        self._services.dispatcher.wake()
        return is_new

    async def _slow_down(self, heard: Heard, known: Known, person: str) -> None:
        """Declines what is one too many; only the first of them gets the line that says so."""
        if await self._services.notices.admit(person):
            return await self.decline(heard, known, "too_fast")
        self._services.metrics.count_refusal(heard.channel, "too_fast")
        await self.answer(heard, known, [])
        return None

    async def _obey(self, text: str, incoming: Incoming) -> bool:
        """Does what the gateway itself understands; False when the message is to take a turn."""
        is_new = await self._services.commands.obey(text, incoming)
        if is_new is None:
            return False
        self._services.metrics.count_message(incoming.channel, is_new=is_new)
        return True

    def _incoming(self, heard: Heard, known: Known, text: str, payload: str | None) -> Incoming:
        masked = text if payload else self._services.masker.mask(text)
        language: Language = detect(masked)
        return Incoming(known.conversation, heard.channel, heard.key, masked, language, payload, heard.address)
