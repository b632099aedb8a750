"""A tracker that costs the same however long the conversation is.

Rasa's tracker replays all of its events for each copy (one an action) and for each look of a policy (three a
prediction). Here a copy copies the state, and the states that policies look at are noted while events arrive.
"""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME, PREVIOUS_ACTION
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActionReverted,
    ActiveLoop,
    ConversationPaused,
    Event,
    FollowupAction,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
)
from rasa.shared.core.trackers import DialogueStateTracker

# After one of these the history that policies see is not the list of events any more, so Rasa replays it.
_REWRITES_HISTORY = (ActionReverted, ActiveLoop, FollowupAction, Restarted, SessionStarted, UserUtteranceReverted)
# More states than any rule or memoised story looks back on; rule-only turns are left out of them for stories.
_STATES_KEPT = 64
_ACTIONS_IN_A_TURN = 10  # Rasa's own limit


@dataclass(frozen=True)
class _Moment:
    """The conversation just before an action: what Rasa's `states_for_tracker_history` asks of a tracker."""

    state: State
    hide_rule_turn: bool
    keeps_hidden: bool

    @classmethod
    def of(cls, tracker: DialogueStateTracker, domain: Domain, hide_rule_turn: bool) -> _Moment:
        keeps = bool(tracker.followup_action) or tracker.latest_action_name == tracker.active_loop_name
        return cls(domain.get_active_state(tracker), hide_rule_turn, keeps)

    def copy_state(self) -> State:
        return {kind: dict(values) for kind, values in self.state.items()}


class ConversationTracker(DialogueStateTracker):
    """Rasa's tracker with a cheap copy and remembered states; events and their meaning are Rasa's own."""

    def __init__(self, sender_id: str, domain: Domain, depth: int) -> None:
        """Make an empty tracker; policies see at most the last `depth` states."""
        super().__init__(sender_id, domain.slots)
        self._domain = domain
        self._depth = depth
        self._moments: deque[_Moment] | None = deque(maxlen=_STATES_KEPT)

    def copy(self) -> ConversationTracker:
        """Return a twin that may be changed without changing this tracker; no event is replayed."""
        twin = copy.copy(self)
        twin.events = self.events.copy()
        twin.slots = {name: copy.copy(slot) for name, slot in self.slots.items()}
        twin.active_loop = copy.copy(self.active_loop)
        twin._moments = self._moments.copy() if self._moments is not None else None  # noqa: SLF001 - our own
        return twin

    def replace_events(self, events: Iterable[Event]) -> None:
        """Keep the state and remember only `events`; they must lead to the same state."""
        self.events = deque(events)

    def update(self, event: Event, domain: Domain | None = None) -> None:
        """Apply an event, and note the state before it if it is an action."""
        if self._moments is not None:
            if isinstance(event, _REWRITES_HISTORY) or (isinstance(event, ActionExecuted) and self.active_loop):
                self._moments = None
            elif isinstance(event, ActionExecuted):
                self._moments.append(_Moment.of(self, self._domain, event.hide_rule_turn))
        super().update(event, domain)

    def past_states(
        self,
        domain: Domain,  # noqa: ARG002 - a tracker lives with one domain
        omit_unset_slots: bool = False,
        ignore_rule_only_turns: bool = False,
        rule_only_data: dict[str, Any] | None = None,
    ) -> list[State]:
        """Return the last `depth` states, as Rasa's `Domain.states_for_tracker_history` works them out.

        Raises ValueError for `omit_unset_slots`, which only Rasa's training asks for.
        """
        if omit_unset_slots:
            raise ValueError("states without unset slots are not kept")
        moments = [*self._past_moments(), _Moment.of(self, self._domain, hide_rule_turn=False)]
        if not ignore_rule_only_turns:
            return [moment.copy_state() for moment in moments[-self._depth :]]
        return self._states_of_stories(moments, rule_only_data)[-self._depth :]

    def _past_moments(self) -> deque[_Moment]:
        if self._moments is None:
            replayed = [_Moment.of(prior, self._domain, hide) for prior, hide in self.generate_all_prior_trackers()]
            # the last one is the present, which every look works out afresh
            self._moments = deque(replayed[:-1], maxlen=_STATES_KEPT)
        return self._moments

    def _states_of_stories(self, moments: list[_Moment], rule_only_data: dict[str, Any] | None) -> list[State]:
        """Return what a policy of stories sees: turns that only rules took are left out, as Rasa does."""
        states: list[State] = []
        # each state leans on the one before until the last user message, so some more are worked out
        for moment, last_action in _visible(moments)[-self._depth - _ACTIONS_IN_A_TURN :]:
            state = moment.copy_state()
            self._domain._remove_rule_only_features(state, rule_only_data)  # noqa: SLF001 - as Rasa's own loop
            if states:
                self._domain._substitute_rule_only_user_input(state, states[-1])  # noqa: SLF001 - as Rasa's own loop
            if last_action:
                state[PREVIOUS_ACTION] = dict(last_action)
            states.append(self._domain._clean_state(state))  # noqa: SLF001
        return states


def _visible(moments: list[_Moment]) -> list[tuple[_Moment, dict[str, Any] | None]]:
    """Return the moments outside turns that only rules took, each with the last action before it that counts."""
    visible = []
    last_action: dict[str, Any] | None = None
    hidden = False
    for moment in moments:
        if not hidden:
            last_action = moment.state.get(PREVIOUS_ACTION)
        if not moment.keeps_hidden:
            hidden = moment.hide_rule_turn
        if not hidden:
            visible.append((moment, last_action))
    return visible


def state_as_events(tracker: DialogueStateTracker) -> list[Event]:
    """Return events that lead an empty tracker to the present state: slots, active loop, pause, latest action.

    They head the history when older turns are dropped. A conversation without events gives none.
    """
    if not tracker.events:
        return []
    events: list[Event] = []
    loop = tracker.active_loop
    if loop:
        events += [ActionExecuted(loop.name), ActiveLoop(loop.name)]
    events += [SlotSet(slot.name, slot.value) for slot in tracker.slots.values() if slot.value != slot.initial_value]
    events.append(ActionExecuted(tracker.latest_action_name or ACTION_LISTEN_NAME))
    if loop and loop.rejected:
        events.append(ActionExecutionRejected(loop.name))
    if tracker.is_paused():
        events.append(ConversationPaused())
    if tracker.followup_action:
        events.append(FollowupAction(tracker.followup_action))
    return events
