"""A message that goes on from leads just told or listed: "aur dikhao", "home loan wali", "and Ramesh's?"."""

from collections.abc import Iterable
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.forms import entity_of
from actions.lead_look_up import LookUpLead
from actions.leads import Leads
from actions.turn import Turn
from saathi.leads.spoken import Spoken
from saathi.leads.wanted import Wanted

_MORE = "action_answer_more"
_ANSWERING = frozenset({"action_answer_question", "action_answer_topic", "action_compare_products"})
_OTHERS = frozenset({"action_answer_follow_up", "action_nothing_to_choose", "action_not_understood"})
_FEW_WORDS = 5  # a message with more of them says what it is about


def take_up_leads(actions: Iterable[Action], leads: Leads) -> list[Action]:
    """These actions; what would go on from an article, or could not, looks first whether it goes on from leads."""
    look_up = LookUpLead(leads)
    going_on = {_MORE, *_ANSWERING, *_OTHERS}
    return [GoOnWithLeads(leads, look_up, one) if one.name() in going_on else one for one in actions]


class GoOnWithLeads(Action):
    """More of the leads that were spoken of last, or one of them; anything else is `otherwise`'s, under whose name it
    stands. They count for half an hour, and until something else has answered."""

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
        if spoken and self.name() == _MORE and not self._leads.reader.means_last(turn.text):
            return await self._look_up.go_on(dispatcher, turn, spoken)
        wanted = self._read(turn, tracker, spoken) if spoken else None
        if wanted is not None:
            return await self._look_up.tell(dispatcher, tracker, wanted)
        done: list[EventType] = await self._otherwise.run(dispatcher, tracker, domain)
        return done

    def _read(self, turn: Turn, tracker: Tracker, spoken: Spoken) -> Wanted | None:
        """The leads that a short message names, or picks of those listed; None when it is about something else."""
        if self.name() == _MORE:
            return self._leads.read(turn, tracker)
        is_named = any(entity_of(tracker, kind) for kind in ("lead_reference", "person", "phone_ending"))
        if is_named and self.name() in _OTHERS and len(turn.text.split()) <= _FEW_WORDS:
            return self._leads.read(turn, tracker)
        reader = self._leads.reader
        is_pick = spoken.query is not None and reader.picks(turn.text)
        if is_pick and (reader.find_kinds(turn.text) or reader.find_stages(turn.text)):
            return self._leads.read(turn, tracker)
        return None
