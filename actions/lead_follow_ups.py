"""A message that goes on from leads just told or listed: "aur dikhao", "home loan wali", "and Ramesh's?"."""

from collections.abc import Iterable
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.forms import entity_of, is_surely_unhelped
from actions.lead_look_up import LookUpLead
from actions.leads import Leads
from actions.turn import Turn
from saathi.leads.model import LeadQuery
from saathi.leads.spoken import Spoken
from saathi.leads.wanted import Wanted

_MORE, _AGAIN = "action_answer_more", "action_repeat_answer"
_ANSWERING = frozenset({"action_answer_question", "action_answer_topic", "action_compare_products"})
_OTHERS = frozenset({"action_answer_follow_up", "action_nothing_to_choose", "action_not_understood"})
_LOOK_UP, _NOT_HELPFUL = "action_look_up_lead", "action_not_helpful"
_NAMING = ("lead_reference", "person", "phone_ending")
_FEW_WORDS = 5  # a message with more of them says what it is about


def take_up_leads(actions: Iterable[Action], leads: Leads) -> list[Action]:
    """These actions; what would go on from an article, or could not, looks first whether it goes on from leads."""
    look_up = LookUpLead(leads)
    going_on = {_MORE, _AGAIN, _LOOK_UP, _NOT_HELPFUL, *_ANSWERING, *_OTHERS}
    return [GoOnWithLeads(leads, look_up, one) if one.name() in going_on else one for one in actions]


class GoOnWithLeads(Action):
    """More of the leads that were spoken of last, or one of them, or a question on it, or the same again; anything else
    is `otherwise`'s, under whose name it stands. They count for half an hour, and until something else has answered."""

    def __init__(self, leads: Leads, look_up: LookUpLead, otherwise: Action) -> None:
        self._leads = leads
        self._look_up = look_up
        self._otherwise = otherwise

    def name(self) -> str:
        """The action's name in the domain."""
        return str(self._otherwise.name())

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """One turn."""
        turn = Turn.read(tracker)
        spoken = self._leads.spoken(turn)
        meant = self._find_meant(turn, tracker, spoken) if spoken else None
        if meant:
            return await self._look_up.tell(dispatcher, tracker, Wanted(LeadQuery(reference=meant)))
        if spoken and self.name() == _MORE and self._goes_on(turn, tracker, spoken):
            return await self._look_up.go_on(dispatcher, turn, spoken)
        wanted = self._read(turn, tracker, spoken) if spoken else None
        if spoken and wanted is None and self.name() in _OTHERS | _ANSWERING:
            wanted = await self._look_up.find_by_name_alone(turn, tracker)
        if wanted is not None:
            return await self._look_up.tell(dispatcher, tracker, wanted)
        done: list[EventType] = await self._otherwise.run(dispatcher, tracker, domain)
        return done

    def _find_meant(self, turn: Turn, tracker: Tracker, spoken: Spoken) -> str | None:
        """The lead that the message asks about without naming it: the one just told, the first of a ranking when it is
        asked why, the one at a place of a list; None when it names one, or is about something else."""
        is_named = any(entity_of(tracker, kind) for kind in _NAMING)
        if is_named or turn.text.startswith("/") or is_surely_unhelped(self.name(), tracker):
            return None
        following = self._leads.following
        if spoken.told:
            asks = following.asks_of_one(turn.text) or following.asks_why(turn.text)
            return spoken.told if asks else None
        if spoken.query and spoken.query.best_first and spoken.shown and following.asks_why(turn.text):
            return spoken.shown[0]
        place = following.read_place(turn.text, len(spoken.shown))
        return spoken.shown[place] if place is not None else None

    def _goes_on(self, turn: Turn, tracker: Tracker, spoken: Spoken) -> bool:
        """Whether more is asked for, and not some leads of another sort."""
        reader = self._leads.reader
        is_named = any(entity_of(tracker, kind) for kind in _NAMING)
        if is_named or reader.means_last(turn.text):
            return False
        return spoken.query is None or self._leads.following.asks_more(turn.text) or not reader.is_sort(turn.text)

    def _read(self, turn: Turn, tracker: Tracker, spoken: Spoken) -> Wanted | None:
        """The leads that a short message names, or picks of those listed; None when it is about something else."""
        if self.name() in {_LOOK_UP, _NOT_HELPFUL}:
            return None
        if self.name() == _MORE:
            return self._leads.read(turn, tracker)
        if self.name() == _AGAIN:
            return Wanted(spoken.query or LeadQuery(reference=spoken.told))
        is_named = any(entity_of(tracker, kind) for kind in _NAMING)
        if is_named and self.name() in _OTHERS and len(turn.text.split()) <= _FEW_WORDS:
            return self._leads.read(turn, tracker)
        reader = self._leads.reader
        # of those listed, or, where nothing else would take it, another lead than the one told
        is_pick = reader.picks(turn.text) and (spoken.query is not None or self.name() in _OTHERS)
        points = (reader.find_kinds(turn.text), reader.find_stages(turn.text), reader.find_products(turn.text))
        if is_pick and any(points):
            return self._leads.read(turn, tracker)
        return None
