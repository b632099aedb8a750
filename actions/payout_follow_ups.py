"""A message that goes on from payouts just told: "aur September ka?", "and the month before?", "uska TDS?"."""

from collections.abc import Callable, Iterable
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.forms import entity_of, is_surely_unhelped
from actions.payout_replies import PayoutReplies, Reply
from actions.payouts import ExplainPayout, LookUpPayout, Payouts
from actions.turn import Turn
from saathi.payouts.model import LineKind
from saathi.payouts.spoken import Spoken
from saathi.payouts.wanted import PayoutQuery

_AGAIN = "action_repeat_answer"
_GENERAL = "ask_payout"
_NOT_HELPFUL = "action_not_helpful"
_OTHERS = frozenset(
    {"action_answer_follow_up", "action_answer_more", _AGAIN, "action_nothing_to_choose", "action_not_understood"}
)
# What would answer a question on the payout that was told from an article, or from leads.
_BESIDE = frozenset(
    {"action_answer_question", "action_answer_topic", "action_look_up_lead", "action_look_up_payout", _NOT_HELPFUL}
)


def take_up_payouts(
    actions: Iterable[Action], payouts: Payouts, look_up: LookUpPayout, explain: ExplainPayout
) -> list[Action]:
    """These actions; what would go on from an article, or could not, looks first whether it goes on from payouts."""
    going_on = _OTHERS | _BESIDE
    return [GoOnWithPayouts(payouts, look_up, explain, one) if one.name() in going_on else one for one in actions]


class GoOnWithPayouts(Action):
    """The payout, or the TDS, of another time than was told last, or the same again, or why it is so little, or a line
    of it, or what is to be done about it; anything else is `otherwise`'s, under whose name it stands. What was told
    counts for half an hour, and until something else has answered."""

    def __init__(self, payouts: Payouts, look_up: LookUpPayout, explain: ExplainPayout, otherwise: Action) -> None:
        self._payouts = payouts
        self._look_up = look_up
        self._explain = explain
        self._otherwise = otherwise

    def name(self) -> str:
        """The action's name in the domain."""
        return str(self._otherwise.name())

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """One turn."""
        turn = Turn.read(tracker)
        spoken = self._payouts.spoken(turn)
        choose = self._read_point(turn, tracker, spoken) if spoken else None
        if choose is None and turn.intent == _GENERAL and self._payouts.reader.asks_own_coming(turn.text):
            is_known = await self._payouts.knows(turn)
            choose = PayoutReplies.tell_coming if is_known else None
        if choose is not None:
            return await self._look_up.say(dispatcher, tracker, choose)
        if self.name() in _BESIDE:
            beside: list[EventType] = await self._otherwise.run(dispatcher, tracker, domain)
            return beside
        if spoken and self._payouts.reader.asks_why_less(turn.text):
            told = await self._explain.tell(dispatcher, tracker)
            if told:
                return told
        query = self._payouts.read_on(turn, tracker)
        if spoken and query is None and self.name() == _AGAIN:
            query = PayoutQuery(spoken.months)
        if spoken is None or query is None:
            done: list[EventType] = await self._otherwise.run(dispatcher, tracker, domain)
            return done
        is_of_tds = spoken.is_of_tds or self._payouts.is_of_tds(turn)
        return await self._look_up.tell(dispatcher, tracker, query, is_of_tds=is_of_tds)

    def _read_point(self, turn: Turn, tracker: Tracker, spoken: Spoken) -> Callable[[PayoutReplies], Reply] | None:
        """The reply to a question on a line of the payout that was told, or on what is to be done; None for any other,
        and where another time, sale or lead is named."""
        is_of_another = any(entity_of(tracker, kind) for kind in ("date", "lead_reference", "person"))
        if is_of_another or is_surely_unhelped(self.name(), tracker):
            return None
        reader, months = self._payouts.reader, spoken.months
        if reader.asks_step(turn.text):
            return lambda replies: replies.tell_step(months)
        kinds = reader.find_lines(turn.text)
        if kinds == {LineKind.TDS}:
            return lambda replies: replies.tell_tax(PayoutQuery(months))
        return (lambda replies: replies.tell_lines(months, kinds)) if kinds else None
