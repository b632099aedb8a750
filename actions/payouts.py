"""Money in chat: `action_look_up_payout` tells of payouts and of the TDS cut from them, `action_explain_payout` why one
is less than expected."""

import time
from collections.abc import Callable
from dataclasses import dataclass
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
from actions.turn import Turn, payload
from saathi.dates import DateWords
from saathi.payouts.reading import list_payouts
from saathi.payouts.telling import PayoutTeller
from saathi.payouts.wanted import PayoutQuery, PayoutWantedReader
from saathi.payouts.words import PayoutWords
from saathi.references import lead_reference
from saathi.store import Database, StoreUnavailable

_MOST = 24  # payouts that are looked through: this tax year and the one before
_MISSING = "report_payout_missing"
_TDS = "ask_tds"
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

    def read(self, turn: Turn, tracker: Tracker) -> PayoutQuery:
        """Which payouts the message asks for."""
        return self.reader.read(turn.text, entity_of(tracker, "date"), self.today())


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
        if turn.intent == _TDS and not self._payouts.reader.asks_own_tds(turn.text):
            return list(await self._question.run(dispatcher, tracker, domain))
        try:
            replies = await self._payouts.open(turn)
        except StoreUnavailable as error:
            return await self._regret(dispatcher, turn, error)
        reply = self._reply(turn, tracker, replies) if replies else Reply("utter_payouts_unverified")
        if replies is not None:
            await self._payouts.escalation.note(turn, "looked up payouts in the ledger")
        if turn.intent == _MISSING:
            return await self._report(dispatcher, tracker, turn, reply)
        _say(dispatcher, reply, is_refused=replies is None)
        if replies is None:
            return []
        return [FORGET_CONTEXT, *await close_attempts(self._payouts.escalation, turn)]

    def _reply(self, turn: Turn, tracker: Tracker, replies: PayoutReplies) -> Reply:
        query = self._payouts.read(turn, tracker)
        if turn.intent == _MISSING:
            return replies.tell_missing(query)
        if turn.intent == _TDS or self._payouts.reader.means_tds(turn.text):
            return replies.tell_tax(query)
        lead, person = _named_sale(tracker)
        return replies.tell_sale(lead, person) if lead or person else replies.tell(query)

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
        turn, now = Turn.read(tracker), self._payouts.clock()
        reply = None if was_reported(turn, now) else await self._explain(turn, tracker)
        if reply is None:
            return [SlotSet("payout_explained", False)]
        _say(dispatcher, reply, is_refused=False)
        await self._payouts.escalation.note(turn, "explained the commission from the ledger")
        lead = entity_of(tracker, "lead_reference") or entity_of(tracker, "person")
        told = remember_report(turn, now, lead=lead, date=entity_of(tracker, "date"))
        return [SlotSet("payout_explained", True), told, FORGET_CONTEXT]

    async def _explain(self, turn: Turn, tracker: Tracker) -> Reply | None:
        try:
            replies = await self._payouts.open(turn)
        except StoreUnavailable as error:
            _log.warning("payouts_unavailable", reason=str(error))
            return None
        return replies.explain(self._payouts.read(turn, tracker), *_named_sale(tracker)) if replies else None


def _named_sale(tracker: Tracker) -> tuple[str | None, str]:
    """The lead and the customer that the message names."""
    reference = entity_of(tracker, "lead_reference")
    return lead_reference(reference) if reference else None, entity_of(tracker, "person")


def _say(dispatcher: CollectingDispatcher, reply: Reply, *, is_refused: bool) -> None:
    carried = payload("refused" if is_refused else "answered", card=reply.card)
    dispatcher.utter_message(response=reply.response, json_message=carried, **reply.filling)
