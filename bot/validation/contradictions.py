"""Rules and stories that contradict each other: RulePolicy's own check, without training anything else.

`rasa data validate` does not run it; only training does, and stops at the first kind of fault.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from rasa.core.policies.rule_policy import DEFAULT_RULES, LOOP_RULES, LOOP_RULES_SEPARATOR, InvalidRule, RulePolicy
from rasa.core.training.story_conflict import find_story_conflicts
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.constants import ACTION_LISTEN_NAME, RULE_SNIPPET_ACTION_NAME, SHOULD_NOT_BE_SET
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop
from rasa.shared.core.generator import TrackerWithCachedStates, TrainingDataGenerator
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.exceptions import RasaException

from bot.validation.assistant import Assistant, Block
from bot.validation.finding import Finding, Place
from bot.validation.rasa_data import RasaData

_PART = " > "  # between the names of blocks that checkpoints join


class _CheckingPolicy(RulePolicy):
    """RulePolicy that notes each fault where stock raises one text for all, and keeps nothing."""

    def __init__(self, config: dict[str, Any], blocks: _Blocks) -> None:
        super().__init__(
            {**self.get_default_config(), **config},
            LocalModelStorage(Path()),  # never written to: see persist
            Resource("rules"),
            ExecutionContext(GraphSchema({})),
        )
        self._blocks = blocks
        self.findings: list[Finding] = []
        self._pairs: set[frozenset[str]] = set()

    def persist(self) -> None:
        """Keep nothing."""

    def _check_rule_restriction(self, rule_trackers: list[TrackerWithCachedStates]) -> None:
        for tracker in rule_trackers:
            try:
                super()._check_rule_restriction([tracker])
            except InvalidRule:
                name = tracker.sender_id
                wrong = f"the rule '{name}' holds more than one message of the user"
                self.findings.append(Finding(self._blocks.place(name, "rule"), wrong, "Make it a story"))

    def _check_for_incomplete_rules(self, rule_trackers: list[TrackerWithCachedStates], domain: Domain) -> None:
        with suppress(InvalidRule):  # noted below, one by one
            super()._check_for_incomplete_rules(rule_trackers, domain)

    def _error_messages_from_fingerprints(
        self, action_name: str, missing_slots: set[str], loops: set[str], rule_name: str
    ) -> list[str]:
        place = self._blocks.place(rule_name, "rule")
        remedy = "Add the step after the action, or 'wait_for_user_input: false' where the action is the last step"
        if action_name and missing_slots:
            wrong = f"after '{action_name}' the rule '{rule_name}' lacks slot_was_set for {_list(missing_slots)}"
            self.findings.append(Finding(place, f"{wrong}, which other rules have", remedy))
        if action_name and loops:
            names = {"null" if loop == SHOULD_NOT_BE_SET else loop for loop in loops}
            wrong = f"after '{action_name}' the rule '{rule_name}' lacks active_loop: {' or '.join(sorted(names))}"
            self.findings.append(Finding(place, f"{wrong}, which other rules have", remedy))
        return super()._error_messages_from_fingerprints(action_name, missing_slots, loops, rule_name)

    def _check_prediction(
        self,
        tracker: TrackerWithCachedStates,
        predicted_action_name: str | None,
        gold_action_name: str,
        prediction_source: str | None,
    ) -> list[str]:
        messages = super()._check_prediction(tracker, predicted_action_name, gold_action_name, prediction_source)
        if messages:
            sources = self._rules_sources[prediction_source]
            self._note(tracker, gold_action_name, {rule: way for rule, way in sources if way != gold_action_name})
        return messages

    def _note(self, tracker: DialogueStateTracker, action: str, rules: dict[str, str]) -> None:
        kind, name = ("rule" if tracker.is_rule_tracker else "story"), tracker.sender_id
        pair = frozenset((f"{kind} {name}", *(f"rule {rule}" for rule in rules)))
        if pair in self._pairs:  # two rules contradict each other, but that is one fault
            return
        self._pairs.add(pair)
        others = " and ".join(f"{self._describe(rule)} {_way(rules[rule])}" for rule in sorted(rules))
        wrong = f"the {kind} '{name}' {_way(action)}, but {others}"
        remedy = "Let both go the same way, or give the rule a condition"
        self.findings.append(Finding(self._blocks.place(name, kind), wrong, remedy))

    def _describe(self, rule: str) -> str:
        if rule.startswith(DEFAULT_RULES):
            return f"Rasa's own rule for '{rule[len(DEFAULT_RULES) :]}'"
        if rule.startswith(LOOP_RULES):
            form = rule[len(LOOP_RULES) :].split(LOOP_RULES_SEPARATOR, maxsplit=1)[0]
            return f"the form '{form}' ({self._blocks.form(form)})"
        return f"the rule '{rule}' ({self._blocks.place(rule, 'rule')})"


class _Blocks:
    """Where the stories and rules stand that Rasa names."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._by_name: dict[tuple[str, str], Block] = {}
        for block in assistant.blocks:
            self._by_name.setdefault((block.kind, block.name), block)

    def place(self, name: str, kind: str) -> Place:
        """Where the block stands; of several that checkpoints join, the last."""
        parts = [name, *reversed(name.split(_PART))]
        found = (self._by_name.get((kind, part)) for part in parts)
        return next((block.place for block in found if block), Place("data/stories", 1))

    def form(self, name: str) -> Place:
        """Where the domain declares a form."""
        return self._assistant.declaration("form", name)


def check_rules_and_stories(data: RasaData, assistant: Assistant) -> Iterator[Finding]:
    """Yield contradictions of rules with rules and stories, then those between stories."""
    blocks = _Blocks(assistant)
    domain = _with_all_actions(data)
    policies = [policy for policy in data.config.get("policies") or [] if isinstance(policy, dict)]
    try:
        own = next((policy for policy in policies if policy.get("name") == "RulePolicy"), None)
        if own is not None:
            yield from _check_rules(
                data.stories, domain, blocks, {key: value for key, value in own.items() if key != "name"}
            )
        history = [policy["max_history"] for policy in policies if isinstance(policy.get("max_history"), int)]
        yield from _check_stories(data.stories, domain, blocks, max(history, default=None))
    except (RasaException, ValueError, KeyError) as error:
        wrong = f"rules and stories could not be compared: {error}"
        yield Finding(Place("data/stories", 1), wrong, "Mend the other findings first, then run this again")


def _check_rules(stories: StoryGraph, domain: Domain, blocks: _Blocks, config: dict[str, Any]) -> Iterator[Finding]:
    policy = _CheckingPolicy(config, blocks)
    trackers = TrainingDataGenerator(stories, domain=domain, augmentation_factor=0).generate()
    with suppress(InvalidRule):  # the policy has noted all of it
        policy.train(trackers, domain)
    yield from policy.findings


def _check_stories(stories: StoryGraph, domain: Domain, blocks: _Blocks, max_history: int | None) -> Iterator[Finding]:
    trackers = TrainingDataGenerator(
        stories, domain=domain, remove_duplicates=False, augmentation_factor=0
    ).generate_story_trackers()
    for conflict in find_story_conflicts(trackers, domain, max_history):
        ways: dict[str, list[str]] = defaultdict(list)
        for action, names in conflict._conflicting_actions.items():  # noqa: SLF001 - its text drops stories
            ways[action] += dict.fromkeys(names)
        (action, (name, *_)), *others = ways.items()
        place = blocks.place(name, "story")
        rest = " and ".join(
            f"the story '{other}' ({blocks.place(other, 'story')}) {_way(way)}" for way, (other, *_) in others
        )
        wrong = f"after the same steps the story '{name}' {_way(action)}, but {rest}"
        yield Finding(place, wrong, "Let the stories agree, or let them differ before that step")


def _with_all_actions(data: RasaData) -> Domain:
    """Return the domain with the names that it lacks, which are reported elsewhere and would stop RulePolicy."""
    events = [event for step in data.stories.story_steps for event in step.events]
    names = {event.action_name for event in events if isinstance(event, ActionExecuted) and event.action_name}
    names |= {event.name for event in events if isinstance(event, ActiveLoop) and event.name}
    unknown = sorted(names - {*data.domain.action_names_or_texts, RULE_SNIPPET_ACTION_NAME})
    return data.domain.merge(Domain.from_dict({"actions": unknown}))


def _way(action: str) -> str:
    return "waits for the user" if action == ACTION_LISTEN_NAME else f"goes on with '{action}'"


def _list(names: set[str]) -> str:
    return ", ".join(f"'{name}'" for name in sorted(names))
