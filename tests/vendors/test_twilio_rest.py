"""Twilio's REST and Content API as its own SDK meets them."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from tests.support.vendors import ACCOUNT, PUBLIC, TOKEN, Running, needs_documents, run_vendors
from tests.support.waiting import until
from tests.vendors.gateway import SmallGateway

AUTHORIZATION = {"Authorization": aiohttp.encode_basic_auth(ACCOUNT, TOKEN)}
TO, FROM = "whatsapp:+919800000001", "whatsapp:+918000000000"


class Rerouted(TwilioHttpClient):
    """The SDK's client, with the stand-in in Twilio's place."""

    def __init__(self, base: str) -> None:
        super().__init__(timeout=10)
        self._base = base

    def request(self, method: str, url: str, *given: Any, **named: Any) -> Response:
        path = url.removeprefix("https://").partition("/")[2]
        return super().request(method, f"{self._base}/{path}", *given, **named)


@pytest.fixture
def client(running: Running) -> Client:
    return Client(ACCOUNT, TOKEN, http_client=Rerouted(running.url))


async def call(work: Callable[[], Any]) -> Any:
    return await asyncio.to_thread(work)


async def test_message_is_taken_shown_and_its_fate_told(
    running: Running, client: Client, gateway: SmallGateway
) -> None:
    callback = f"{PUBLIC}/channels/whatsapp/status"
    sent = await call(lambda: client.messages.create(to=TO, from_=FROM, body="Namaste", status_callback=callback))
    assert sent.status == "queued"

    async def is_delivered() -> bool:
        return len(gateway.sent_to("/channels/whatsapp/status")) == 2

    await until(is_delivered)
    told = gateway.sent_to("/channels/whatsapp/status")
    assert [form["MessageStatus"] for form in told] == ["sent", "delivered"]
    assert told[1]["MessageSid"] == sent.sid
    assert (await call(lambda: client.messages(sent.sid).fetch())).status == "delivered"
    (entry,) = running.vendors.journal.list_thread(TO)
    assert (entry["text"], entry["status"]) == ("Namaste", "delivered")
    assert gateway.refused == []


async def test_content_is_made_filled_and_sent_with_its_buttons(running: Running, client: Client) -> None:
    async with aiohttp.ClientSession(headers=AUTHORIZATION) as session:
        reply = {"type": "QUICK_REPLY", "title": "{{2}}", "id": "c1"}
        types = {"twilio/quick-reply": {"body": "Hello {{1}}", "actions": [reply]}}
        wish = {"friendly_name": "x", "language": "en", "variables": {"1": "you"}, "types": types}
        async with session.post(f"{running.url}/v1/Content", json=wish) as answer:
            assert answer.status == 201
            sid = (await answer.json())["sid"]
    assert (await call(lambda: client.content.v1.contents(sid).fetch())).types == types
    variables = json.dumps({"1": "Asha", "2": "Payouts"})
    await call(lambda: client.messages.create(to=TO, from_=FROM, content_sid=sid, content_variables=variables))

    async def is_shown() -> bool:
        return bool(running.vendors.journal.list_thread(TO))

    await until(is_shown)
    (entry,) = running.vendors.journal.list_thread(TO)
    assert entry["text"] == "Hello Asha"
    assert entry["buttons"] == [{"id": "c1", "title": "Payouts"}]


async def test_contents_are_listed_by_pages(running: Running, client: Client) -> None:
    wish = {"language": "en", "types": {"twilio/text": {"body": "x"}}}
    made = [running.vendors.contents.create(wish).sid for _ in range(5)]
    listed = await call(lambda: client.content.v1.contents.list(page_size=2))
    assert [content.sid for content in listed] == made
    assert [asked.status for asked in running.asked("twilio", "/v1/Content")] == [200] * 3


async def test_request_that_hangs_is_taken_meanwhile(running: Running) -> None:
    running.play("twilio", hang=60, calls=1)
    form = {"To": TO, "From": FROM, "Body": "x"}
    async with aiohttp.ClientSession(running.url, headers=AUTHORIZATION) as session:
        sending = asyncio.ensure_future(session.post(f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json", data=form))

        async def is_taken() -> bool:
            return len(running.vendors.messages.list_all(TO)) == 1

        await until(is_taken)
        assert not sending.done()
        sending.cancel()


async def test_nothing_is_told_to_a_gateway_that_nobody_knows(gateway: SmallGateway) -> None:
    async with run_vendors() as alone:
        form = {"To": TO, "From": FROM, "Body": "x", "StatusCallback": f"{PUBLIC}/channels/whatsapp/status"}
        path = f"{alone.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
        async with aiohttp.ClientSession(headers=AUTHORIZATION) as session, session.post(path, data=form) as answer:
            assert answer.status == 201

        async def is_delivered() -> bool:
            return [message.status for message in alone.vendors.messages.list_all()] == ["delivered"]

        await until(is_delivered)
    assert gateway.forms == []


async def test_picture_is_fetched_from_the_gateway(running: Running, client: Client) -> None:
    await call(lambda: client.messages.create(to=TO, from_=FROM, body="See", media_url=[f"{PUBLIC}/picture.png"]))

    async def is_shown() -> bool:
        return bool(running.vendors.journal.list_thread(TO))

    await until(is_shown)
    (entry,) = running.vendors.journal.list_thread(TO)
    async with aiohttp.ClientSession() as session, session.get(running.url + entry["media"][0]["url"]) as answer:
        assert answer.content_type == "image/png"


@needs_documents
@pytest.mark.parametrize(
    ("form", "fault"),
    [
        ({"To": TO, "From": FROM, "Boddy": "x"}, "Boddy"),
        ({"To": TO, "From": FROM, "Body": "x", "ContentSid": "HX1"}, "body.ContentSid"),
        ({"From": FROM, "Body": "x"}, "'To' is a required property"),
        ({"To": TO, "From": FROM, "Body": "x", "RiskCheck": "perhaps"}, "perhaps"),
        ({"To": TO, "From": FROM, "Body": "x", "Attempt": "one"}, "body.Attempt"),
    ],
)
async def test_request_that_does_not_fit_the_document_is_refused(
    running: Running, form: dict[str, str], fault: str
) -> None:
    async with (
        aiohttp.ClientSession(headers=AUTHORIZATION) as session,
        session.post(f"{running.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json", data=form) as answer,
    ):
        assert answer.status == 400
        told = await answer.json()
        assert told["code"] == 20001
        assert fault in told["message"]
    assert fault in running.vendors.requests.list_all("twilio")[-1].misfit


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"body": "x" * 1601}, 21617),
        ({}, 21619),
        ({"content_sid": "HX" + "0" * 32}, 21655),
        ({"body": "x", "to": "+919800000001"}, 21910),
    ],
)
async def test_what_twilio_refuses_is_refused(client: Client, wish: dict[str, Any], code: int) -> None:
    with pytest.raises(TwilioRestException) as caught:
        await call(lambda: client.messages.create(**{"to": TO, "from_": FROM} | wish))
    assert (caught.value.status, caught.value.code) == (400, code)


async def test_wrong_token_is_401(running: Running) -> None:
    wrong = Client(ACCOUNT, "wrong", http_client=Rerouted(running.url))
    with pytest.raises(TwilioRestException) as caught:
        await call(lambda: wrong.messages.create(to=TO, from_=FROM, body="x"))
    assert (caught.value.status, caught.value.code) == (401, 20003)


async def test_free_text_after_24_hours_fails_with_63016(
    running: Running, client: Client, gateway: SmallGateway
) -> None:
    running.vendors.whatsapp.close_window(TO)
    callback = f"{PUBLIC}/channels/whatsapp/status"
    sent = await call(lambda: client.messages.create(to=TO, from_=FROM, body="x", status_callback=callback))

    async def has_failed() -> bool:
        return bool((await call(lambda: client.messages(sent.sid).fetch())).error_code)

    await until(has_failed)
    found = await call(lambda: client.messages(sent.sid).fetch())
    assert (found.status, found.error_code) == ("failed", 63016)


@pytest.mark.parametrize(
    ("count", "title", "excess"),
    [(4, "Payout {}", "more than 3 quick replies"), (1, "A title that is too long {}", "a quick reply's title")],
)
async def test_buttons_that_whatsapp_does_not_show_fail_with_63013(
    running: Running, client: Client, count: int, title: str, excess: str
) -> None:
    actions = [{"type": "QUICK_REPLY", "title": title.format(number), "id": str(number)} for number in range(count)]
    wish = {"language": "en", "types": {"twilio/quick-reply": {"body": "Which?", "actions": actions}}}
    async with (
        aiohttp.ClientSession(headers=AUTHORIZATION) as session,
        session.post(f"{running.url}/v1/Content", json=wish) as answer,
    ):
        sid = (await answer.json())["sid"]
    sent = await call(lambda: client.messages.create(to=TO, from_=FROM, content_sid=sid))

    async def has_failed() -> bool:
        return bool((await call(lambda: client.messages(sent.sid).fetch())).error_code)

    await until(has_failed)
    (entry,) = running.vendors.journal.list_thread(TO)
    assert (entry["error_code"], entry["excess"]) == (63013, excess)


@pytest.fixture
async def control(running: Running) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(running.url) as session:
        yield session


async def test_limit_of_one_address_lets_others_through(control: aiohttp.ClientSession, client: Client) -> None:
    fault = {"vendor": "twilio", "status": 429, "retry_after": 3, "address": TO, "calls": 1}
    assert (await control.put("/control", json=fault)).status == 200
    await call(lambda: client.messages.create(to=f"{TO}9", from_=FROM, body="x"))
    with pytest.raises(TwilioRestException) as caught:
        await call(lambda: client.messages.create(to=TO, from_=FROM, body="x"))
    assert (caught.value.status, caught.value.code) == (429, 20429)
    await call(lambda: client.messages.create(to=TO, from_=FROM, body="x"))


@pytest.mark.parametrize(("when", "taken"), [("before", 0), ("after", 1)])
async def test_connection_is_dropped_before_or_after_the_message_is_taken(
    running: Running, control: aiohttp.ClientSession, when: str, taken: int
) -> None:
    await control.put("/control", json={"vendor": "twilio", "drop": when})
    form = {"To": TO, "From": FROM, "Body": "x"}
    with pytest.raises(aiohttp.ClientError):
        await control.post(f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json", data=form, headers=AUTHORIZATION)
    await asyncio.sleep(0.1)
    assert len(running.vendors.journal.list_thread(TO)) == taken
    assert [one.status for one in running.vendors.requests.list_all("twilio")] == [0]


@pytest.mark.parametrize(
    "wish", [{"status": 500}, {"vendor": "twilio"}, {"vendor": "other", "status": 500}, {"vendor": "twilio", "drop": 1}]
)
async def test_fault_that_makes_no_sense_is_refused(control: aiohttp.ClientSession, wish: dict[str, Any]) -> None:
    assert (await control.put("/control", json=wish)).status == 422
