"""The answer of a turn as a call has it: spoken parts, choices on keys, a link to send."""

import re
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from channels.ivr.offers import Offers
from channels.ivr.speech import MOST_WORDS, Speaker, count_words, split_speech
from channels.ivr.state import Choice, Part, Place, State
from channels.wording import Wording
from knowledge.articles.sentences import split_sentences
from language import count_scripts
from saathi import outbox, outcomes
from saathi.messages import Author, Outcome
from saathi.outbox import Outgoing
from saathi.outcomes import TurnOutcome
from saathi.voice_menu import Command, Tongue, VoiceMenu

MOST_CHOICES = 3  # more of them nobody remembers
_RATINGS = frozenset({"/thank", "/not_helpful"})
_PERSON = "/ask_human"
_ROW = re.compile(r"[^–:]+ – [^;:]+: ")  # of a table, which is for the eye: `cell – head: cell`


@dataclass(frozen=True, slots=True)
class Answer:
    """`rows` are the ids of what it stands in. Without `parts` there is nothing to say."""

    rows: list[str]
    outcome: Outcome
    parts: tuple[Part, ...] = ()
    choices: tuple[Choice, ...] = ()
    link: dict[str, str] | None = None
    asks: bool = False
    offers_pin: bool = False
    offers_person: bool = False

    def put_into(self, state: State) -> State:
        """The state of a call that has this answer."""
        return state.at(Place.ANSWER, *state.notices).model_copy(
            update={
                "parts": self.parts,
                "part": 0,
                "reply": self.rows[0] if self.rows else None,
                "choices": self.choices,
                "link": self.link,
                "asks": self.asks,
                "offers_pin": self.offers_pin,
                "offers_person": self.offers_person,
                "answered": state.answered + 1,
                "question": None,
            }
        )


@dataclass(frozen=True, slots=True)
class Offered:
    """A choice as the store has it."""

    id: str
    title: str
    payload: str


class AnswerReader:
    """Reads answers from the store. `origin` is the address of the pages that links lead to."""

    def __init__(self, menu: VoiceMenu, wording: Wording, speaker: Speaker, origin: str) -> None:
        self._menu = menu
        self._speaker = speaker
        self._wording = wording
        self._offers = Offers(menu, wording)
        self._origin = origin

    def read(self, connection: Connection, key: str, state: State) -> Answer | None:
        """The answer to the message with this key, for a call that stands in `state`; None while it has none."""
        outcome = outcomes.find(connection, key)
        if outcome is None:
            return None
        rows = outbox.find_answer(connection, key)
        offered = [choice for row in rows for choice in self._list_choices(connection, row)]
        return self.arrange(outcome, rows, offered, state)

    def arrange(self, outcome: TurnOutcome, rows: list[Outgoing], offered: list[Offered], state: State) -> Answer:
        """The answer that stands in these rows of the outbox, with the choices that they offer."""
        said = [row for row in rows if row.author != Author.SYSTEM]  # the line has sentences of its own
        bare = Answer(
            rows=[row.id for row in rows],
            outcome=outcome.outcome,
            link=next((link for row in said if (link := self._find_link(row)) is not None), None),
            asks=bool(said) and not said[-1].body["citations"] and "?" in str(said[-1].body["text"]),
            offers_pin=outcome.intent in self._menu.pin_topics,
            offers_person=any(choice.payload == _PERSON for choice in offered),
        )
        spoken = [text for row in said for text in self._speak(row, state)]
        answer = replace(bare, parts=self._split(spoken, bare, state))
        choices = self._put_on_keys(answer, offered)
        if any(row.body["citations"] for row in said):  # a further question, and not what the answer asks for
            choices = self._keep_what_fits(choices, answer, state)
        return replace(answer, choices=choices)

    def _speak(self, row: Outgoing, state: State) -> list[Part]:
        """The answer; then, in the call's language, what its card has beyond it, and the words for the customer."""
        answer = self._say(str(row.body["text"]))
        card = row.body.get("card") or {}
        texts = [text for text in (card.get("definition"), *card.get("details", ())) if text and not _ROW.match(text)]
        sentences = [_bare(sentence) for sentence in split_sentences(answer.text)]
        beyond = [
            sentence
            for part in map(self._say, texts)
            if part.language == state.language
            for sentence in split_sentences(part.text)
            if _bare(sentence) not in sentences
        ]
        said = [answer, Part(text=" ".join(dict.fromkeys(beyond)), language=state.language)]
        script = self._say(card.get("script") or "")
        if script.text and script.language == state.language:
            opening = self._wording.say("ivr_script", state.language)
            said.append(Part(text=f"{opening} {script.text}", language=state.language))
        return [part for part in said if part.text]

    def _split(self, texts: list[Part], answer: Answer, state: State) -> tuple[Part, ...]:
        """Parts that leave time for what can be done after them."""
        whole = tuple(texts)
        if len(whole) == 1 and count_words(whole[0].text) <= self._find_room(replace(answer, parts=whole), state):
            return whole
        room = self._find_room(replace(answer, parts=(*whole, *whole)), state)
        return tuple(
            Part(text=piece, language=text.language) for text in whole for piece in split_speech(text.text, room)
        )

    def _find_room(self, answer: Answer, state: State) -> int:
        """How many words of the answer can be said before what can be done after its first part."""
        return MOST_WORDS - count_words(" ".join(self._offers.list(answer.put_into(state))))

    def _keep_what_fits(self, choices: tuple[Choice, ...], answer: Answer, state: State) -> tuple[Choice, ...]:
        """The choices that there is time for after the last part."""
        last = answer.put_into(state).model_copy(update={"part": len(answer.parts) - 1})
        room = MOST_WORDS - count_words(" ".join(self._offers.list(last)))
        room -= count_words(answer.parts[-1].text) if answer.parts else 0
        kept = []
        for choice in choices:
            room -= count_words(self._offers.say_choice(choice, state.language))
            if room < 0:
                break
            kept.append(choice)
        return tuple(kept)

    def _say(self, text: str) -> Part:
        tongue = _find_tongue(text)
        return Part(text=self._speaker.speak(text, tongue), language=tongue)

    def _find_link(self, row: Outgoing) -> dict[str, str] | None:
        """The tool or page that the answer names, else the article that it cites."""
        card: dict[str, Any] = row.body.get("card") or {}
        found = card.get("link") or next(iter(row.body["citations"]), None)
        if found is None:
            return None
        url = str(found["url"])
        return {"title": str(found["title"]), "url": f"{self._origin}{url}" if url.startswith("/") else url}

    def _list_choices(self, connection: Connection, row: Outgoing) -> list[Offered]:
        found = [
            (choice["id"], outbox.find_choice(connection, row.conversation, choice["id"]))
            for choice in row.body["choices"]
        ]
        return [Offered(name, c.title, c.payload) for name, c in found if c is not None and c.payload not in _RATINGS]

    def _put_on_keys(self, answer: Answer, offered: list[Offered]) -> tuple[Choice, ...]:
        """The choices on the keys that no command has; what is not offered this time leaves its key free."""
        idle = {Command.MORE: len(answer.parts) <= 1, Command.LINK: answer.link is None}
        taken = {shortcut.key for name, shortcut in self._menu.commands.items() if not idle.get(name, False)}
        free = [key for key in "12345678" if key not in taken]
        wanted = [choice for choice in offered if choice.payload != _PERSON][:MOST_CHOICES]
        on_keys = zip(free, wanted, strict=False)
        return tuple(Choice(key=key, id=one.id, title=_close(self._say(one.title))) for key, one in on_keys)


def _close(title: Part) -> str:
    """What comes after a title is a sentence of its own."""
    text = title.text.rstrip(".")
    return text if text.endswith(("!", "?", "।")) else f"{text}{'।' if title.language == 'hi' else '.'}"


def _bare(sentence: str) -> str:
    return sentence.strip(" .।\"'")


def _find_tongue(text: str) -> Tongue:
    """What a text is said in, which need not be the call's language: details of articles are English, and a partner may
    have fixed another language in the app."""
    return "hi" if count_scripts(text).devanagari else "en"
