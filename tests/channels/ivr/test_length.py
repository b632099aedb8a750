"""Whatever an article answers, in either language: each time the line speaks takes about 25 seconds, with what can be
done after it, nothing is said twice, and all of it is in the call's language."""

from typing import Any

import pytest

from channels.ivr.answers import Answer, AnswerReader, Offered
from channels.ivr.prompts import Line, Prompter
from channels.ivr.speech import MOST_WORDS, Speaker, count_words
from channels.ivr.state import Choice, Part, State
from channels.wording import Wording
from knowledge.answers import Details, compose
from knowledge.articles import Article, Library
from knowledge.chunks import cut
from language import count_scripts
from saathi.messages import Author, Outcome
from saathi.outbox import Outgoing
from saathi.outcomes import TurnOutcome
from saathi.spoken_words import SpokenWords
from saathi.voice_menu import TONGUES, Tongue, VoiceMenu

# The longest that somebody had to listen to before the menu was cut too was 93 words.
OFFERS = [
    Offered("1", "हेल्थ इंश्योरेंस के प्रीमियम पर टैक्स में कितनी छूट मिलती है?", "x"),
    Offered("2", "Payout cycle, when your commission is paid", "y"),
    Offered("3", "Talk to a person", "/ask_human"),
]
menu, wording = VoiceMenu.load(), Wording()
reader = AnswerReader(menu, wording, Speaker(SpokenWords.load()), "https://voice.example")


def answer(article: Article, tongue: Tongue, *, with_point: bool) -> tuple[Answer, State]:
    """What a call hears of an article, asked for it as a whole or for a figure of it."""
    passages = [passage for passage in cut(article) if passage.kind == "sentence"]
    details = Details(passages[0] if with_point else None, tuple(passages[1:4]))
    told = compose(article, tongue, details, 1.0, "v")
    card = {"definition": told.definition, "details": list(told.details), "script": told.script, "link": None}
    citations = [{"title": citation.title, "url": citation.url} for citation in told.citations]
    body: dict[str, Any] = {"text": told.spoken, "choices": [], "card": card, "citations": citations}
    row = Outgoing("r", "c", 1, "ivr", Author.ASSISTANT, body, "k")
    outcome = TurnOutcome("t", 0.0, None, "ivr", tongue, Outcome.ANSWERED, 0, {})
    state = State(language=tongue)
    found = reader.arrange(outcome, [row], OFFERS, state)
    return found, found.put_into(state)


def hear(state: State, part: int) -> tuple[Line, ...]:
    return Prompter(menu, wording).present(state.model_copy(update={"part": part})).lines


@pytest.mark.parametrize("with_point", [False, True])
@pytest.mark.parametrize("tongue", TONGUES)
def test_nothing_is_longer_than_25_seconds_nor_said_twice_nor_in_another_language(
    library: Library, tongue: Tongue, with_point: bool
) -> None:
    lengths = {}
    for slug, article in library.articles.items():
        found, state = answer(article, tongue, with_point=with_point)
        for part in range(len(found.parts)):
            said = hear(state, part)
            lengths[slug, part] = sum(count_words(line.text) for line in said)
            assert {line.language for line in said} == {tongue}, (slug, said)
            assert bool(count_scripts(said[0].text).devanagari) == (tongue == "hi"), (slug, said)
        texts = [part.text for part in found.parts]
        assert len(set(texts)) == len(texts), (slug, texts)
    assert max(lengths.values()) <= MOST_WORDS, max(lengths.items(), key=lambda item: item[1])


def test_answer_of_one_language_offers_no_more_in_the_other_but_its_link() -> None:
    body: dict[str, Any] = {"text": "सरेंडर वैल्यू वह रकम है।", "choices": []}
    body["card"] = {"definition": "सरेंडर वैल्यू वह रकम है।", "details": ["It is paid once."], "script": "Say this."}
    body["citations"] = [{"title": "Surrender value", "url": "/articles/surrender-value"}]
    row = Outgoing("r", "c", 1, "ivr", Author.ASSISTANT, body, "k")
    outcome = TurnOutcome("t", 0.0, None, "ivr", "hi", Outcome.ANSWERED, 0, {})
    state = State(language="hi")
    found = reader.arrange(outcome, [row], [], state)
    assert found.parts == (Part(text="सरेंडर वैल्यू वह रकम है।", language="hi"),)
    said = " ".join(line.text for line in hear(found.put_into(state), 0))
    assert "और सुनने के लिए" not in said
    assert "लिंक" in said


def test_rest_of_the_definition_is_what_more_begins_with() -> None:
    body: dict[str, Any] = {"text": "One. Two.", "choices": [], "citations": [{"title": "A", "url": "/articles/a"}]}
    body["card"] = {"definition": "One. Two. Three.", "details": ["Two.", "Four."], "script": None}
    row = Outgoing("r", "c", 1, "ivr", Author.ASSISTANT, body, "k")
    outcome = TurnOutcome("t", 0.0, None, "ivr", "en", Outcome.ANSWERED, 0, {})
    found = reader.arrange(outcome, [row], [], State())
    assert [part.text for part in found.parts] == ["One. Two.", "Three. Four."]


def test_question_is_followed_by_its_choices_alone_and_asked_again_after_silence() -> None:
    body: dict[str, Any] = {"text": "How large is the loan?", "choices": [], "citations": [], "card": None}
    row = Outgoing("r", "c", 1, "ivr", Author.ASSISTANT, body, "k")
    outcome = TurnOutcome("t", 0.0, None, "ivr", "en", Outcome.CLARIFIED, 0, {})
    found = reader.arrange(outcome, [row], [Offered("1", "Leave it", "leave it")], State())
    assert found.choices == (Choice(key="1", id="1", title="Leave it."),)
    state = found.put_into(State())
    assert hear(state, 0)[1].text == "Leave it. Press 1. For the menu, press 0."
    missed = state.model_copy(update={"notices": ("ivr_silence",), "misses": 1})
    assert "How large is the loan?" in " ".join(line.text for line in hear(missed, 0))
