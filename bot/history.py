"""A conversation as the last turns: how it is read from stored rows, grows, and stays short."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from rasa.shared.core.events import Event, deserialise_events

from bot.tracker import ConversationTracker, state_as_events
from bot.tracker_store import StoredTurn

TURNS_KEPT = 20


@dataclass(frozen=True)
class Turn:
    """One turn: events that lead to the state it began in, and the events it brought."""

    start: tuple[Event, ...]
    events: tuple[Event, ...]

    @classmethod
    def read(cls, stored: StoredTurn) -> Turn:
        """Build the turn from its row."""
        return cls(tuple(deserialise_events(stored.start)), tuple(deserialise_events(stored.events)))


@dataclass(frozen=True)
class Conversation:
    """The live conversation after `revision` turns. It is never changed: a turn works on a copy of the tracker."""

    revision: int
    turns: tuple[Turn, ...]
    tracker: ConversationTracker

    @classmethod
    def read(cls, stored: Sequence[StoredTurn], tracker: ConversationTracker) -> Conversation:
        """Replay the stored turns, oldest first, on the empty `tracker`."""
        turns = tuple(Turn.read(turn) for turn in stored)
        for event in _events_of(turns):
            tracker.update(event)
        return cls(stored[-1].sequence if stored else 0, turns, tracker)

    def grown(self, tracker: ConversationTracker, events: Sequence[Event]) -> Conversation:
        """Return the conversation after one more turn, which left `tracker`; turns beyond the last 20 are dropped."""
        newest = Turn(tuple(state_as_events(self.tracker)), tuple(events))
        turns = (*self.turns, newest)[-TURNS_KEPT:]
        if len(turns) == len(self.turns):
            tracker.replace_events(_events_of(turns))
        return Conversation(self.revision + 1, turns, tracker)

    def newest_row(self, message_id: str, answer: dict[str, object]) -> StoredTurn:
        """Return the row that stores the newest turn."""
        newest = self.turns[-1]
        start, events = ([event.as_dict() for event in part] for part in (newest.start, newest.events))
        return StoredTurn(self.tracker.sender_id, self.revision, message_id, answer, start, events)


class ConversationCache:
    """The most recently used conversations, each valid for one revision only."""

    def __init__(self, size: int = 1000) -> None:
        """Keep at most `size` conversations."""
        self._size = size
        self._kept: OrderedDict[str, Conversation] = OrderedDict()

    def revision(self, conversation: str) -> int | None:
        """Return the revision that is kept of `conversation`, or None."""
        kept = self._kept.get(conversation)
        return kept.revision if kept else None

    def get(self, conversation: str, revision: int) -> Conversation | None:
        """Return the conversation if it is kept as of `revision`."""
        kept = self._kept.get(conversation)
        return kept if kept and kept.revision == revision else None

    def put(self, name: str, conversation: Conversation) -> None:
        """Keep `conversation` and forget the least recently used one beyond the size."""
        self._kept[name] = conversation
        self._kept.move_to_end(name)
        if len(self._kept) > self._size:
            self._kept.popitem(last=False)


def _events_of(turns: Sequence[Turn]) -> chain[Event]:
    """Return the head of the oldest turn, then what all turns brought."""
    return chain(turns[0].start if turns else (), *(turn.events for turn in turns))
