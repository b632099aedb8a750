"""Values of what was found in a message: a lead's number, an institution's name, a sum in rupees."""

import re

from language import normalise, to_latin
from saathi.calculators.amounts import read_message
from saathi.calculators.words import Words

_DIGITS = re.compile(r"\d+")


def lead_reference(text: str) -> str | None:
    """`l 48213`, `LD-48213` or the bare figure as "L-48213"; None without a number of 4 to 8 digits."""
    digits = "".join(_DIGITS.findall(to_latin(normalise(text))))
    return f"L-{digits}" if 4 <= len(digits) <= 8 else None


def phone_ending(text: str) -> str | None:
    """The last digits of a number, 3 or 4 of them; None for anything else."""
    digits = "".join(_DIGITS.findall(to_latin(normalise(text))))
    return digits if len(digits) in {3, 4} else None


def name(text: str) -> str:
    """A person's or institution's name in Latin letters, each word with a capital: हिमगिरी लाइफ is Himgiri Life."""
    return " ".join(word[:1].upper() + word[1:] for word in to_latin(normalise(text)).split())


def rupees(text: str, words: Words) -> int | None:
    """The sum that `text` names, in whole rupees: "5 lakh", "₹12,500", "ढाई करोड़"; None where it names none.

    `words` are those of the calculators. Parts of one sum are added: "2 lakh 50 hazar".
    """
    amounts = [amount for amount in read_message(text, words).amounts if amount.kind in {"money", "number"}]
    return int(sum(amount.value for amount in amounts)) if amounts else None
