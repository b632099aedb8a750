"""What the stand-ins themselves say fits the vendors' documents: answers and updates."""

import asyncio
import json
from typing import Any

import aiohttp

from tests.support.vendors import ACCOUNT, BOT_TOKEN, PUBLIC, SPECS, TOKEN, Running, needs_documents
from tests.vendors.gateway import SmallGateway
from vendors.specification import JSON, Specification
from vendors.telegram.document import to_openapi
from vendors.telegram.people import USERS

pytestmark = needs_documents

ACCOUNT_PATH = f"/2010-04-01/Accounts/{ACCOUNT}"
AUTHORIZATION = {"Authorization": aiohttp.encode_basic_auth(ACCOUNT, TOKEN)}


def check(document: dict[str, Any], schema: str, value: Any) -> None:
    """Raises `Misfit` when the value does not fit the document's schema of that name."""
    body = {"content": {JSON: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}
    whole = {**document, "paths": {"/value": {"post": {"requestBody": body}}}}
    Specification(whole).check("POST", "/value", {}, json.dumps(value).encode())


def read(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SPECS / name).read_text(encoding="utf-8"))
    return document


async def test_twilios_resources(running: Running, gateway: SmallGateway) -> None:
    api, content = read("twilio_api_v2010.json"), read("twilio_content_v1.json")
    async with aiohttp.ClientSession(running.url, headers=AUTHORIZATION) as session:
        form = {"To": "whatsapp:+919800000001", "From": "whatsapp:+918000000000", "Body": "x"}
        async with session.post(f"{ACCOUNT_PATH}/Messages.json", data=form) as answer:
            check(api, "api.v2010.account.message", await answer.json())
        call = {"To": "+919800000001", "From": "+918000000001", "Url": f"{PUBLIC}/voice"}
        async with session.post(f"{ACCOUNT_PATH}/Calls.json", data=call) as answer:
            called = await answer.json()
            check(api, "api.v2010.account.call", called)
        async with session.post(f"{ACCOUNT_PATH}/Calls/{called['sid']}.json", data={"Status": "completed"}) as answer:
            check(api, "api.v2010.account.call", await answer.json())
        wish = {"language": "en", "types": {"twilio/text": {"body": "x"}}}
        async with session.post("/v1/Content", json=wish) as answer:
            made = await answer.json()
            check(content, "content.v1.content", made)
        path, request = f"/v1/Content/{made['sid']}/ApprovalRequests", {"name": "x", "category": "UTILITY"}
        async with session.post(f"{path}/whatsapp", json=request) as answer:
            check(content, "content.v1.content.approval_create", await answer.json())
        async with session.get(path) as answer:
            check(content, "content.v1.content.approval_fetch", await answer.json())
    await asyncio.sleep(0)


async def test_telegrams_updates_and_results(running: Running, gateway: SmallGateway) -> None:
    document = to_openapi(read("telegram_bot_api.json"))
    telegram = running.vendors.telegram
    async with aiohttp.ClientSession(running.url) as session:
        keyboard = {"inline_keyboard": [[{"text": "Yes", "callback_data": "k"}]]}
        body = {"chat_id": USERS[0].id, "text": "_x_", "parse_mode": "MarkdownV2", "reply_markup": keyboard}
        async with session.post(f"/bot{BOT_TOKEN}/sendMessage", json=body) as answer:
            sent = (await answer.json())["result"]
        check(document, "Message", sent)
        for method, kind in (("getMe", "User"), ("getWebhookInfo", "WebhookInfo")):
            async with session.post(f"/bot{BOT_TOKEN}/{method}") as answer:
                check(document, kind, (await answer.json())["result"])
    await telegram.write(USERS[0], "/start 1")
    await telegram.edit(USERS[0], 1, "x")
    await telegram.tap(USERS[0], sent["message_id"], "k")
    await telegram.react(USERS[0], sent["message_id"], "👍")
    for kind in ("photo", "voice", "sticker", "document"):
        await telegram.send_file(USERS[0], kind)
    await telegram.send_place(USERS[0])
    await telegram.send_contact(USERS[0])
    assert len(gateway.updates) == 10
    for update in gateway.updates:
        check(document, "Update", update)
