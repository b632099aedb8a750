"""One step of a call, whatever carries it: what was heard is stored with what follows from it, and answered."""

import asyncio
import time
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from channels.delivery import wait_for
from channels.guard import MAX_CHARACTERS
from channels.ivr.answers import AnswerReader
from channels.ivr.call import Flow, after_pin
from channels.ivr.effects import CHANNEL, Effects, Taken
from channels.ivr.prompts import Line, Prompt, Prompter
from channels.ivr.speech import Speaker, count_words
from channels.ivr.state import HEARING, Place, Said, State
from channels.services import Services
from saathi import calls, outbox, pins
from saathi.calls import Call
from saathi.escalation_policy import EscalationPolicy
from saathi.messages import Outcome, Purpose
from saathi.pins import PinHasher
from saathi.voice_menu import VoiceMenu

ANSWER_WITHIN_S = 2.5  # then a filler is said
APOLOGISE_AFTER_S = 14.0  # the turn itself gives up after 12
CHECK_WITHIN_S = 5.0  # of a PIN, which takes 0.05; longer means that the gateway died over it
REPEATED_WITHIN_S = 2.0


@dataclass(frozen=True, slots=True)
class Stepped:
    """Where a call stands after a step, and what the caller hears."""

    sid: str
    state: State
    prompt: Prompt


class VoiceLine:
    """Takes calls step by step. Raises `StoreUnavailable` where nothing of a step was kept."""

    def __init__(self, services: Services, menu: VoiceMenu, speaker: Speaker, policy: EscalationPolicy) -> None:
        self._services = services
        self._flow = Flow(menu)
        self._prompter = Prompter(menu, services.wording)
        self._answers = AnswerReader(menu, services.wording, speaker, services.settings.origin)
        self._effects = Effects(services, policy)
        self._hasher = PinHasher()

    async def step(self, sid: str, caller: str, said: Said | None, step: int | None = None) -> Stepped:
        """What the caller hears after saying or keying `said`; None asks again for what there is to hear.

        Args:
            caller: the number that the call seems to come from.
            step: the step that `said` answers; another one than the call's means a repeated webhook. None: not known.
        """
        database = self._services.database
        if said is not None and not await self._services.limiter.admit(f"{CHANNEL}:{sid}"):
            said = None
        taken = await database.write(lambda c: self._take(c, sid, caller, said, step))
        if taken.pin is not None:
            taken = await self._check_pin(taken, taken.pin)
        if taken.has_question:
            self._services.metrics.count_message(CHANNEL, is_new=True)
            self._services.worker.wake(taken.call.conversation)
        self._services.dispatcher.wake()
        state = taken.state
        if state.place in {Place.WAITING, Place.CHECKING}:
            await self._wait_for_answer(taken.call, state.question or "")
            state = await database.write(lambda c: self._settle(c, sid))
        return Stepped(sid, state, self._prompter.present(state))

    async def after_transfer(self, sid: str, *, was_answered: bool) -> Stepped | None:
        """The call has come back from being put through; None when there is no such call."""

        def work(connection: Connection) -> State | None:
            call = calls.hold(connection, sid)
            if call is None:
                return None
            state = State.model_validate(call.state)
            if state.place is Place.TRANSFER:
                state = state.model_copy(update={"last_words": ()})  # they were said before it
                if was_answered:
                    state = state.at(Place.OVER, "ivr_goodbye")
                else:
                    state = self._effects.promise_call_back(connection, call, state, None, time.time())
                calls.save(connection, sid, state.model_dump(mode="json"))
            return state

        state = await self._services.database.write(work)
        return None if state is None else Stepped(sid, state, self._prompter.present(state))

    async def note_interruption(self, sid: str, heard: str) -> None:
        """Keep in the conversation how far the caller listened to the answer, where that was not to its end."""

        def work(connection: Connection) -> None:
            call = calls.hold(connection, sid)
            if call is None:
                return
            state = State.model_validate(call.state)
            answer = state.parts[state.part].text if state.place is Place.ANSWER else ""
            if not 0 < count_words(heard) < count_words(answer):
                return
            note = self._services.wording.reply("ivr_interrupted", state.language, Purpose.NOTICE)
            note = replace(note, text=note.text.format(heard=heard[:MAX_CHARACTERS]))
            ids = outbox.add(connection, call.conversation, CHANNEL, [note], time.time())
            outbox.mark_sent(connection, ids, time.time())

        await self._services.database.write(work)

    async def end(self, sid: str) -> None:
        """The call is over."""
        await self._services.database.write(lambda c: calls.end(c, sid, time.time()))

    async def whisper(self, sid: str) -> Line | None:
        """What a person should know of the caller before being joined with them; None for an unknown call."""
        call = await self._services.database.read(lambda c: calls.find(c, sid))
        if call is None:
            return None
        state, wording = State.model_validate(call.state), self._services.wording
        told = wording.say("ivr_whisper_question" if state.asked else "ivr_whisper_nothing", state.language)
        who = wording.say("ivr_whisper_verified" if call.partner else "ivr_whisper_unverified", state.language)
        text = f"{told.format(question=state.asked)} {who.format(partner=' '.join(call.partner or ''))}"
        return Line(text, state.language)

    def _take(self, connection: Connection, sid: str, caller: str, said: Said | None, step: int | None) -> Taken:
        now = time.time()
        call = calls.enter(connection, sid, caller, State().model_dump(mode="json"), now)
        state = State.model_validate(call.state)
        if call.ended_at is not None:
            return Taken(call, state.at(Place.OVER, "ivr_goodbye"))
        if said is None or state.place not in HEARING or self._is_repeated(state, said, step, now):
            return Taken(call, state)
        state, effect = self._flow.hear(state, said)
        state = state.model_copy(update={"step": state.step + 1})
        taken = self._effects.apply(connection, call, state, effect, now)
        calls.save(connection, sid, taken.state.model_dump(mode="json"))
        return taken

    def _is_repeated(self, state: State, said: Said, step: int | None, now: float) -> bool:
        if step is not None:
            return step != state.step
        # Without a step only the words tell: the question that was answered a moment ago.
        return bool(said.speech) and said.speech == state.asked and now < state.asked_at + REPEATED_WITHIN_S

    async def _check_pin(self, taken: Taken, pin: str) -> Taken:
        is_right = await asyncio.to_thread(self._hasher.is_right, taken.kept_hash, pin)

        def work(connection: Connection) -> Taken:
            call = calls.hold(connection, taken.call.sid)
            assert call is not None
            state = State.model_validate(call.state)
            if state.place is not Place.CHECKING:  # it took so long that the caller was asked again
                return Taken(call, state)
            if is_right and state.claimed:
                pins.forgive(connection, state.claimed)
                calls.verify(connection, call, state.claimed)
            state, effect = after_pin(state, is_right=is_right)
            done = self._effects.apply(connection, call, state, effect, time.time())
            calls.save(connection, call.sid, done.state.model_dump(mode="json"))
            return done

        return await self._services.database.write(work)

    async def _wait_for_answer(self, call: Call, key: str) -> None:
        """Until the message has its answer, as long as a caller can be left in silence."""
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                with self._services.delivery.listen(call.conversation) as signals:
                    while True:
                        if await self._services.database.read(lambda c: calls.is_answered(c, key)):
                            return
                        await wait_for(signals)
        except TimeoutError:
            return

    def _settle(self, connection: Connection, sid: str) -> State:
        """The answer, if there is one; else one more filler, or an apology when it has been too long."""
        call = calls.hold(connection, sid)
        assert call is not None
        state, now = State.model_validate(call.state), time.time()
        if state.place is Place.CHECKING and now > state.asked_at + CHECK_WITHIN_S:
            state = state.at(Place.PIN, "ivr_apology")
        elif state.place is Place.WAITING:
            state = self._settle_question(connection, call, state, now)
        else:
            return state
        calls.save(connection, sid, state.model_dump(mode="json"))
        return state

    def _settle_question(self, connection: Connection, call: Call, state: State, now: float) -> State:
        assert state.question is not None
        answer = self._answers.read(connection, state.question, state)
        if answer is None:
            if now > state.asked_at + APOLOGISE_AFTER_S:
                return state.at(Place.MENU, "ivr_apology")
            notices = () if state.fillers else state.notices
            return state.at(Place.WAITING, *notices).model_copy(update={"fillers": state.fillers + 1})
        outbox.mark_sent(connection, answer.rows, now)
        if answer.outcome in {Outcome.HANDED_OVER, Outcome.RELAYED}:
            told = state.model_copy(update={"last_words": answer.parts})
            return self._effects.go_to_person(connection, call, told, None, now)
        if answer.outcome is Outcome.FAILED or not answer.parts:
            return state.at(Place.MENU, "ivr_apology")
        return answer.put_into(state)
