"""Thumbs and the survey at an address and in the app, through a running gateway, as people type them."""

import time

from sqlalchemy import select

from channels.intake import Heard, Intake
from channels.wording import Wording
from saathi.outbox import Outgoing
from saathi.store import tables
from tests.channels.conftest import Gateway
from tests.channels.writing import ADDRESS, CHANNEL, call, first_line, link, say, sentence
from tests.support.rasa import FakeDoor


async def rate_of(gateway: Gateway) -> list[str]:
    return await gateway.services.database.read(lambda c: list(c.scalars(select(tables.feedback.c.value))))


async def test_thumb_rates_the_last_answer_once_and_can_be_changed(gateway: Gateway, door: FakeDoor) -> None:
    answer = (await say(gateway, "card"))[0]
    assert await first_line(gateway, "👍") == sentence("rated_up")
    assert await rate_of(gateway) == ["up"]
    assert await first_line(gateway, "👎🏽") == sentence("rated_down")
    assert await rate_of(gateway) == ["down"]
    reply = await gateway.services.database.read(lambda c: c.scalar(select(tables.feedback.c.reply)))
    assert reply == answer.id
    assert len(door.asked) == 1


async def test_thumb_without_an_answer_or_after_a_question_takes_a_turn(gateway: Gateway, door: FakeDoor) -> None:
    await say(gateway, "👍")
    await say(gateway, "is the photo taken?")  # the echo ends with the same mark
    await say(gateway, "👍")
    await say(gateway, "step")  # offers "done"
    await say(gateway, "👍")
    assert [asked["text"] for asked in door.asked] == ["👍", "is the photo taken?", "👍", "step", "👍"]
    assert await rate_of(gateway) == []


async def test_reaction_rates_the_message_that_it_is_on(gateway: Gateway) -> None:
    answer = (await say(gateway, "card"))[0]
    await say(gateway, "another question")
    values = {"channel": CHANNEL, "vendor_id": "SMvendor", "reply": answer.id, "part": 0, "at": time.time()}
    await gateway.services.database.write(lambda c: c.execute(tables.sent_parts.insert().values(values)))
    heard = Heard(CHANNEL, ADDRESS, "whatsapp:SMreaction")
    intake = Intake(gateway.services)
    known = await intake.enter(heard)
    assert await intake.rate(heard, known, "down", "SMvendor")
    assert not await intake.rate(heard, known, "down", "SMunknown")
    reply = await gateway.services.database.read(lambda c: c.scalar(select(tables.feedback.c.reply)))
    assert reply == answer.id
    assert await intake.rate(heard, known, "up")
    assert len(await rate_of(gateway)) == 2


async def surveys_of(gateway: Gateway) -> list[tuple[int | None, str | None]]:
    query = select(tables.surveys.c.score, tables.surveys.c.comment).order_by(tables.surveys.c.asked_at)
    return await gateway.services.database.read(lambda c: [(row.score, row.comment) for row in c.execute(query)])


async def ask_and_thank(gateway: Gateway, door: FakeDoor) -> list[Outgoing]:
    """A question and its thanks; the replies to the thanks."""
    door.intents["thank you"] = "thank"
    await say(gateway, "card")
    return await say(gateway, "thank you")


async def test_closed_conversation_asks_once_and_keeps_the_last_answer(gateway: Gateway, door: FakeDoor) -> None:
    replies = await ask_and_thank(gateway, door)
    assert [reply.purpose for reply in replies] == ["reply", "survey"]
    assert replies[1].body["text"] == sentence("survey")
    assert await first_line(gateway, "4 achha, number 9876543210") == Wording().say("survey_thanks", "hinglish")
    (score, comment), *others = await surveys_of(gateway)
    assert (score, others) == (4, [])
    assert comment is not None
    assert "98765" not in comment
    await say(gateway, "5")
    assert await surveys_of(gateway) == [(5, comment)]
    await say(gateway, "2 bahut slow")
    assert await surveys_of(gateway) == [(2, "bahut slow")]
    assert [reply.purpose for reply in await say(gateway, "thank you")] == ["reply"]
    assert [asked["text"] for asked in door.asked] == ["card", "thank you", "thank you"]


async def test_number_counts_as_a_score_only_while_the_question_stands(gateway: Gateway, door: FakeDoor) -> None:
    await say(gateway, "4")
    await ask_and_thank(gateway, door)
    await say(gateway, "2 din se payout nahi aaya")
    await say(gateway, "4")
    assert [asked.get("text") for asked in door.asked] == [
        "4", "card", "thank you", "2 din se payout nahi aaya", "4"
    ]  # fmt: skip
    assert await surveys_of(gateway) == [(None, None)]


async def test_survey_comes_neither_without_an_answer_nor_in_a_form(gateway: Gateway, door: FakeDoor) -> None:
    door.intents["thank you"] = "thank"
    await say(gateway, "thank you")
    await say(gateway, "thank you")
    door.slots = {"requested_slot": "amount"}
    await ask_and_thank(gateway, door)
    assert await surveys_of(gateway) == []


async def test_survey_in_the_app_is_a_frame_of_its_own_and_answered_in_words(gateway: Gateway, door: FakeDoor) -> None:
    door.intents["bye"] = "goodbye"
    async with gateway.chat() as chat:
        await chat.ask("card", "m1")
        await chat.ask("bye", "m2")
        assert (await chat.next("survey"))["text"] == sentence("survey")
        await chat.say("5 very quick", "m3")
        assert (await chat.next("survey"))["text"] == sentence("survey_thanks")
    assert await surveys_of(gateway) == [(5, "very quick")]
    assert len(door.asked) == 2


async def test_survey_asked_in_the_app_is_not_answered_from_elsewhere(gateway: Gateway, door: FakeDoor) -> None:
    await link(gateway)
    door.intents["bye"] = "goodbye"
    async with gateway.chat() as chat:
        await chat.ask("card", "m1")
        await chat.ask("bye", "m2")
        await chat.next("survey")
    await say(gateway, "5")
    assert await surveys_of(gateway) == [(None, None)]


async def test_answers_of_the_api_carry_no_survey(gateway: Gateway, door: FakeDoor) -> None:
    door.intents["bye"] = "goodbye"
    _, first = await call(gateway, "POST", "/api/ask", query="card")
    _, last = await call(gateway, "POST", "/api/ask", query="bye", conversation=first["conversation"])
    assert last["answer"]["text"] == "echo: bye"
    assert await surveys_of(gateway) == []
