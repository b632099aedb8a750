"""What WhatsApp is sent: within its limits, with pictures and absolute links, and nothing but templates after a day."""

import time

import pytest
from sqlalchemy import update

from saathi.messages import Purpose, Reply
from saathi.store.tables import addresses
from tests.channels.conftest import Gateway
from tests.support.gateway import on_sqlite
from tests.support.vendors import Running
from tests.support.whatsapp import THREE, OfferingDoor, queue, say, seen, texts, wait_for, wait_for_state

pytestmark = on_sqlite


async def test_long_answer_is_cut_and_its_choices_come_with_the_last_part(
    gateway: Gateway, vendors: Running, door: OfferingDoor
) -> None:
    text = " ".join(f"Sentence {number} says something about payouts." for number in range(110))
    door.offer("help", THREE, text=text)
    await say(gateway, "help")
    rows = await wait_for_state(gateway, "sent")
    sent = seen(vendors)
    assert [len(one["buttons"]) for one in sent] == [0] * (len(sent) - 1) + [3]
    assert all(len(one["text"]) <= 1600 for one in sent)
    assert len(sent[-1]["text"]) <= 1024
    assert " ".join(one["text"] for one in sent) == text
    assert rows[0]["sent_parts"] == len(sent)


async def test_picture_goes_before_a_step_with_buttons(gateway: Gateway, vendors: Running) -> None:
    await say(gateway, "step")
    picture, step = await wait_for(vendors, 2)
    assert (picture["media_urls"], picture["text"]) == (["https://saathi.example/pictures/bank_open.en.png"], "")
    assert (step["text"], step["media_urls"]) == ("Step 1 of 4. Open the app.", [])


async def test_picture_stands_over_a_short_text_without_buttons(
    gateway: Gateway, vendors: Running, door: OfferingDoor
) -> None:
    door.offer("show", [], text="The form.", card={"picture": "/pictures/form.png"})
    await say(gateway, "show")
    (shown,) = await wait_for(vendors, 1)
    assert (shown["text"], shown["media_urls"]) == ("The form.", ["https://saathi.example/pictures/form.png"])


async def test_link_of_a_card_is_an_absolute_address(gateway: Gateway, vendors: Running) -> None:
    await say(gateway, "card")
    sent = await wait_for(vendors, 1)
    assert sent[0]["text"].endswith("More: https://saathi.example/articles/surrender-value")


async def test_apostrophes_reach_buttons_as_twilio_takes_them(
    gateway: Gateway, vendors: Running, door: OfferingDoor
) -> None:
    door.offer("help", [('Say "no"', "/deny")], text="It's Asha's\npolicy.")
    await say(gateway, "help")
    sent = await wait_for(vendors, 1)
    assert (sent[0]["text"], sent[0]["buttons"][0]["title"]) == ("It’s Asha’s\npolicy.", 'Say "no"')


async def _let_a_day_pass(gateway: Gateway) -> None:
    """After a message and its answer."""
    await say(gateway, "hello")
    await wait_for_state(gateway, "sent")
    yesterday = time.time() - 24 * 3600 - 1
    await gateway.services.database.write(lambda c: c.execute(update(addresses).values(heard_at=yesterday)))


async def test_after_a_day_a_message_goes_in_its_template(gateway: Gateway, vendors: Running) -> None:
    await _let_a_day_pass(gateway)
    template = vendors.vendors.contents.create(
        {
            "friendly_name": "saathi_nudge_hi",
            "language": "hi",
            "types": {"twilio/text": {"body": "साथी: {{1}} आगे के लिए जवाब दीजिए।"}},
        }
    )
    await queue(gateway, Reply("नया कोर्स\n\nआपके लिए।", "hi", purpose=Purpose.NUDGE))
    await wait_for(vendors, 2)
    assert vendors.asked("twilio", "Messages.json")[1].fields["ContentSid"] == template.sid
    assert texts(vendors)[1] == "साथी: नया कोर्स आपके लिए। आगे के लिए जवाब दीजिए।"


@pytest.mark.parametrize(
    "reply",
    [
        Reply("There is no such template in the account.", "en", purpose=Purpose.NUDGE),
        Reply("This purpose has no template.", "en", purpose=Purpose.APOLOGY),
        Reply("Too long for a template. " * 40, "en"),
    ],
    ids=["template", "purpose", "length"],
)
async def test_after_a_day_what_has_no_template_is_not_sent(reply: Reply, gateway: Gateway, vendors: Running) -> None:
    await _let_a_day_pass(gateway)
    await queue(gateway, reply)
    rows = await wait_for_state(gateway, "sent", "failed")
    assert rows[1]["fault"].startswith("window closed")
    assert len(seen(vendors)) == 1


async def test_whoever_writes_again_gets_free_text_again(gateway: Gateway, vendors: Running) -> None:
    await _let_a_day_pass(gateway)
    await say(gateway, "I am back")
    assert (await wait_for(vendors, 2))[1]["text"] == "echo: I am back"
