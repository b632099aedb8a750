"""Rasa's message processor with a turn that either succeeds as a whole or raises."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from rasa.core.actions.action import Action, ActionExecutionRejection
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.core.policies.memoization import MemoizationPolicy
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import TrackerStore
from rasa.engine import loader
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.storage import ModelMetadata
from rasa.exceptions import ActionLimitReached
from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.core.constants import ACTION_EXTRACT_SLOTS, REQUESTED_SLOT
from rasa.shared.core.events import ActionExecutionRejected, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.utils.common import TempDirectoryPath, get_temp_dir_name

from bot.action_server import ActionServer
from bot.actions import ActionBook
from bot.errors import RequestError
from bot.runner import DirectGraphRunner
from bot.tracker import ConversationTracker
from bot.turn import CallersChannel, TurnRequest, actions_in, replies_in
from bot.wording import SentenceWording

_CHOICE = "choose_option"


@dataclass
class _Clock:
    """Seconds that a turn spent on understanding and on actions."""

    begun: float
    nlu: float = 0.0
    actions: float = 0.0

    def milliseconds(self) -> dict[str, float]:
        spent = {"nlu": self.nlu, "actions": self.actions, "total": time.perf_counter() - self.begun}
        return {stage: round(seconds * 1000, 2) for stage, seconds in spent.items()}


class TurnProcessor(MessageProcessor):
    """A loaded model that takes turns on trackers it is given. It neither loads nor saves trackers.

    Where stock Rasa logs an action's failure and goes on, this one raises.
    """

    def __init__(self, model: Path, server: ActionServer) -> None:
        """Load the model archive `model` (a second or so of work); its actions run on `server`."""
        # the plain TrackerStore raises on every use: a stray save must not pass for one
        super().__init__(model, TrackerStore(None), InMemoryLockStore(), SentenceWording({}))
        self.nlg = SentenceWording(self.domain.responses)
        self._book = ActionBook(self.domain, server)
        self._depth = _longest_look_back(self.graph_runner)

    @staticmethod
    def _load_model(model_path: Path) -> tuple[str, ModelMetadata, DirectGraphRunner]:
        with TempDirectoryPath(get_temp_dir_name()) as folder:
            metadata, runner = loader.load_predict_graph_runner(
                Path(folder), model_path, LocalModelStorage, DirectGraphRunner
            )
        return model_path.name, metadata, runner

    def new_tracker(self, conversation: str) -> ConversationTracker:
        """Return an empty tracker of this model's domain."""
        return ConversationTracker(conversation, self.domain, self._depth)

    async def take_turn(self, request: TurnRequest, tracker: ConversationTracker) -> tuple[list[Event], dict[str, Any]]:
        """Change `tracker` by one turn; return the turn's events and the door's answer without `repeated`.

        Raises RequestError for slots or payloads that the model does not know, ActionError for a failed action.
        """
        clock = _Clock(time.perf_counter())
        channel = CallersChannel(request.channel)
        before = len(tracker.events)
        await self._update_tracker_session(tracker, channel)
        self._set_slots(tracker, request.slots)
        tracker.update(self._understand(request, tracker, clock), self.domain)
        await self.run_action_extract_slots(channel, tracker)
        await self._run_predictions(channel, tracker, clock)
        events = list(islice(tracker.events, before, None))
        return events, self._answer(events, tracker, clock)

    def _answer(self, events: list[Event], tracker: DialogueStateTracker, clock: _Clock) -> dict[str, Any]:
        spoken = next(event for event in events if isinstance(event, UserUttered))
        return {
            "replies": replies_in(events),
            "intent": {"name": spoken.intent_name, "confidence": spoken.intent.get(PREDICTED_CONFIDENCE_KEY)},
            "sentiment": spoken.parse_data.get("sentiment"),
            "entities": [{"entity": e["entity"], "value": e["value"]} for e in spoken.entities],
            "slots": {name: value for name, value in tracker.current_slot_values().items() if value is not None},
            "actions": actions_in(events),
            "model": self.model_metadata.model_id,
            "milliseconds": clock.milliseconds(),
        }

    async def _update_tracker_session(
        self, tracker: DialogueStateTracker, output_channel: OutputChannel, metadata: dict[str, Any] | None = None
    ) -> None:
        if not tracker.events or self._has_session_expired(tracker):
            await super()._update_tracker_session(tracker, output_channel, metadata)

    def _set_slots(self, tracker: DialogueStateTracker, slots: dict[str, Any]) -> None:
        unknown = slots.keys() - tracker.slots.keys()
        if unknown:
            raise RequestError(f"the model has no slot {', '.join(sorted(unknown))}")
        for name, value in slots.items():
            if tracker.get_slot(name) != value:
                tracker.update(SlotSet(name, value), self.domain)

    def _understand(self, request: TurnRequest, tracker: DialogueStateTracker, clock: _Clock) -> UserUttered:
        begun = time.perf_counter()
        metadata = {"turn": request.turn, "channel": request.channel}
        if request.payload is not None and request.payload.startswith(INTENT_MESSAGE_PREFIX):
            parsed = self._read_payload(request.payload)
        else:  # a button's payload may be plain words, as everywhere in Rasa
            said = request.text or request.payload
            message = UserMessage(said, message_id=request.message_id, metadata=metadata)
            parsed = self._parse_message_with_graph(message, tracker)
            if self._is_asked_choice(str(said), tracker):
                parsed = {**parsed, INTENT: {INTENT_NAME_KEY: _CHOICE, PREDICTED_CONFIDENCE_KEY: 1.0}}
        clock.nlu += time.perf_counter() - begun
        return UserUttered(
            parsed[TEXT],
            parsed[INTENT],
            parsed[ENTITIES],
            parsed,
            input_channel=request.channel,
            message_id=request.message_id,
            metadata=metadata,
        )

    def _is_asked_choice(self, said: str, tracker: DialogueStateTracker) -> bool:
        """Whether the message is one of the choices that the form has just offered: then it means nothing else."""
        asking = f"utter_ask_{tracker.active_loop_name}_{tracker.get_slot(REQUESTED_SLOT)}"
        offered = (
            button for variation in self.domain.responses.get(asking, []) for button in variation.get("buttons") or []
        )
        return _CHOICE in self.domain.intents and any(button.get("payload") == said for button in offered)

    def _read_payload(self, payload: str) -> dict[str, Any]:
        """Read a command with Rasa's own pattern; only payloads that the gateway kept come here."""
        parsed = YAMLStoryReader.unpack_regex_message(Message({TEXT: payload}), self.domain).as_dict()
        if INTENT not in parsed:
            raise RequestError("the payload names no intent of the model")
        return parsed

    def _parse_message_with_graph(
        self, message: UserMessage, tracker: DialogueStateTracker, only_output_properties: bool = True
    ) -> dict[str, Any]:
        """Understand typed text: the graph without its last node, which would take text from `/` on as a command."""
        target = self.graph_runner.needs_of(self.model_metadata.nlu_target)["messages"]
        inputs = {PLACEHOLDER_MESSAGE: [message], PLACEHOLDER_TRACKER: tracker}
        understood = self.graph_runner.run(inputs=inputs, targets=[target])[target][0]
        nothing = {TEXT: "", INTENT: {INTENT_NAME_KEY: None, PREDICTED_CONFIDENCE_KEY: 0.0}, ENTITIES: []}
        return {**nothing, **understood.as_dict(only_output_properties=only_output_properties)}

    async def run_action_extract_slots(
        self, output_channel: OutputChannel, tracker: DialogueStateTracker
    ) -> DialogueStateTracker:
        """Set the slots that their mappings fill from the message."""
        events = await self._get_action(ACTION_EXTRACT_SLOTS).run(output_channel, self.nlg, tracker, self.domain)
        tracker.update_with_events(events, self.domain)
        return tracker

    async def _run_predictions(self, channel: OutputChannel, tracker: DialogueStateTracker, clock: _Clock) -> None:
        listening = False
        while not listening and self._should_handle_message(tracker):
            action, prediction = self.predict_next_with_tracker_if_should(tracker)
            begun = time.perf_counter()
            listening = not await self._run_action(action, tracker, channel, self.nlg, prediction)
            clock.actions += time.perf_counter() - begun

    def predict_next_with_tracker_if_should(self, tracker: DialogueStateTracker) -> tuple[Action, PolicyPrediction]:
        """Ask the policies; raises ActionLimitReached for a turn that runs in circles."""
        may_go_on = self.should_predict_another_action(tracker.latest_action_name)
        if self.is_action_limit_reached(tracker, may_go_on):
            raise ActionLimitReached("The limit of actions to predict has been reached.")
        prediction = self._predict_next_with_tracker(tracker)
        name = self.domain.action_names_or_texts[prediction.max_confidence_index]
        return self._get_action(name), prediction

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        prediction: PolicyPrediction,
    ) -> bool:
        """Run one action; failures are raised. Return whether another prediction follows."""
        trial = tracker.copy()
        trial.update_with_events(prediction.events, self.domain)
        try:
            events = await action.run(output_channel, nlg, trial, self.domain)
        except ActionExecutionRejection:
            rejected = ActionExecutionRejected(action.name(), prediction.policy_name, prediction.max_confidence)
            tracker.update(rejected, self.domain)
            return self.should_predict_another_action(action.name())
        self._log_action_on_tracker(tracker, action, events, prediction)
        if any(isinstance(event, UserUttered) for event in events):
            await self.run_action_extract_slots(output_channel, tracker)
        return self.should_predict_another_action(action.name())

    def _log_action_on_tracker(
        self,
        tracker: DialogueStateTracker,
        action: Action,
        events: list[Event] | None,
        prediction: PolicyPrediction,
    ) -> None:
        """Put what an action did on the tracker, without stock Rasa's deep copies for debug lines."""
        events = events or []
        if not any(isinstance(event, ActionExecutionRejected) for event in events):
            tracker.update_with_events(prediction.events, self.domain)
            tracker.update(action.event_for_successful_execution(prediction), self.domain)
        tracker.update_with_events(events, self.domain)

    def _get_action(self, action_name: str) -> Action:
        return self._book.get(action_name)


def _longest_look_back(runner: DirectGraphRunner) -> int:
    """Return how many states the policies of a model look back on at most."""
    policies = [component for component in runner.components() if isinstance(component, MemoizationPolicy)]
    histories = [policy.config.get("max_history") or 0 for policy in policies]
    rules = [len(json.loads(key)) for policy in policies for key in policy.lookup.get("rules", {})]
    return max([*histories, *rules, 2]) + 1
