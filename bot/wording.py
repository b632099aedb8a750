"""Rasa's filling of responses, with a capital wherever a filled-in value begins a sentence."""

from __future__ import annotations

import re
from typing import Any

from rasa.core.nlg import TemplatedNaturalLanguageGenerator

# A gap that a sentence begins with. A new line alone begins none: it may hold a link, or a line of a list.
_BEGINS = re.compile(r"(?:^|(?<=[.!?]) |(?<=[.!?])\n+)\{(\w+)\}")
# A word in small letters and nothing else: no address, no "eKYC".
_SMALL = re.compile(r"[a-z]+(?=[,;:.]?(?:\s|$))")


class SentenceWording(TemplatedNaturalLanguageGenerator):
    """The wording of responses. Days, stages and the like are small in the middle of a sentence: "kal" in "Ho gaya.
    {when} yaad dila dunga" becomes "Kal". Devanagari has no capitals."""

    def _fill_response(
        self, response: dict[str, Any], filled_slots: dict[str, Any] | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        text = response.get("text")
        if isinstance(text, str):
            values = {**(filled_slots or {}), **kwargs}
            beginning: dict[str, str] = {}

            def begin(gap: re.Match[str]) -> str:
                value, name = values.get(gap[1]), f"{gap[1]} begins"
                if not isinstance(value, str) or not _SMALL.match(value):
                    return gap[0]
                beginning[name] = value[0].upper() + value[1:]
                return gap[0].replace(gap[1], name)

            response = {**response, "text": _BEGINS.sub(begin, text)}
            kwargs |= beginning
        filled: dict[str, Any] = super()._fill_response(response, filled_slots, **kwargs)
        return filled
