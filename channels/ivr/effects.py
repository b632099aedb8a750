"""What follows from what a caller said, stored in the transaction of its step."""

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from channels.guard import MAX_CHARACTERS, find_fault
from channels.ivr.call import pin_locked
from channels.ivr.state import (
    Ask,
    AskForScore,
    BeginPin,
    CallPerson,
    CheckPin,
    ClaimPartner,
    Effect,
    Place,
    Rate,
    Score,
    SendLink,
    State,
)
from channels.services import Services
from saathi import calls, feedback, handoffs, inbox, outbox, pins, surveys
from saathi.calls import Call
from saathi.escalation_policy import EscalationPolicy, Reason
from saathi.feedback import Thumb
from saathi.messages import Incoming, Purpose, Reply
from saathi.pins import PinLocked

CHANNEL = "ivr"
_PIN_NAMED = re.compile(r"\b(?:pin|पिन)(?!\w)(?!\s*-?(?:code|कोड))", re.IGNORECASE)
_SIX_DIGITS = re.compile(r"(?<!\d)(?<!\d[\s-])\d(?:[\s-]?\d){5}(?![\s-]?\d)")


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that is stored. `has_question`: a turn is to begin. `pin` is to be held against `kept_hash`, and is kept
    nowhere else."""

    call: Call
    state: State
    has_question: bool = False
    pin: str | None = None
    kept_hash: str | None = None


class Effects:
    """Carries out what the rules of a call decide."""

    def __init__(self, services: Services, policy: EscalationPolicy) -> None:
        self._services = services
        self._policy = policy

    def apply(self, connection: Connection, call: Call, state: State, effect: Effect | None, now: float) -> Taken:
        """Carry out an effect; the state to be saved is the result's."""
        handlers: dict[type[Effect], Callable[..., Taken]] = {
            Ask: self._ask,
            SendLink: self._send_link,
            CallPerson: self._call_person,
            BeginPin: self._begin_pin,
            ClaimPartner: self._claim_partner,
            CheckPin: self._check_pin,
            Rate: self._rate,
            AskForScore: self._ask_for_score,
            Score: self._keep_score,
        }
        return Taken(call, state) if effect is None else handlers[type(effect)](connection, call, state, effect, now)

    def _begin_pin(self, connection: Connection, call: Call, state: State, _effect: BeginPin, _now: float) -> Taken:
        linked = calls.find_linked(connection, call.caller)
        if linked is None:
            return Taken(call, state.at(Place.PARTNER))
        return Taken(call, state.at(Place.PIN).model_copy(update={"claimed": linked.partner}))

    def _claim_partner(
        self, connection: Connection, call: Call, state: State, effect: ClaimPartner, _now: float
    ) -> Taken:
        # whether there is such a partner shows in nothing that is said
        claimed = pins.find_owner(connection, effect.digits) or self._name_nobody(effect.digits)
        return Taken(call, state.at(Place.PIN).model_copy(update={"claimed": claimed}))

    def _name_nobody(self, digits: str) -> str:
        """A name for who does not exist: the tries count alike, and a PIN that was keyed by mistake is not in it."""
        secret = self._services.settings.jwt_secret.get_secret_value().encode()
        return f"?{hmac.new(secret, digits.encode(), 'sha256').hexdigest()[:32]}"

    def _check_pin(self, connection: Connection, call: Call, state: State, effect: CheckPin, now: float) -> Taken:
        try:
            kept = pins.begin_try(connection, state.claimed or "", now)
        except PinLocked:
            return Taken(call, pin_locked(state))
        return Taken(call, state.model_copy(update={"asked_at": now}), pin=effect.pin, kept_hash=kept)

    def _rate(self, connection: Connection, call: Call, state: State, effect: Rate, now: float) -> Taken:
        value: Thumb = "up" if effect.helped else "down"
        feedback.rate(connection, call.conversation, state.reply or "", value, None, now)
        return Taken(call, state.at(state.place, f"ivr_rated_{value}"))

    def _ask_for_score(
        self, connection: Connection, call: Call, state: State, _effect: AskForScore, now: float
    ) -> Taken:
        survey = calls.begin_survey(connection, call, now)
        return Taken(call, state.at(Place.SURVEY).model_copy(update={"survey": survey}))

    def _ask(self, connection: Connection, call: Call, state: State, ask: Ask, now: float) -> Taken:
        text, payload = ask.text, None
        if ask.choice is not None and (choice := outbox.find_choice(connection, call.conversation, ask.choice)):
            text, payload = choice.said
        if find_fault(text) is not None:
            return Taken(call, state.at(state.place, "ivr_unclear"))
        masked = text if payload else self._services.masker.mask(_hide_pin(text))
        key = f"{CHANNEL}:{call.sid}:{state.step}"
        incoming = Incoming(call.conversation, CHANNEL, key, masked, state.language, payload)
        inbox.store(connection, incoming, now)
        asked = state.at(Place.WAITING, *state.notices).model_copy(
            update={"question": key, "asked": masked, "asked_at": now, "fillers": 0}
        )
        return Taken(call, asked, has_question=True)

    def _keep_score(self, connection: Connection, call: Call, state: State, effect: Score, now: float) -> Taken:
        if state.survey is None:
            return Taken(call, state)
        score = effect.score or state.score
        comment = self._services.masker.mask(_hide_pin(effect.comment[:MAX_CHARACTERS])) or None
        surveys.answer(connection, state.survey, score, comment, now)
        return Taken(call, state.model_copy(update={"score": score}))

    def _send_link(self, connection: Connection, call: Call, state: State, _effect: SendLink, now: float) -> Taken:
        place = state.place
        if state.link is None:
            return Taken(call, state.at(place, "ivr_link_none"))
        address = calls.find_linked(connection, call.caller)
        if address is None or not self._services.settings.twilio_whatsapp_from:
            return Taken(call, state.at(place, "ivr_link_unknown"))
        sentence = self._services.wording.say("ivr_link_message", state.language)
        text = sentence.format(title=state.link["title"], url=state.link["url"])
        reply = Reply(text, state.language, purpose=Purpose.NOTICE)
        outbox.add(connection, address.conversation, "whatsapp", [reply], now, address=address.address)
        return Taken(call, state.at(place, "ivr_link_sent"))

    def _call_person(self, connection: Connection, call: Call, state: State, effect: CallPerson, now: float) -> Taken:
        can_transfer = bool(self._services.settings.ivr_transfer_to)
        if effect.was_silent and not can_transfer:
            return Taken(call, state.at(Place.OVER, "ivr_goodbye"))
        wish = self._services.wording.say("ivr_wish_for_person", state.language)
        incoming = Incoming(call.conversation, CHANNEL, f"{CHANNEL}:{call.sid}:{state.step}", wish, state.language)
        message = inbox.store_done(connection, incoming, now)
        if message is not None:
            slots = {"language": state.language}
            cause = handoffs.Cause(Reason.ASKED_FOR_HUMAN, "ask_human")
            handoffs.open_handoff(connection, self._policy, call.conversation, message, cause, slots, now)
        return Taken(call, self.go_to_person(connection, call, state, message, now))

    def go_to_person(self, connection: Connection, call: Call, state: State, message: str | None, now: float) -> State:
        """Put the caller through, or promise a call back; `message` is the inbox row that led here, if any."""
        if self._services.settings.ivr_transfer_to:
            return state.at(Place.TRANSFER)
        return self.promise_call_back(connection, call, state, message, now)

    def promise_call_back(
        self, connection: Connection, call: Call, state: State, message: str | None, now: float
    ) -> State:
        """Say that somebody will call, and note the number for them."""
        calls.note_call_back(connection, call)
        notice = "ivr_callback" if call.caller else "ivr_callback_hidden"
        said = self._services.wording.reply(notice, state.language, Purpose.NOTICE)
        ids = outbox.add(connection, call.conversation, CHANNEL, [said], now, message)
        outbox.mark_sent(connection, ids, now)
        return state.at(Place.OVER, notice)


def _hide_pin(speech: str) -> str:
    """What a caller says with the PIN aloud, without it. Six digits are a postal code elsewhere, and stay."""
    return _SIX_DIGITS.sub("[pin]", speech) if _PIN_NAMED.search(speech) else speech
