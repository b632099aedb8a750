"""Doing what the gateway itself understands in a message, before any turn (`saathi.commands` reads it).

What is no command here is a message like any other: a thumb while the assistant asks something, a number without a
survey before it.
"""

import re
import time
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection

from channels.notices import tell_of_link, tell_of_unlink
from channels.wording import Wording
from channels.worker import Worker
from language import Language, detect
from saathi import addresses, feedback, inbox, linking, outbox, surveys
from saathi.addresses import Known
from saathi.commands import WORDS, Command, CommandReader, Rate, Score, TakeCode, Unlink
from saathi.linking import Result
from saathi.messages import Incoming, Purpose, Reply
from saathi.privacy import Masker
from saathi.store import Database

CODE_PLACEHOLDER = "[code]"

_WITH_DIGITS = re.compile(r"\S*\d\S*")


class Commands(CommandReader):
    """Reads commands, and does what they say."""

    def __init__(
        self, database: Database, wording: Wording, masker: Masker, worker: Worker, path: Path = WORDS
    ) -> None:
        super().__init__(path)
        self._worker = worker
        self._database = database
        self._wording = wording
        self._masker = masker

    async def obey(self, text: str, incoming: Incoming) -> bool | None:
        """Does what a text says, if that is a command here, and stores the message with its reply, which is told when
        what came before has its answer.

        Args:
            text: as it was typed; `incoming`: the message as a turn would get it, masked.

        Returns:
            None when it is no command, and nothing is done; False when the message was known before.
        """
        read = self.read(text)
        if read is None:
            return None
        command = await self._database.read(lambda c: _find(c, read, incoming, time.time()))
        if command is None:
            return None
        waiting = await self._database.write(lambda c: self._obey(c, command, incoming))
        for conversation in waiting:
            self._worker.wake(conversation)
        return bool(waiting)

    def _obey(self, connection: Connection, command: Command, incoming: Incoming) -> set[str]:
        """The conversations in which something is to be told now: none when the message was known before."""
        now = time.time()
        text = CODE_PLACEHOLDER if isinstance(command, TakeCode) else incoming.text
        words = _WITH_DIGITS.sub("", incoming.text)  # the letters of a code are of no language
        language = detect(words, inbox.find_language(connection, incoming.conversation))
        message = inbox.store(connection, replace(incoming, text=text, language=language), now)
        if message is None:
            return set()
        reply, told = self._do(connection, command, incoming, language, now)
        inbox.prepare(connection, message, [reply])
        return {incoming.conversation, *told}

    def _do(
        self, connection: Connection, command: Command, incoming: Incoming, language: Language, now: float
    ) -> tuple[Reply, list[str]]:
        if isinstance(command, Rate):
            feedback.rate(connection, incoming.conversation, str(command.reply), command.value, None, now)
            return self._wording.reply(f"rated_{command.value}", language, Purpose.NOTICE), []
        if isinstance(command, Score):
            comment = self._masker.mask(command.comment) if command.comment else None
            surveys.answer(connection, str(command.survey), command.score, comment, now)
            return self._wording.reply("survey_thanks", language, Purpose.SURVEY), []
        channel, address = incoming.channel, str(incoming.address)
        if isinstance(command, TakeCode):
            redeemed = linking.redeem_from_address(connection, channel, address, command.code, now)
            told = tell_of_link(connection, self._wording, redeemed, now)
            return self._wording.reply(f"link_{redeemed.result.value}", language, Purpose.NOTICE), told
        known = addresses.find(connection, channel, address)
        if isinstance(command, Unlink):
            return self._let_go(connection, known, language, now)
        if known is not None and known.partner is not None:
            return self._wording.reply(f"link_{Result.ALREADY.value}", language, Purpose.NOTICE), []
        reply = self._wording.reply("link_code", language, Purpose.NOTICE)
        code = linking.issue_to_address(connection, channel, address, now)
        return replace(reply, text=reply.text.format(code=code)), []

    def _let_go(
        self, connection: Connection, known: Known | None, language: Language, now: float
    ) -> tuple[Reply, list[str]]:
        if known is None or known.partner is None:
            return self._wording.reply("unlink_nothing", language, Purpose.NOTICE), []
        is_mine = linking.unlink(connection, known, now)
        told = [tell_of_unlink(connection, self._wording, known.partner, known, now)] if is_mine else []
        return self._wording.reply("unlinked", language, Purpose.NOTICE), told


def _find(connection: Connection, command: Command, incoming: Incoming, now: float) -> Command | None:
    """The command with what it is about; None where the message is none after all."""
    place = (incoming.conversation, incoming.channel, incoming.address)
    if isinstance(command, Score):
        survey = surveys.find_open(connection, *place, now)
        return replace(command, survey=survey) if survey else None
    if incoming.address is None:  # the app has thumbs of its own, and is the other end of linking
        return None
    if isinstance(command, Rate):
        reply = outbox.find_last_answer(connection, *place)
        return replace(command, reply=reply) if reply else None
    return command
