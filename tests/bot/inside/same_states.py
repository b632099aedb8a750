"""Compares what policies see of our tracker with what they see of Rasa's: `same_states.py MODELS`."""

import json
import random
import sys
from pathlib import Path
from typing import Any

from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActionReverted,
    ActiveLoop,
    BotUttered,
    Event,
    FollowupAction,
    Restarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.action_server import ActionServer
from bot.models import newest_model
from bot.processor import TurnProcessor
from bot.tracker import state_as_events

RULE_ONLY = {"rule_only_slots": ["day"], "rule_only_loops": ["visit_form"]}


def some_turn(dice: random.Random, in_form: bool) -> list[Event]:
    """A turn as it may come, likely or not."""
    intent = dice.choice(["greet", "thank", "ask_price", "book_visit"])
    turn: list[Event] = [UserUttered(intent, {"name": intent, "confidence": 0.9})]
    if in_form and dice.random() < 0.3:
        turn += [ActionExecutionRejected("visit_form"), ActionExecuted("utter_greet"), ActionExecuted("visit_form")]
    elif in_form:
        turn += [SlotSet("day", "monday"), ActionExecuted("visit_form", hide_rule_turn=True)]
        if dice.random() < 0.4:
            turn += [ActiveLoop(None), SlotSet("requested_slot", None)]
    elif intent == "book_visit":
        turn += [ActionExecuted("visit_form"), ActiveLoop("visit_form"), SlotSet("requested_slot", "day")]
    else:
        turn += [ActionExecuted(f"utter_{intent}", hide_rule_turn=dice.random() < 0.5), BotUttered("text")]
    turn.append(ActionExecuted("action_listen", hide_rule_turn=dice.random() < 0.5))
    chance = dice.random()
    if chance < 0.05:
        turn.append(UserUtteranceReverted())
    elif chance < 0.08:
        turn.append(ActionReverted())
    elif chance < 0.1:
        turn += [Restarted(), ActionExecuted("action_listen")]
    elif chance < 0.12:
        turn.append(FollowupAction("utter_greet"))
    return turn


def differences(processor: TurnProcessor, seed: int) -> list[str]:
    """Play one random conversation on both trackers and look after each event."""
    dice = random.Random(seed)
    domain, depth = processor.domain, processor._depth
    ours, theirs = processor.new_tracker("c"), DialogueStateTracker("c", processor.domain.slots)
    found = []
    for event in [ActionExecuted("action_listen")] + [
        event for _ in range(15) for event in some_turn(dice, ours.active_loop_name is not None)
    ]:
        ours.update(event)
        theirs.update(event)
        copy = ours.copy()
        for options in ({}, {"ignore_rule_only_turns": True, "rule_only_data": RULE_ONLY}):
            expected = theirs.past_states(domain, **options)[-depth:]
            if not ours.past_states(domain, **options) == copy.past_states(domain, **options) == expected:
                found.append(f"{seed}: after {event}: {ours.past_states(domain, **options)} is not {expected}")
    return found


def state_survives(processor: TurnProcessor, seed: int) -> bool:
    """Tell whether the events that stand for a state lead to it."""
    dice = random.Random(seed)
    tracker = processor.new_tracker("c")
    for event in (event for _ in range(6) for event in some_turn(dice, tracker.active_loop_name is not None)):
        tracker.update(event)
    heir = processor.new_tracker("c")
    for event in state_as_events(tracker):
        heir.update(event)
    return facts(tracker) == facts(heir)


def facts(tracker: DialogueStateTracker) -> dict[str, Any]:
    """What a turn starts from."""
    return {
        "slots": tracker.current_slot_values(),
        "loop": tracker.active_loop_name,
        "rejected": tracker.is_active_loop_rejected,
        "action": tracker.latest_action_name,
        "paused": tracker.is_paused(),
        "followup": tracker.followup_action,
    }


def main(models: Path) -> dict[str, Any]:
    processor = TurnProcessor(newest_model(models), ActionServer("http://127.0.0.1:9", ""))
    wrong = [line for seed in range(60) for line in differences(processor, seed)]
    lost = [seed for seed in range(200) if not state_survives(processor, seed)]
    return {"wrong": wrong[:3], "lost": lost}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
