"""Money in chat: `action_look_up_payout` tells of payouts and of the TDS cut from them, `action_explain_payout` why one
is less than expected."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import FORGET_CONTEXT
from actions.escalation import Escalation
from actions.forms import entity_of
from actions.knowledge import AnswerTopic
from actions.payout_replies import PayoutReplies, Reply
from actions.persons import Persons
from actions.replies import close_attempts, say_or_hand_over
from actions.reported import remember_report, was_reported
from actions.turn import KEPT_S, Turn, payload
from saathi.dates import DateWords
from saathi.payouts.reading import list_payouts
from saathi.payouts.spoken import Spoken
from saathi.payouts.telling import PayoutTeller
from saathi.payouts.wanted import PayoutQuery, PayoutWantedReader
from saathi.payouts.words import PayoutWords
from saathi.references import lead_reference
from saathi.store import Database, StoreUnavailable

_MOST = 24  # payouts that are looked through: this tax year and the one before
_MISSING = "report_payout_missing"
_TDS = "ask_tds"
_DISPUTE = "dispute_commission"
_log = structlog.get_logger("actions")


@dataclass(frozen=True, slots=True)
class Payouts:
    """What actions on payouts work with. `today` is the day in India, `clock` gives seconds since the epoch."""

    database: Database
    persons: Persons
    words: PayoutWords
    dates: DateWords
    reader: PayoutWantedReader
    escalation: Escalation
    today: Callable[[], date]
    clock: Callable[[], float] = time.time

    async def open(self, turn: Turn) -> PayoutReplies | None:
        """Replies from the ledger of the turn's partner; None for who has not proved to be one. Raises
        `StoreUnavailable`."""
        partner = await self.persons.find(turn.conversation)
        if partner is None:
            return None
        today = self.today()
        payouts = await self.database.read(lambda c: list_payouts(c, partner, _MOST))
        return PayoutReplies(PayoutTeller(self.words, self.dates, turn.language, today), payouts, today)

    async def knows(self, turn: Turn) -> bool:
        """Whether the turn is of a partner; not while that cannot be read."""
        try:
            return await self.persons.find(turn.conversation) is not None
        except StoreUnavailable as error:
            _log.warning("payouts_unavailable", reason=str(error))
            return False

    def read(self, turn: Turn, tracker: Tracker) -> PayoutQuery:
        """Which payouts the message asks for."""
        return self.reader.read(turn.text, entity_of(tracker, "date"), self.today())

    def read_on(self, turn: Turn, tracker: Tracker) -> PayoutQuery | None:
        """Which payouts a message asks for that goes on from those just told; None for any other."""
        spoken = self.spoken(turn)
        date_ = entity_of(tracker, "date")
        return self.reader.read_on(turn.text, date_, self.today(), spoken) if spoken else None

    def spoken(self, turn: Turn) -> Spoken | None:
        """What was told of payouts last, if nothing else was answered since and it is not long ago."""
        spoken = Spoken.read(turn.slots.get("payouts_spoken"))
        if spoken is None or self.clock() - spoken.at > KEPT_S or not turn.is_last_told(spoken.at, "payouts_spoken"):
            return None
        return spoken

    def is_of_tds(self, turn: Turn) -> bool:
        """Whether the message asks for TDS, by itself or since it goes on from TDS that was told."""
        if turn.intent == _TDS or self.reader.means_tds(turn.text):
            return True
        spoken = self.spoken(turn)
        return spoken is not None and spoken.is_of_tds and self.reader.goes_on(turn.text)

    def keep(self, reply: Reply, *, is_of_tds: bool = False) -> list[EventType]:
        """Keeps what a reply told, to go on from it."""
        if reply.months is None:
            return []
        return [SlotSet("payouts_spoken", Spoken(at=self.clock(), months=reply.months, is_of_tds=is_of_tds).write())]


class LookUpPayout(Action):
    """Tells of the partner's payouts (`utter_payouts_one`, `_two`, `_months`, `_sale`, `_none` ...) and of the TDS that
    was cut (`_tds`); any other question on TDS is answered from the articles. Of one that is missing it says what
    became of it, and offers a person where that explains nothing. Who has not proved to be a partner gets
    `_unverified`; `_unavailable` says that the ledger cannot be read."""

    def __init__(self, payouts: Payouts, question: Action, topic: AnswerTopic) -> None:
        self._payouts = payouts
        self._question = question
        self._topic = topic

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_look_up_payout"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """One turn."""
        turn = Turn.read(tracker)
        query, is_of_tds = self._payouts.read(turn, tracker), self._payouts.is_of_tds(turn)
        if turn.intent == _TDS and not self._payouts.reader.asks_own_tds(turn.text, entity_of(tracker, "date")):
            goes_on = self._payouts.read_on(turn, tracker)
            if goes_on is None:
                return list(await self._question.run(dispatcher, tracker, domain))
            query = goes_on
        return await self.tell(dispatcher, tracker, query, is_of_tds=is_of_tds)

    async def tell(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, query: PayoutQuery, *, is_of_tds: bool
    ) -> list[EventType]:
        """Tells what is asked for of the payouts, or of the TDS that was cut from them."""
        turn = Turn.read(tracker)

        def choose(replies: PayoutReplies) -> Reply:
            return self._reply(turn, tracker, replies, query, is_of_tds=is_of_tds)

        return await self.say(dispatcher, tracker, choose, is_of_tds=is_of_tds)

    async def say(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        choose: Callable[[PayoutReplies], Reply],
        *,
        is_of_tds: bool = False,
    ) -> list[EventType]:
        """Utters what is chosen of the replies from the partner's ledger."""
        turn = Turn.read(tracker)
        try:
            replies = await self._payouts.open(turn)
        except StoreUnavailable as error:
            return await self._regret(dispatcher, turn, error)
        if replies is None:
            reply = Reply("utter_payouts_unverified")
        else:
            reply = choose(replies)
            await self._payouts.escalation.note(turn, "looked up payouts in the ledger")
        kept = self._payouts.keep(reply, is_of_tds=is_of_tds)
        if turn.intent == _MISSING:
            return [*kept, *await self._report(dispatcher, tracker, turn, reply)]
        _say(dispatcher, reply, is_refused=replies is None)
        if replies is None:
            return []
        offered = [SlotSet("person_offered", True)] if reply.offers_person else []
        return [FORGET_CONTEXT, *kept, *offered, *await close_attempts(self._payouts.escalation, turn)]

    def _reply(
        self, turn: Turn, tracker: Tracker, replies: PayoutReplies, query: PayoutQuery, *, is_of_tds: bool
    ) -> Reply:
        if turn.intent == _MISSING:
            return replies.tell_missing(query)
        if is_of_tds:
            return replies.tell_tax(query)
        lead, person = _named_sale(tracker)
        if not (lead or person):
            is_of_other = self._payouts.reader.asks_of_somebody(turn.text)
            return replace(replies.tell(query), before="utter_payouts_own_only" if is_of_other else None)
        sale = replies.tell_sale(lead, person)
        is_of_nobody = lead is None and sale.card is None and self._payouts.reader.asks_of_person(turn.text)
        return replace(replies.tell(query), before="utter_payouts_own_only") if is_of_nobody else sale

    async def _report(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn, reply: Reply
    ) -> list[EventType]:
        """A payout that is missing: what the ledger cannot settle, or what is reported once more, is a person's."""
        now = self._payouts.clock()
        if reply.offers_person or was_reported(turn, now):
            return await self._topic.offer_person(
                dispatcher, tracker, turn, reply.response, reply.filling, card=reply.card
            )
        _say(dispatcher, reply, is_refused=reply.card is None)
        return [remember_report(turn, now), FORGET_CONTEXT]

    async def _regret(self, dispatcher: CollectingDispatcher, turn: Turn, error: StoreUnavailable) -> list[EventType]:
        _log.warning("payouts_unavailable", reason=str(error))
        try:
            count = await self._payouts.escalation.fail(turn, "failed_action", "the ledger could not be read just now")
        except StoreUnavailable:  # then it cannot be counted either
            dispatcher.utter_message(response="utter_payouts_unavailable", json_message=payload("refused"))
            return []
        return say_or_hand_over(dispatcher, count, "utter_payouts_unavailable", "refused")


class ExplainPayout(Action):
    """Why commission is less than expected, from the ledger (`utter_payouts_less`, `_no_less`, `_explained`,
    `_sale_explained`). `payout_explained` is false where that has nothing to say, or has been said: then the dispute is
    taken down."""

    def __init__(self, payouts: Payouts) -> None:
        self._payouts = payouts

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_explain_payout"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002
    ) -> list[EventType]:
        """One turn."""
        told = await self.tell(dispatcher, tracker)
        return [SlotSet("payout_explained", bool(told)), *told]

    async def tell(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Says it; no events where there is nothing to say, or it has been said."""
        turn, now = replace(Turn.read(tracker), intent=_DISPUTE), self._payouts.clock()
        reply = None if was_reported(turn, now) else await self._explain(turn, tracker)
        if reply is None:
            return []
        _say(dispatcher, reply, is_refused=False)
        await self._payouts.escalation.note(turn, "explained the commission from the ledger")
        lead = entity_of(tracker, "lead_reference") or entity_of(tracker, "person")
        told = remember_report(turn, now, lead=lead, date=entity_of(tracker, "date"))
        return [told, FORGET_CONTEXT, *self._payouts.keep(reply)]

    async def _explain(self, turn: Turn, tracker: Tracker) -> Reply | None:
        try:
            replies = await self._payouts.open(turn)
        except StoreUnavailable as error:
            _log.warning("payouts_unavailable", reason=str(error))
            return None
        query, spoken = self._payouts.read(turn, tracker), self._payouts.spoken(turn)
        if query.period is None and spoken is not None and self._payouts.reader.is_short(turn.text):
            query = PayoutQuery(spoken.months)  # "aur ye kam kyun aaya"
        return replies.explain(query, *_named_sale(tracker)) if replies else None


def _named_sale(tracker: Tracker) -> tuple[str | None, str]:
    """The lead and the customer that the message names."""
    reference = entity_of(tracker, "lead_reference")
    return lead_reference(reference) if reference else None, entity_of(tracker, "person")


def _say(dispatcher: CollectingDispatcher, reply: Reply, *, is_refused: bool) -> None:
    if reply.before:
        dispatcher.utter_message(response=reply.before, json_message=payload("answered"))
    carried = payload("refused" if is_refused else "answered", card=reply.card)
    dispatcher.utter_message(response=reply.response, json_message=carried, **reply.filling)
