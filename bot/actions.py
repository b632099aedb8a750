"""The actions of a loaded model: Rasa's own, with every call to the action server going through ours.

Stock Rasa builds all default actions anew for each lookup, sends the whole tracker and domain with each call, and
lets failures pass in silence.
"""

from __future__ import annotations

from typing import Any

import rasa
from rasa.core.actions import action as stock
from rasa.core.actions.action import Action
from rasa.core.actions.forms import FormAction
from rasa.core.channels.channel import OutputChannel
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.shared.constants import UTTER_PREFIX
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity

from bot.action_server import ActionServer
from bot.errors import ActionError

# What a response may carry beside its text; the rest of an action's keywords fills the wording's variables.
_CONTENT = ("elements", "quick_replies", "buttons", "attachment", "image", "custom")


class ActionBook:
    """Looks actions up by name for one domain and makes each of them once."""

    def __init__(self, domain: Domain, server: ActionServer) -> None:
        """Work out what every call to the action server repeats."""
        self._domain = domain
        self._server = server
        raw = domain.as_dict()
        # rasa-sdk's form validation reads these two and nothing else of the domain
        self._sent_domain = {"slots": raw.get("slots", {}), "forms": raw.get("forms", {})}
        self._made: dict[str, Action] = {}

    def get(self, name: str) -> Action:
        """Return the action; raises ActionNotFoundException where the domain has none of that name."""
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def _make(self, name: str) -> Action:
        found = stock.action_for_name_or_text(name, self._domain, None)
        if isinstance(found, stock.RemoteAction):
            return RemoteAction(name, self)
        if isinstance(found, FormAction):
            return Form(name, self)
        if isinstance(found, stock.ActionExtractSlots):
            return ExtractSlots(self)
        return found

    async def call(
        self, name: str, channel: OutputChannel, nlg: NaturalLanguageGenerator, tracker: DialogueStateTracker
    ) -> list[Event]:
        """Run `name` on the action server and put its responses into words.

        Raises ActionError where it fails, ActionExecutionRejection where it rejects to run.
        """
        answer = await self._server.call(self._call_of(name, tracker))
        strange = {event.key for event in answer.events if isinstance(event, SlotSet)} - tracker.slots.keys()
        if strange:
            raise ActionError(f"action '{name}': the domain has no slot {', '.join(map(str, strange))}")
        worded = _with_language(tracker, answer.events)
        uttered = [await _utter(name, response, channel, nlg, worded) for response in answer.responses]
        return [*uttered, *answer.events]

    def _call_of(self, name: str, tracker: DialogueStateTracker) -> dict[str, Any]:
        state = tracker.current_state(EventVerbosity.NONE)
        message = tracker.latest_message
        if message is not None:
            named = {"message_id": message.message_id, "metadata": message.metadata}
            state["latest_message"] = {**(state["latest_message"] or {}), **named}
        state["events"] = [event.as_dict() for event in _current_turn(tracker)]
        return {
            "next_action": name,
            "sender_id": tracker.sender_id,
            "tracker": state,
            "domain": self._sent_domain,
            "version": rasa.__version__,
        }


class RemoteAction(Action):
    """An action of the action server."""

    def __init__(self, name: str, book: ActionBook) -> None:
        """Make the action `name`, run through `book`."""
        self._name = name
        self._book = book

    def name(self) -> str:
        """Return the action's name."""
        return self._name

    async def run(
        self,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        tracker: DialogueStateTracker,
        domain: Domain,  # noqa: ARG002 - Rasa's signature
    ) -> list[Event]:
        """Run it; raises ActionError where that fails."""
        return await self._book.call(self._name, output_channel, nlg, tracker)


class Form(FormAction):
    """Rasa's form whose validation and questions run through the book."""

    def __init__(self, name: str, book: ActionBook) -> None:
        """Make the form `name`."""
        super().__init__(name, None)
        self._book = book

    async def validate_slots(
        self,
        slot_candidates: dict[str, Any],
        tracker: DialogueStateTracker,
        domain: Domain,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
    ) -> list[Event]:
        """Let `validate_<form>` judge the candidates, where the domain has it."""
        name = f"validate_{self.name()}"
        if name not in domain.action_names_or_texts:
            return []
        candidates: list[Event] = [SlotSet(slot, value) for slot, value in slot_candidates.items()]
        judged = self._temporary_tracker(tracker, candidates, domain)
        return await self._book.call(name, output_channel, nlg, judged)

    async def _ask_for_slot(
        self,
        domain: Domain,
        nlg: NaturalLanguageGenerator,
        output_channel: OutputChannel,
        slot_name: str,
        tracker: DialogueStateTracker,
    ) -> list[Event]:
        name = self._name_of_utterance(domain, slot_name)
        return await self._book.get(name).run(output_channel, nlg, tracker, domain) if name else []


class ExtractSlots(stock.ActionExtractSlots):
    """Rasa's slot extraction; a custom mapping whose action fails, fails the turn."""

    def __init__(self, book: ActionBook) -> None:
        """Make the action."""
        super().__init__(None)
        self._book = book

    async def _run_custom_action(
        self,
        custom_action: str,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        tracker: DialogueStateTracker,
        domain: Domain,  # noqa: ARG002 - Rasa's signature
    ) -> list[Event]:
        events = await self._book.call(custom_action, output_channel, nlg, tracker)
        return [event for event in events if isinstance(event, (SlotSet, BotUttered))]


def _with_language(tracker: DialogueStateTracker, events: list[Event]) -> DialogueStateTracker:
    """Return the tracker with the language that an action has just set: its own words are the first in it."""
    chosen = [event for event in events if isinstance(event, SlotSet) and event.key == "language"]
    if not chosen:
        return tracker
    worded = tracker.copy()
    for event in chosen:
        worded.update(event)
    return worded


def _current_turn(tracker: DialogueStateTracker) -> list[Event]:
    """Return the events from the last user message on."""
    turn: list[Event] = []
    for event in reversed(tracker.events):
        turn.append(event)
        if isinstance(event, UserUttered):
            break
    return turn[::-1]


async def _utter(
    action: str,
    response: dict[str, Any],
    channel: OutputChannel,
    nlg: NaturalLanguageGenerator,
    tracker: DialogueStateTracker,
) -> BotUttered:
    name = response.get("response")
    draft: dict[str, Any] = {}
    if name:
        variables = {key: value for key, value in response.items() if key not in ("response", "template")}
        found = await nlg.generate(name, tracker, channel.name(), **variables)
        if found is None:
            raise ActionError(f"action '{action}': no variation of the response '{name}' fits channel and slots")
        draft = found
    data = {key: response.get(key) or draft.get(key) for key in _CONTENT}
    offered = [await _title(button, channel, nlg, tracker) for button in response.get("buttons") or []]
    data["buttons"] = [*(draft.get("buttons") or []), *offered] or None
    metadata = {"utter_action": name} if name else {}
    return BotUttered(response.get("text") or draft.get("text"), data, metadata)


async def _title(
    button: dict[str, Any], channel: OutputChannel, nlg: NaturalLanguageGenerator, tracker: DialogueStateTracker
) -> dict[str, Any]:
    """Put a button into words whose title names a response: an action has no words of its own."""
    title = str(button.get("title"))
    if not title.startswith(UTTER_PREFIX):
        return button
    found = await nlg.generate(title, tracker, channel.name())
    return {**button, "title": found["text"]} if found else button
