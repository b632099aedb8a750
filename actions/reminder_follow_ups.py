"""A message that goes on from a reminder just set: "make it 2 o'clock", "nahi, parso", "remove that reminder"."""

from collections.abc import Iterable
from typing import Any

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.reminders import Reminders
from actions.turn import Turn
from saathi.crm.port import CrmUnavailable
from saathi.store import StoreUnavailable

_OTHERS = frozenset(
    {"action_answer_follow_up", "action_answer_more", "action_answer_question", "action_nothing_to_choose",
     "action_not_understood", "action_not_helpful", "action_undo_change", "action_list_reminders"}
)  # fmt: skip
_log = structlog.get_logger("actions")


def take_up_reminders(actions: Iterable[Action], reminders: Reminders) -> list[Action]:
    """These actions; what would go on from something else, or could not, looks first whether a reminder is moved."""
    return [GoOnWithReminder(reminders, one) if one.name() in _OTHERS else one for one in actions]


class GoOnWithReminder(Action):
    """Another moment for the reminder just set, or the end of it; anything else is `otherwise`'s, under whose name it
    stands."""

    def __init__(self, reminders: Reminders, otherwise: Action) -> None:
        self._reminders = reminders
        self._otherwise = otherwise

    def name(self) -> str:
        """The action's name in the domain."""
        return str(self._otherwise.name())

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """One turn."""
        try:
            moved = await self._reminders.take_up(dispatcher, Turn.read(tracker))
        except (CrmUnavailable, StoreUnavailable) as error:
            _log.warning("reminder_not_moved", reason=str(error))
            moved = None
        if moved is not None:
            return moved
        done: list[EventType] = await self._otherwise.run(dispatcher, tracker, domain)
        return done
