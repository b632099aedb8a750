"""How the last turn of a conversation came about, for whoever builds or measures; kept in memory, shown by a demo."""

from collections import OrderedDict
from typing import Any

from channels.turn import Answered
from saathi.inbox import Pending

_KEPT = 500


class Traces:
    """The newest trace of each of the conversations that spoke last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, dict[str, Any]] = OrderedDict()

    def keep(self, message: Pending, answered: Answered) -> None:
        """Remember a turn."""
        self._kept[message.conversation] = _describe(message, answered)
        self._kept.move_to_end(message.conversation)
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)

    def find(self, conversation: str) -> dict[str, Any] | None:
        """The conversation's last turn; None when it is not remembered."""
        return self._kept.get(conversation)


def _describe(message: Pending, answered: Answered) -> dict[str, Any]:
    turned = answered.turned
    replies = turned.replies if turned else []
    return {
        "language": message.language,
        "outcome": answered.outcome.value,
        "intent": turned.intent if turned else None,
        "confidence": turned.confidence if turned else None,
        "entities": turned.entities if turned else [],
        "slots": turned.slots if turned else {},
        "actions": turned.actions if turned else [],
        "sentiment": turned.sentiment if turned else None,
        "replies": [
            {
                "response": reply.get("response"),
                "citations": [
                    str(citation["url"]).removeprefix("/articles/")
                    for citation in (reply.get("custom") or {}).get("citations") or []
                ],
            }
            for reply in replies
        ],
        "milliseconds": answered.milliseconds,
    }
