"""Titles of choices: how long one may be where it is shown as a button or in a list.

The limits are WhatsApp's, which has the least room: three buttons of 20, or ten items of a list of 24.
https://www.twilio.com/docs/content/twilio-quick-reply, https://www.twilio.com/docs/content/twiliolist-picker
"""

from language import utf16_units

MOST_BUTTONS, LONGEST_BUTTON = 3, 20  # UTF-16 units, at least as many as characters, however a vendor counts
MOST_ITEMS, LONGEST_ITEM = 10, 24


def shorten(title: str) -> str:
    """The title as a button takes it, cut at a word; a first word that is too long is cut itself."""
    words = title.split()
    kept = " ".join(words)
    if utf16_units(kept) <= LONGEST_BUTTON:
        return kept
    while len(words) > 1 and utf16_units(f"{kept}…") > LONGEST_BUTTON:
        words.pop()
        kept = " ".join(words).rstrip(" ,.;:-–&(")
    while utf16_units(f"{kept}…") > LONGEST_BUTTON:
        kept = kept[:-1]
    return f"{kept}…"
