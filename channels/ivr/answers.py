"""The answer of a turn as a call has it: spoken parts, choices on keys, a link to send."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from channels.ivr.menu import Command, Menu, Tongue
from channels.ivr.speech import Speaker, split_speech
from channels.ivr.state import Choice, Part, Place, State
from channels.wording import Wording
from language import count_scripts
from saathi import outbox, outcomes
from saathi.messages import Outcome, Purpose
from saathi.outbox import Outgoing

MOST_CHOICES = 3  # more of them nobody remembers
_RATINGS = frozenset({"/thank", "/not_helpful"})
_PERSON = "/ask_human"


@dataclass(frozen=True, slots=True)
class Answer:
    """`rows` are the ids of what it stands in. Without `parts` there is nothing to say."""

    rows: list[str]
    outcome: Outcome
    parts: tuple[Part, ...] = ()
    choices: tuple[Choice, ...] = ()
    link: dict[str, str] | None = None
    offers_pin: bool = False
    offers_person: bool = False

    def put_into(self, state: State) -> State:
        """The state of a call that has this answer."""
        return state.at(Place.ANSWER, *state.notices).model_copy(
            update={
                "parts": self.parts,
                "part": 0,
                "reply": self.rows[0],
                "choices": self.choices,
                "link": self.link,
                "offers_pin": self.offers_pin,
                "offers_person": self.offers_person,
                "answered": state.answered + 1,
                "question": None,
            }
        )


class AnswerReader:
    """Reads answers from the store. `origin` is the address of the pages that links lead to."""

    def __init__(self, menu: Menu, wording: Wording, speaker: Speaker, origin: str) -> None:
        self._menu = menu
        self._speaker = speaker
        self._wording = wording
        self._origin = origin

    def read(self, connection: Connection, key: str, tongue: Tongue) -> Answer | None:
        """The answer to the message with this key; None while it has none."""
        outcome = outcomes.find(connection, key)
        if outcome is None:
            return None
        rows = outbox.find_answer(connection, key)
        said = [row for row in rows if row.purpose != Purpose.APOLOGY]
        parts = tuple(part for row in said for part in self._speak(row))
        link = next((link for row in said if (link := self._find_link(row)) is not None), None)
        offered = [choice for row in said for choice in self._list_choices(connection, row)]
        return Answer(
            rows=[row.id for row in rows],
            outcome=outcome.outcome,
            parts=parts,
            choices=self._put_on_keys(offered, tongue, has_more=len(parts) > 1, has_link=link is not None),
            link=link,
            offers_pin=outcome.intent in self._menu.pin_topics,
            offers_person=any(payload == _PERSON for _, _, payload in offered),
        )

    def _speak(self, row: Outgoing) -> list[Part]:
        """The answer, then what its card has beyond it, then the words for the customer."""
        parts = self._split(str(row.body["text"]))
        card = row.body.get("card")
        if not card:
            return parts
        heard = " ".join(part.text for part in parts)
        rest = [text for text in (card.get("definition"), *card.get("details", ())) if text]
        unsaid = [text for text in rest if self._say(text).rstrip(".।") not in heard]
        for _, texts in groupby(unsaid, _find_tongue):
            parts += self._split("\n".join(texts))
        if script := card.get("script"):
            opening = self._wording.say("ivr_script", _find_tongue(script))
            parts += self._split(f"{opening} {script}")
        return parts

    def _split(self, text: str) -> list[Part]:
        tongue = _find_tongue(text)
        return [Part(text=part, language=tongue) for part in split_speech(self._speaker.speak(text, tongue))]

    def _say(self, text: str) -> str:
        return self._speaker.speak(text, _find_tongue(text))

    def _find_link(self, row: Outgoing) -> dict[str, str] | None:
        """The tool or page that the answer names, else the article that it cites."""
        card: dict[str, Any] = row.body.get("card") or {}
        found = card.get("link") or next(iter(row.body["citations"]), None)
        if found is None:
            return None
        url = str(found["url"])
        return {"title": str(found["title"]), "url": f"{self._origin}{url}" if url.startswith("/") else url}

    def _list_choices(self, connection: Connection, row: Outgoing) -> list[tuple[str, str, str]]:
        found = [
            (choice["id"], outbox.find_choice(connection, row.conversation, choice["id"]))
            for choice in row.body["choices"]
        ]
        return [(name, c.title, c.payload) for name, c in found if c is not None and c.payload not in _RATINGS]

    def _put_on_keys(
        self, offered: list[tuple[str, str, str]], tongue: Tongue, *, has_more: bool, has_link: bool
    ) -> tuple[Choice, ...]:
        """The choices on the keys that no command has; what is not offered this time leaves its key free."""
        idle = {Command.MORE: not has_more, Command.LINK: not has_link}
        taken = {shortcut.key for name, shortcut in self._menu.commands.items() if not idle.get(name, False)}
        free = [key for key in "12345678" if key not in taken]
        wanted = [(name, title) for name, title, payload in offered if payload != _PERSON][:MOST_CHOICES]
        return tuple(
            Choice(key=key, id=name, title=self._speaker.speak(title, tongue).rstrip(".।"))
            for key, (name, title) in zip(free, wanted, strict=False)
        )


def _find_tongue(text: str) -> Tongue:
    """What a text is said in, which need not be the call's language: details of articles are English, and a partner may
    have fixed another language in the app."""
    return "hi" if count_scripts(text).devanagari else "en"
