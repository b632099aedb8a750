"""What people write, and long answers to split."""

import random
from pathlib import Path

from benchmarks.masking.messages import read_messages

MESSAGES = Path(__file__).resolve().parent.parent / "masking" / "messages_tuned.yml"
_SENTENCES = (
    "Your payout is credited on the seventh working day of the month.",
    "कमीशन हर महीने की सात तारीख तक आपके बैंक खाते में आ जाता है।",
    "Pehle app mein KYC poora karein, phir bank details jodein!",
    "A free look period of 30 days applies 👨‍👩‍👧‍👦, and the policy can be returned in that time.",
    "क्या आपने नॉमिनी जोड़ लिया है? 🇮🇳",
)


def read_texts() -> list[str]:
    """The messages of `make bench-masking`: three registers, with identifiers and without."""
    return [message.text for message in read_messages(MESSAGES)]


def make_long(count: int, characters: int = 8000) -> list[str]:
    """So many texts of about that length, the same at every run; paragraphs, lists, places without a blank."""
    chance = random.Random(5)

    def make() -> str:
        text = ""
        while len(text) < characters:
            sentence = chance.choice(_SENTENCES)
            glued = sentence.replace(" ", "") if chance.random() < 0.1 else sentence
            text += glued + chance.choice((" ", " ", " ", "\n", "\n\n", "\n- "))
        return text.strip()

    return [make() for _ in range(count)]
