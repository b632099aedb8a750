"""A row of the outbox as WhatsApp messages: texts within their limits, a picture, buttons, a list, numbered choices.

https://www.twilio.com/docs/content/twilio-quick-reply, https://www.twilio.com/docs/content/twiliolist-picker
"""

from dataclasses import dataclass
from typing import Any

from channels.splitting import split_text
from channels.wording import Wording
from language import Language, utf16_units
from saathi.titles import LONGEST_BUTTON, LONGEST_ITEM, MOST_BUTTONS, MOST_ITEMS

LONGEST_TEXT = 1600  # UTF-16 units, as all lengths here: at least as many as characters, however Twilio counts
LONGEST_BODY = 1024  # of a text with buttons or a list, and of what stands under a picture


@dataclass(frozen=True, slots=True)
class Option:
    """A choice: the id that comes back when it is tapped, and its title."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Part:
    """One WhatsApp message. `options` are shown as buttons, or as a list that `button` opens; `template` names the
    approved template that says the text."""

    text: str
    options: tuple[Option, ...] = ()
    button: str = ""
    picture: str | None = None
    template: str | None = None

    @property
    def is_list(self) -> bool:
        """Whether the options are shown as a list."""
        return not _fit(self.options, MOST_BUTTONS, LONGEST_BUTTON)


class Renderer:
    """Makes messages of what is to be said. `origin` is where people reach our own pages and pictures."""

    def __init__(self, wording: Wording, origin: str) -> None:
        self._wording = wording
        self._origin = origin

    def render(self, body: dict[str, Any]) -> list[Part]:
        """The messages, in order; the choices come with the last one. Empty when there is nothing to say."""
        options = tuple(Option(choice["id"], choice["title"].strip()) for choice in body["choices"])
        texts = split_text(self._write(body), LONGEST_TEXT, utf16_units)
        if not texts:
            options = ()
        is_native = _is_native(options)
        if is_native:
            texts[-1:] = split_text(texts[-1], LONGEST_BODY, utf16_units)
        elif options:
            texts = _append(texts, self.number(options, body["language"]))
        parts = self._illustrate([Part(text) for text in texts], body.get("card"), has_options=is_native)
        if is_native:
            button = self._wording.say("choose", body["language"])
            parts[-1] = Part(parts[-1].text, options, button)
        return parts

    def number(self, options: tuple[Option, ...], language: Language) -> str:
        """The choices as text: their numbers are understood as an answer."""
        lines = [f"{number}. {option.title}" for number, option in enumerate(options, 1)]
        return "\n".join([self._wording.say("choose_by_number", language), *lines])

    def _write(self, body: dict[str, Any]) -> str:
        """The text, with the card's link where the text does not have it."""
        text, link = str(body["text"]), (body.get("card") or {}).get("link")
        if not link or link["url"] in text:
            return text
        url = link["url"] if "://" in link["url"] else self._origin + link["url"]
        return f"{text}\n\n{link['title']}: {url}"

    def _illustrate(self, parts: list[Part], card: dict[str, Any] | None, *, has_options: bool) -> list[Part]:
        """With the card's picture: over the text where that is one short message without buttons, else before it."""
        if not card or not card.get("picture"):
            return parts
        picture = self._origin + card["picture"]
        if len(parts) == 1 and utf16_units(parts[0].text) <= LONGEST_BODY and not has_options:
            return [Part(parts[0].text, picture=picture)]
        return [Part("", picture=picture), *parts]


def _append(texts: list[str], choices: str) -> list[str]:
    """The choices under the last text, or after it where they do not fit."""
    joined = f"{texts[-1]}\n\n{choices}"
    if utf16_units(joined) <= LONGEST_TEXT:
        return [*texts[:-1], joined]
    return [*texts, *split_text(choices, LONGEST_TEXT, utf16_units)]


def _is_native(options: tuple[Option, ...]) -> bool:
    """Whether WhatsApp shows them as buttons or as a list, which wants their titles to differ."""
    differ = len({option.title for option in options}) == len(options)
    fit = _fit(options, MOST_BUTTONS, LONGEST_BUTTON) or _fit(options, MOST_ITEMS, LONGEST_ITEM)
    return bool(options) and differ and fit


def _fit(options: tuple[Option, ...], most: int, longest: int) -> bool:
    return len(options) <= most and all(0 < utf16_units(option.title) <= longest for option in options)
