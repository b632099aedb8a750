"""What the gateway may rely on at the door."""

import aiohttp
import pytest

from tests.bot.servers import ACTIONS_SECRET, Actions, BotProcess, Gateway

LANGUAGE = {"language": "en"}


async def test_turn_is_answered_as_the_contract_says(gateway: Gateway, conversation: str) -> None:
    answered = await gateway.turn(conversation, "m1", "hello there")

    assert answered.status == 200
    told = {"replies", "intent", "entities", "slots", "sentiment", "actions", "model", "milliseconds", "repeated"}
    assert set(answered.body) == told
    assert answered.body["replies"] == [
        {
            "text": "Hello.",
            "response": "utter_greet",
            "buttons": [{"title": "Price", "payload": "/ask_price"}],
            "custom": None,
        }
    ]
    assert answered.body["intent"]["name"] == "greet"
    assert 0 < answered.body["intent"]["confidence"] <= 1
    assert -1 <= answered.body["sentiment"] <= 1
    assert answered.body["actions"] == ["utter_greet"]
    assert set(answered.body["milliseconds"]) == {"nlu", "actions", "total"}
    assert answered.body["repeated"] is False


async def test_duplicate_message_is_answered_once(gateway: Gateway, actions: Actions, conversation: str) -> None:
    first = await gateway.turn(conversation, "m1", "what is the price")
    again = await gateway.turn(conversation, "m1", "what is the price")

    assert first.body["replies"][0]["text"] == "It costs 42."
    assert again.body["replies"] == first.body["replies"]
    assert again.body["repeated"] is True
    assert len(actions.calls) == 1


async def test_known_message_stays_known_after_many_turns(gateway: Gateway, conversation: str) -> None:
    first = await gateway.turn(conversation, "m0", "thank you")
    for number in range(1, 30):
        assert (await gateway.turn(conversation, f"m{number}")).status == 200

    again = await gateway.turn(conversation, "m0", "thank you")

    assert again.body["repeated"] is True
    assert again.body["replies"] == first.body["replies"]


async def test_same_message_id_in_another_conversation_is_another_message(gateway: Gateway, conversation: str) -> None:
    await gateway.turn(conversation, "m1")

    other = await gateway.turn(conversation + "x", "m1")

    assert other.body["repeated"] is False


@pytest.mark.parametrize("secret", [None, "", "wrong", "naïve"])
@pytest.mark.parametrize("route", ["turn", "reload"])
async def test_door_is_closed_without_the_secret(gateway: Gateway, route: str, secret: str | None) -> None:
    answered = await gateway.post(route, {}, secret)

    assert answered.status == 401
    assert answered.body["error"]["code"] == "refused"


@pytest.mark.parametrize("address", ["/", "/status", "/version", "/conversations/x/tracker", "/webhooks/rest/webhook"])
async def test_there_is_no_other_way_in(bot: BotProcess, session: aiohttp.ClientSession, address: str) -> None:
    async with session.get(f"http://127.0.0.1:{bot.port}{address}") as response:
        assert response.status == 404


@pytest.mark.parametrize(
    "change",
    [
        {"text": None},
        {"text": "  "},
        {"text": 5},
        {"text": "a lone \ud800 surrogate"},
        {"text": "hello", "payload": "/greet"},
        {"payload": "/no_such_intent", "text": None},
        {"message_id": ""},
        {"message_id": "with space"},
        {"conversation": "x" * 201},
        {"channel": "In App"},
        {"slots": {"no_such_slot": 1}},
        {"slots": 5},
        {"unknown": 1},
    ],
)
async def test_bad_body_is_refused_with_a_reason(
    gateway: Gateway, conversation: str, change: dict[str, object]
) -> None:
    body = {"message_id": "m1", "conversation": conversation, "turn": "t", "channel": "inapp", "text": "hello"}

    refused = await gateway.post("turn", {**body, **change})
    after = await gateway.turn(conversation, "m1")

    assert refused.status == 422
    assert refused.body["error"]["code"] == "bad_request"
    assert refused.body["error"]["message"]
    assert after.body["repeated"] is False


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff"])
async def test_body_that_is_no_object_is_refused(bot: BotProcess, session: aiohttp.ClientSession, body: bytes) -> None:
    headers = {"X-Saathi-Secret": "secret-of-the-door"}
    async with session.post(bot.url("turn"), data=body, headers=headers) as response:
        assert response.status == 422


@pytest.mark.parametrize("text", ["/restart", "/greet", '/greet{"price": 1}', " /thank", "/session_start"])
async def test_typed_slash_is_only_text(gateway: Gateway, actions: Actions, conversation: str, text: str) -> None:
    await gateway.turn(conversation, "m1", "hello", slots={"language": "hi"})

    answered = await gateway.turn(conversation, "m2", text, slots={})
    after = await gateway.turn(conversation, "m3", "hello", slots={})

    assert answered.status == 200
    assert answered.body["intent"]["confidence"] < 1.0
    assert after.body["replies"][0]["text"] == "नमस्ते।"


async def test_payload_is_a_command(gateway: Gateway, conversation: str) -> None:
    answered = await gateway.turn(conversation, "m1", payload="/thank")

    assert answered.body["intent"] == {"name": "thank", "confidence": 1.0}
    assert answered.body["actions"] == ["utter_thank"]


async def test_payload_in_plain_words_is_understood_like_typed_text(gateway: Gateway, conversation: str) -> None:
    answered = await gateway.turn(conversation, "m1", payload="thank you so much")

    assert answered.body["intent"]["name"] == "thank"
    assert answered.body["intent"]["confidence"] < 1.0


@pytest.mark.parametrize(
    ("channel", "language", "text"),
    [
        ("inapp", "en", "Hello."),
        ("inapp", "hi", "नमस्ते।"),
        ("ivr", "en", "Hello on the line."),
        ("ivr", "hi", "नमस्ते, फ़ोन पर।"),
    ],
)
async def test_wording_follows_channel_and_language(
    gateway: Gateway, conversation: str, channel: str, language: str, text: str
) -> None:
    answered = await gateway.turn(conversation, "m1", channel=channel, slots={"language": language})

    assert [reply["text"] for reply in answered.body["replies"]] == [text]


async def test_slots_stay_until_the_gateway_changes_them(gateway: Gateway, conversation: str) -> None:
    await gateway.turn(conversation, "m1", slots={"language": "hi"})

    kept = await gateway.turn(conversation, "m2", slots={})
    changed = await gateway.turn(conversation, "m3", slots={"language": "en"})

    assert kept.body["replies"][0]["text"] == "नमस्ते।"
    assert changed.body["replies"][0]["text"] == "Hello."


async def test_nonsense_is_not_understood(gateway: Gateway, conversation: str) -> None:
    answered = await gateway.turn(conversation, "m1", "zxqv blorf wug 123")

    assert answered.body["intent"]["name"] in {"nlu_fallback", "out_of_scope"}
    assert answered.body["replies"][0]["response"] == "utter_unclear"


async def test_hindi_script_and_latin_spelling_are_understood_alike(gateway: Gateway, conversation: str) -> None:
    devanagari = await gateway.turn(conversation, "m1", "धन्यवाद")
    latin = await gateway.turn(conversation, "m2", "dhanyavaad")

    assert devanagari.body["intent"]["name"] == latin.body["intent"]["name"] == "thank"


async def test_form_asks_and_fills_through_the_action_server(
    gateway: Gateway, actions: Actions, conversation: str
) -> None:
    asked = await gateway.turn(conversation, "m1", "book a visit")
    day = await gateway.turn(conversation, "m2", "on monday")
    place = await gateway.turn(conversation, "m3", "at the office")

    assert [reply["text"] for reply in asked.body["replies"]] == ["Which day?"]
    assert [reply["text"] for reply in day.body["replies"]] == ["Which place?"]
    assert [reply["text"] for reply in place.body["replies"]] == ["Booked for on monday at at the office."]
    assert {call["next_action"] for call in actions.calls} == {"validate_visit_form"}
    assert actions.calls[0]["domain"]["forms"]["visit_form"]["required_slots"] == ["day", "place"]


async def test_action_call_carries_the_turn_and_no_more(gateway: Gateway, actions: Actions, conversation: str) -> None:
    for number in range(5):
        await gateway.turn(conversation, f"m{number}")
    await gateway.turn(conversation, "m5", "what is the price", slots={"language": "hi", "failed_attempts": 1})

    (call,) = actions.calls
    tracker = call["tracker"]
    assert actions.secrets == [ACTIONS_SECRET]
    assert call["next_action"] == "action_price"
    assert call["sender_id"] == tracker["sender_id"] == conversation
    assert set(call["domain"]) == {"slots", "forms"}
    assert tracker["slots"]["language"] == "hi"
    assert tracker["slots"]["failed_attempts"] == 1
    assert tracker["latest_message"]["message_id"] == "m5"
    assert tracker["latest_message"]["metadata"]["turn"] == "turn-m5"
    assert tracker["latest_message"]["intent"]["name"] == "ask_price"
    assert -1 <= tracker["latest_message"]["sentiment"] <= 1
    assert tracker["latest_input_channel"] == "inapp"
    assert [event["event"] for event in tracker["events"]].count("user") == 1
    assert tracker["events"][0]["text"] == "what is the price"


async def test_action_calls_share_a_connection(gateway: Gateway, actions: Actions, conversation: str) -> None:
    for number in range(5):
        await gateway.turn(conversation, f"m{number}", "what is the price")

    assert len(actions.calls) == 5
    assert len(actions.connections) == 1


async def test_slots_set_by_an_action_are_kept(gateway: Gateway, actions: Actions, conversation: str) -> None:
    await gateway.turn(conversation, "m1", "what is the price")
    await gateway.turn(conversation, "m2", "what is the price")

    assert [call["tracker"]["slots"]["price"] for call in actions.calls] == [None, 42]
