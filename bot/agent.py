"""The loaded model with its store: takes turns, once a message, one at a time a conversation."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import structlog

from bot.action_server import ActionServer
from bot.errors import ModelError
from bot.history import Conversation, ConversationCache
from bot.models import newest_model
from bot.processor import TurnProcessor
from bot.tracker_store import Opened, TurnStore
from bot.turn import TurnRequest

_log = structlog.get_logger("bot")


@dataclass(frozen=True)
class _Loaded:
    """A model in use and the conversations that live in its domain."""

    archive: Path
    processor: TurnProcessor
    cache: ConversationCache = field(default_factory=ConversationCache)


class TurnAgent:
    """Our set-up of what Rasa's Agent does.

    Rasa's own wraps every tracker store in one that answers from memory when the store fails, and would take the
    message again when it comes twice.
    """

    def __init__(self, models: Path, store: TurnStore, server: ActionServer) -> None:
        """Take models from the folder `models`; none is loaded yet."""
        self._models = models
        self._store = store
        self._server = server
        self._loaded: _Loaded | None = None
        self._loading = asyncio.Lock()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @property
    def model(self) -> str | None:
        """The fingerprint of the loaded model, None while there is none."""
        return self._loaded.processor.model_metadata.model_id if self._loaded else None

    async def load_newest(self) -> str:
        """Load the newest model in a thread while turns go on with the old one; return its fingerprint.

        Raises ModelError, and keeps the old model, where there is none or it cannot be loaded.
        """
        async with self._loading:
            archive = newest_model(self._models)
            if self._loaded is None or archive != self._loaded.archive:
                processor = await asyncio.get_running_loop().run_in_executor(None, self._load, archive)
                self._loaded = _Loaded(archive, processor)
                _log.info("model loaded", model=self.model, file=archive.name)
            return self._loaded.processor.model_metadata.model_id

    def _load(self, archive: Path) -> TurnProcessor:
        try:
            return TurnProcessor(archive, self._server)
        except Exception as error:
            raise ModelError(f"{archive.name} cannot be loaded ({error}): train again") from error

    async def take_turn(self, request: TurnRequest) -> dict[str, Any]:
        """Return the door's answer to `request`; a known message id gets the answer of its first turn.

        Raises TurnError or RequestError, and then has stored nothing.
        """
        if self._loaded is None:
            raise ModelError("no model is loaded")
        lock = self._turns.setdefault(request.conversation, asyncio.Lock())
        async with lock:
            return await self._take_turn(request, self._loaded)

    async def _take_turn(self, request: TurnRequest, loaded: _Loaded) -> dict[str, Any]:
        held = loaded.cache.revision(request.conversation)
        opened = await self._store.open(request.conversation, request.message_id, held)
        if opened.answer is not None:
            return {**opened.answer, "repeated": True}
        before = self._conversation(request.conversation, opened, loaded)
        tracker = before.tracker.copy()
        events, answer = await loaded.processor.take_turn(request, tracker)
        after = before.grown(tracker, events)
        await self._store.append(after.newest_row(request.message_id, answer))
        loaded.cache.put(request.conversation, after)
        return {**answer, "repeated": False}

    @staticmethod
    def _conversation(name: str, opened: Opened, loaded: _Loaded) -> Conversation:
        held = loaded.cache.get(name, opened.revision)
        if opened.turns is None and held is not None:
            return held
        return Conversation.read(opened.turns or [], loaded.processor.new_tracker(name))
