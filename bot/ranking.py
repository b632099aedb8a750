"""Verdicts on a message as Rasa writes them."""

from __future__ import annotations

from typing import Any

from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message

from bot.head import Verdict

_RANKED = 5
_SUREST = 0.9999  # of words: 1 is a command's


def rank(verdict: Verdict) -> list[dict[str, Any]]:
    """Return the likeliest intents, `nlu_fallback` before them where the message is rejected."""
    ranking = [{"name": intent, "confidence": min(round(share, 4), _SUREST)} for intent, share in verdict.ranking]
    if verdict.is_rejected:
        doubt = round(1.0 - verdict.acceptance, 4)
        ranking.insert(0, {"name": DEFAULT_NLU_FALLBACK_INTENT_NAME, "confidence": doubt})
    return ranking[:_RANKED]


def overrule(message: Message, intent: str) -> None:
    """Make `intent` the only one that `message` can mean."""
    verdict = {"name": intent, "confidence": 1.0}
    message.set(INTENT, verdict, add_to_output=True)
    message.set(INTENT_RANKING_KEY, [verdict], add_to_output=True)
