"""Subscribers hear of each change of the articles, and staff see both."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from channels.announcing import Announcer
from saathi import knowledge_changes, subscribers
from saathi.knowledge_changes import Standing
from saathi.subscribers import Delivery
from tests.channels.conftest import Gateway
from tests.support.waiting import until

BEFORE = {"claim": Standing("Claim", "1"), "loan": Standing("Loan", "1")}
AFTER = {"claim": Standing("Claims", "2"), "fund": Standing("Fund", "1")}
EVENTS = [("article.changed", "claim"), ("article.added", "fund"), ("article.removed", "loan")]


class Listener:
    """A subscriber's server: keeps what it hears; `statuses` holds what it answers before it answers 200."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        app = web.Application()
        app.router.add_post("/hear", self._hear)
        self.server = TestServer(app)

    @property
    def url(self) -> str:
        return str(self.server.make_url("/hear"))

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.heard]

    async def _hear(self, request: web.Request) -> web.Response:
        self.heard.append((dict(request.headers), await request.read()))
        status = self.statuses.pop(0) if self.statuses else 200
        return web.Response(status=status, headers={"Location": "/elsewhere"} if status == 302 else {})


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    listening = Listener()
    await listening.server.start_server()
    yield listening
    await listening.server.close()


async def subscribe(gateway: Gateway, url: str, **more: str) -> dict[str, Any]:
    headers = gateway.bearer("staff", "operator")
    async with gateway.client.post("/api/knowledge/subscribers", json={"url": url, **more}, headers=headers) as answer:
        assert answer.status == 201, await answer.text()
        made: dict[str, Any] = await answer.json()
        return made


async def look(gateway: Gateway, what: str) -> list[dict[str, Any]]:
    headers = gateway.bearer("staff", "designer")
    async with gateway.client.get(f"/api/knowledge/{what}", headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        found: list[dict[str, Any]] = await answer.json()
        return found


async def announce(gateway: Gateway, standing: dict[str, Standing], version: str = "v2") -> int:
    work = lambda c: knowledge_changes.announce(c, standing, version, time.time())  # noqa: E731
    return len(await gateway.services.database.write(work))


async def test_subscriber_hears_each_change_signed(gateway: Gateway, listener: Listener) -> None:
    made = await subscribe(gateway, listener.url)
    assert await announce(gateway, BEFORE) == 0  # where counting begins
    assert await announce(gateway, AFTER) == 3

    async def heard_all() -> bool:
        return len(listener.heard) == 3

    await until(heard_all)
    assert sorted((body["event"], body["slug"]) for body in listener.bodies) == sorted(EVENTS)
    for headers, body in listener.heard:
        at, signature = (part.partition("=")[2] for part in headers["X-Saathi-Signature"].split(","))
        expected = hmac.new(made["secret"].encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        assert signature == expected
        assert abs(time.time() - int(at)) < 10
        assert set(json.loads(body)) == {"id", "event", "slug", "title", "version", "at", "delivery"}
        assert headers["X-Saathi-Delivery"] == json.loads(body)["delivery"]
    assert [(c["event"], c["slug"]) for c in reversed(await look(gateway, "changes"))] == EVENTS


async def test_change_is_announced_once(gateway: Gateway) -> None:
    await announce(gateway, BEFORE)
    assert await announce(gateway, AFTER) == 3
    assert await announce(gateway, AFTER) == 0


async def test_failed_delivery_comes_again_under_the_same_id(gateway: Gateway, listener: Listener) -> None:
    listener.statuses = [500, 302]
    await subscribe(gateway, listener.url)
    await announce(gateway, BEFORE)
    await announce(gateway, {**BEFORE, "loan": Standing("Loan", "2")})

    async def has_failed() -> bool:
        (subscriber,) = await look(gateway, "subscribers")
        return subscriber["last_fault"] is not None

    await until(has_failed)
    database = gateway.services.database
    announcer = Announcer(database, gateway.client.session)
    for attempt in (1, 2):  # the pauses of 5 and 10 s, gone through at once
        later = time.time() + 3600
        (delivery,) = await database.write(lambda c, later=later: subscribers.claim_due(c, later, 10))
        assert delivery.attempts == attempt
        await announcer._tell(delivery)
    assert [body["delivery"] for body in listener.bodies] == [delivery.id] * 3
    assert (await look(gateway, "subscribers"))[0]["waiting"] == 0


async def test_subscriber_that_is_away_is_given_up_after_three_days(gateway: Gateway) -> None:
    database = gateway.services.database
    await subscribe(gateway, f"http://127.0.0.1:{unused_port()}/hear")
    await announce(gateway, BEFORE)
    await announce(gateway, AFTER)

    async def have_failed() -> bool:
        return bool((await look(gateway, "subscribers"))[0]["last_fault"])

    await until(have_failed)
    now = time.time()
    rows: list[Delivery] = await database.write(lambda c: subscribers.claim_due(c, now + 60, 10))
    assert await database.write(lambda c: subscribers.mark_failed(c, rows[0], "gone", now + 3600)) is True
    assert await database.write(lambda c: subscribers.mark_failed(c, rows[0], "gone", now + 4 * 86400)) is False
    (subscriber,) = await look(gateway, "subscribers")
    assert (subscriber["waiting"], subscriber["failed"]) == (2, 1)


async def test_delivery_is_one_senders_until_its_lease_ends(gateway: Gateway) -> None:
    database = gateway.services.database
    await subscribe(gateway, "https://saathi.invalid/hear")
    await announce(gateway, BEFORE)
    future = time.time() + 10_000  # out of the gateway's own reach
    await database.write(lambda c: knowledge_changes.announce(c, AFTER, "v2", future))
    claim = lambda at: database.write(lambda c: subscribers.claim_due(c, at, 10))  # noqa: E731
    claimed = await asyncio.gather(claim(future + 1), claim(future + 1))
    assert sorted(map(len, claimed)) == [0, 3]
    assert len(await claim(future + 2 + subscribers.LEASE_S)) == 3


async def test_removed_subscriber_hears_no_more(gateway: Gateway, listener: Listener) -> None:
    made = await subscribe(gateway, listener.url, secret="k" * 40)
    assert made["secret"] == "k" * 40
    headers = gateway.bearer("staff", "operator")
    address = f"/api/knowledge/subscribers/{made['id']}"
    async with gateway.client.delete(address, headers=headers) as answer:
        assert answer.status == 204
    async with gateway.client.delete(address, headers=headers) as answer:
        assert answer.status == 404
    await announce(gateway, BEFORE)
    await announce(gateway, AFTER)
    await asyncio.sleep(1.5)
    assert listener.heard == []
    assert await look(gateway, "subscribers") == []


async def test_secrets_are_told_only_once(gateway: Gateway) -> None:
    made = await subscribe(gateway, "https://partner.example/hear")
    assert made["secret"] not in json.dumps(await look(gateway, "subscribers"))


@pytest.mark.parametrize(
    "url",
    [
        "http://partner.example/hear",
        "http://10.0.0.7/hear",
        "ftp://partner.example/",
        "https://user:word@partner.example/",
        "https:///hear",
        "https://partner.example:99999/",
        "https://partner.example/ hear",
        "not an address",
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_unfit_address_is_refused(gateway: Gateway, url: str) -> None:
    headers = gateway.bearer("staff", "operator")
    async with gateway.client.post("/api/knowledge/subscribers", json={"url": url}, headers=headers) as answer:
        assert answer.status == 422
        assert (await answer.json())["error"]["code"] == "invalid"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_partners_and_agents_may_not_see_or_change_it(gateway: Gateway) -> None:
    for role, status in ((None, 403), ("agent", 403)):
        headers = gateway.bearer("P1001", role)
        for method, what in (("GET", "changes"), ("GET", "subscribers"), ("POST", "subscribers")):
            async with gateway.client.request(method, f"/api/knowledge/{what}", headers=headers) as answer:
                assert answer.status == status
    async with gateway.client.get("/api/knowledge/changes") as answer:
        assert answer.status == 401


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_expired_articles_are_a_gauge(gateway: Gateway) -> None:
    async def is_counted() -> bool:
        async with gateway.client.get("/metrics") as answer:
            return "saathi_articles_expired " in await answer.text()

    await until(is_counted)
