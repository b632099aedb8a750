"""The message that an answer becomes: the real action says it, in the words of data/responses/knowledge.yml."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import Answers
from actions.escalation import Escalation
from actions.knowledge import AnswerQuestion
from actions.turn import Turn
from knowledge.answers import Answer
from language import Language
from saathi.handoffs import Handoff

WORDS = Path(__file__).resolve().parents[2] / "data" / "responses" / "knowledge.yml"
_ADDRESS = "https://assistant.partner-network.example"  # links are as long as this makes them


class Given:
    """A knowledge base that has one answer."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    @property
    def version(self) -> str:
        """The answer's."""
        return self._answer.version

    async def answer(
        self,
        question: str,  # noqa: ARG002
        language: Language,  # noqa: ARG002
        today: date,  # noqa: ARG002
        audience: str | None = None,  # noqa: ARG002
        topic: frozenset[str] = frozenset(),  # noqa: ARG002
    ) -> Answer:
        """The one."""
        return self._answer

    def topic_of(self, intent: str | None) -> frozenset[str]:  # noqa: ARG002
        """None: the answer is given."""
        return frozenset()

    def topic_around(self, slug: str) -> frozenset[str]:  # noqa: ARG002
        """None: the answer is given."""
        return frozenset()

    async def tell_more(self, slug: str, question: str, shown: frozenset[str], today: date) -> None:
        """Nothing more."""


class NoEscalation(Escalation):
    """An answer is no failure, so nothing is counted or handed over."""

    async def fail(self, turn: Turn, cause: str, solution: str) -> int | Handoff:
        """Never called for an answer."""
        raise RuntimeError(f"{turn.conversation}: an answer was taken for a failure ({cause}, {solution})")

    async def close(self, turn: Turn) -> None:
        """Nothing is open."""

    async def note(self, turn: Turn, solution: str) -> None:
        """Nothing is kept."""

    async def hand_over(
        self,
        turn: Turn,
        reason: str | None = None,  # noqa: ARG002
        slots: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> Handoff:
        """Never called for an answer."""
        raise RuntimeError(f"{turn.conversation}: an answer was handed over")


class Writer:
    """Answers to messages as the chat shows them."""

    def __init__(self, today: date, path: Path = WORDS) -> None:
        """Reads the wording. Raises `ValueError` when it has no `responses:`."""
        read = yaml.safe_load(path.read_text(encoding="utf-8"))
        if not isinstance(read, dict) or not isinstance(read.get("responses"), dict):
            raise ValueError(f"{path}: write the wording under `responses:`")
        self._today = today
        self._responses: dict[str, list[dict[str, Any]]] = read["responses"]

    async def write(self, answer: Answer, question: str, language: Language) -> str:
        """The text. Raises `KeyError` when the wording lacks the response in this language."""
        latest = {"text": question, "message_id": "1"}
        tracker = Tracker("benchmark", {"language": language}, latest, [], False, None, {}, None)
        dispatcher = CollectingDispatcher()
        action = AnswerQuestion(
            Answers(Given(answer), lambda: self._today, _ADDRESS), NoEscalation(), "action_answer_question"
        )
        await action.run(dispatcher, tracker, {})
        message = dispatcher.messages[0]
        return str(self._wording(message["response"], language).format(**message))

    def _wording(self, response: str, language: Language) -> str:
        for variation in self._responses[response]:
            values = {condition["value"] for condition in variation["condition"] if condition["name"] == "language"}
            if language in values and "channel" not in variation:
                return str(variation["text"])
        raise KeyError(f"{response} has no wording in {language}")
