"""Fills texts as Rasa does and prints what came out, by the text."""

import json

from bot.wording import SentenceWording

WHEN = {"when": "kal, Somvar (23 November) shaam 5 baje", "stage": "documents pending", "link": "https://x.example/a"}
TEXTS = (
    "Ho gaya. {when} yaad dila dunga.",
    "{when} yaad dila dunga.",
    "Yaad {when}. {when} hi sahi?",
    "Stage: {stage}. {stage}!\n\n{stage}, so.",
    "Padhiye:\n{link} ya {stage}",
    "{link}",
    "{missing}. {count} leads.",
)


def fill(text: str) -> str:
    """The text, filled."""
    wording = SentenceWording({"utter_x": [{"text": text}]})
    filled = wording.generate_from_slots("utter_x", {"missing": None}, "inapp", count=2, **WHEN)
    return str(filled and filled["text"])


print(json.dumps({text: fill(text) for text in TEXTS}))
