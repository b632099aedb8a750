"""A message that goes on from a calculation: the same one with another figure ("and in 5 years?")."""

import time
from collections.abc import Callable
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.calculators import Calculate, plain, tell_faults
from actions.forms import corrected, is_correction, mark_unfinished
from actions.turn import KEPT_S
from saathi.calculators.catalog import Calculator, find_calculator
from saathi.calculators.reading import Reader
from saathi.calculators.words import Words

_FOLLOW_UP = "action_answer_follow_up"


def take_up_results(answering: list[Action], calculating: list[Action]) -> list[Action]:
    """All of these actions; what answers a follow-up from the articles looks for one of a result before."""
    (calculate,) = (action for action in calculating if isinstance(action, Calculate))
    reader = Reader(Words.load())
    return [
        *(GoOn(calculate, reader, action) if action.name() == _FOLLOW_UP else action for action in answering),
        *calculating,
    ]


class GoOn(Action):
    """Works out the last result once more with the figures of the message; anything else is `otherwise`'s, under whose
    name it stands. A result counts for half an hour, and until an article has answered after it."""

    def __init__(
        self, calculate: Calculate, reader: Reader, otherwise: Action, clock: Callable[[], float] = time.time
    ) -> None:
        self._calculate = calculate
        self._reader = reader
        self._otherwise = otherwise
        self._clock = clock

    def name(self) -> str:
        """The action's name in the domain."""
        return str(self._otherwise.name())

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """One turn."""
        calculator, values = self._find_last(tracker)
        text = str(tracker.latest_message.get("text") or "")
        changed = (
            self._reader.changes(corrected(text) if is_correction(text) else text, calculator) if calculator else {}
        )
        if calculator is None or not changed:
            done: list[EventType] = await self._otherwise.run(dispatcher, tracker, domain)
            return done
        given = {**values, **{name: plain(value) for name, value in changed.items()}}
        if tell_faults(dispatcher, calculator, given):
            mark_unfinished(dispatcher)
            return []
        return await self._calculate.say(dispatcher, tracker, calculator, given)

    def _find_last(self, tracker: Tracker) -> tuple[Calculator | None, dict[str, Any]]:
        kept = tracker.slots.get("calculated") or {}
        answered_at = float((tracker.slots.get("context") or {}).get("at") or 0.0)
        at = float(kept.get("at") or 0.0)
        if at < answered_at or self._clock() - at > KEPT_S:
            return None, {}
        return find_calculator(kept.get("calculator")), dict(kept.get("values") or {})
