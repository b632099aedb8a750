"""The CRM over HTTP: a partner's own and nobody else's, each write once, and what the network's CRM sends, signed."""

import asyncio
import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from channels.signing import HEADER, WINDOW_S, sign
from saathi.settings import ROOT, Settings
from saathi.store.crm_tables import activities, closings, crm_events, lead_stages, leads, tickets
from tests.channels.conftest import Gateway, run_gateway
from tests.saathi.crm.network import MINE, THEIRS, fill
from tests.support.rasa import FakeDoor
from tests.support.waiting import until

SECRET = "e" * 32
PAGE = ROOT / "docs/crm-api.md"
EVENTS, TICKET = "/api/crm/events", "/api/crm/ticket"
READS = ["/api/crm/customer/{}", "/api/crm/orders/{}", "/api/ecommerce/order/{}", "/api/leads/{}/score"]
MY_OWN = ["C-1042", "C-1042", "A-1042", "L-1042"]
THEIR_OWN = ["C-2001", "C-2001", "A-2001", "L-2001"]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"crm_events_secret": type(settings.jwt_secret)(SECRET)})


@pytest.fixture
async def filled(gateway: Gateway) -> Gateway:
    await gateway.services.database.write(fill)
    return gateway


async def ask(
    gateway: Gateway, method: str, path: str, body: Any = None, partner: str = MINE, key: str | None = None
) -> tuple[int, Any]:
    headers = gateway.bearer(partner) | ({"Idempotency-Key": key} if key else {})
    async with gateway.client.request(method, path, json=body, headers=headers) as answer:
        return answer.status, await answer.json()


async def send(gateway: Gateway, event: dict[str, Any], secret: str = SECRET, aged_s: float = 0) -> tuple[int, Any]:
    body = json.dumps(event).encode()
    headers = {HEADER: sign(secret, int(time.time() - aged_s), body)}
    async with gateway.client.post(EVENTS, data=body, headers=headers) as answer:
        return answer.status, await answer.json()


def tell(name: str = "e1", kind: str = "lead.created", **more: Any) -> dict[str, Any]:
    at = datetime.now(UTC).isoformat()
    if kind == "lead.event":
        return {"id": name, "type": kind, "at": at, "event": {"lead": "L-77", "kind": "quote_asked"}}
    customer = {"id": "C-77", "name": "Meena Devi", "phone": "+910000017777", "region": "Bihar", "age": 41}
    lead = {"reference": "L-77", "customer": "C-77", "kind": "term", "source": "campaign", "stage": "new"} | more
    return {"id": name, "type": kind, "at": at, "partner": MINE, "lead": lead, "customer": customer}


async def count(gateway: Gateway, table: Any) -> int:
    return await gateway.services.database.read(lambda c: c.scalar(select(func.count()).select_from(table)) or 0)


async def test_partner_reads_a_customer_with_the_number_and_what_was_handed_in(filled: Gateway) -> None:
    assert await ask(filled, "GET", "/api/crm/customer/C-1042") == (
        200,
        {"id": "C-1042", "name": "Shabnam Ansari", "phone": "+910000014821", "region": "Bihar", "age": 34},
    )
    status, orders = await ask(filled, "GET", "/api/crm/orders/C-1042")
    assert (status, [order["id"] for order in orders]) == (200, ["A-1042"])
    assert await ask(filled, "GET", "/api/ecommerce/order/A-1042") == (200, orders[0])
    assert orders[0]["submitted_at"].endswith("Z")


async def test_score_adds_up_and_says_why_in_three_languages(filled: Gateway) -> None:
    status, body = await ask(filled, "GET", "/api/leads/L-1042/score")
    assert status == 200
    assert body["base"] + sum(part["points"] for part in body["contributions"]) == pytest.approx(
        body["score"], abs=1e-6
    )
    assert body["probability"] == pytest.approx(body["score"] / 100)
    for reasons in (body["reasons"][language] for language in ("en", "hinglish", "hi")):
        assert reasons
        assert all(reason["says"] and reason["points"] for reason in reasons)


@pytest.mark.parametrize(("path", "theirs"), [*zip(READS, THEIR_OWN, strict=True)])
async def test_what_is_anothers_is_answered_as_what_does_not_exist(filled: Gateway, path: str, theirs: str) -> None:
    foreign = await ask(filled, "GET", path.format(theirs))
    assert foreign[0] == 404
    for unknown in ("X-9999", "%00", "' or 1=1 --", "a" * 33, "C%2F1"):
        assert await ask(filled, "GET", path.format(unknown)) == foreign
    assert (await ask(filled, "GET", path.format(theirs), partner=THEIRS))[0] == 200


async def test_writing_to_what_is_anothers_is_answered_as_to_what_does_not_exist(filled: Gateway) -> None:
    foreign = await ask(filled, "PUT", "/api/crm/customer/C-2001", {"name": "X"})
    assert foreign == await ask(filled, "PUT", "/api/crm/customer/C-9999", {"name": "X"})
    assert foreign[0] == 404
    for what, theirs in (("lead", "L-2001"), ("customer", "C-2001")):
        body = {"topic": "lead", "text": "where is it"}
        foreign = await ask(filled, "POST", TICKET, {**body, what: theirs}, key="k1")
        assert foreign == await ask(filled, "POST", TICKET, {**body, what: "X-9999"}, key="k2")
        assert foreign[0] == 404
    assert await count(filled, tickets) == 0


@pytest.mark.parametrize(("path", "mine"), [*zip(READS, MY_OWN, strict=True)])
async def test_only_a_partner_is_let_in(filled: Gateway, path: str, mine: str) -> None:
    async with filled.client.get(path.format(mine)) as answer:
        assert answer.status == 401
    for role in ("agent", "designer", "operator"):
        async with filled.client.get(path.format(mine), headers=filled.bearer(MINE, role)) as answer:
            assert answer.status == 403


async def test_change_of_a_customer_made_twice_is_the_same_and_leaves_the_rest(filled: Gateway) -> None:
    body = {"phone": "+910000000042", "age": 35}
    first = await ask(filled, "PUT", "/api/crm/customer/C-1042", body)
    assert first == await ask(filled, "PUT", "/api/crm/customer/C-1042", body)
    assert first[1] == {"id": "C-1042", "name": "Shabnam Ansari", "region": "Bihar", **body}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"age": "old"}, "age"),
        ({"age": 300}, "age"),
        ({"phone": "98765"}, "phone"),
        ({"name": "\x00"}, "name"),
        ({"name": "n" * 121}, "name"),
        ({"colour": "red"}, "colour"),
        ({"phone": None}, "phone"),
        ({}, "name, phone"),
        ([], "body"),
    ],
)
async def test_bad_change_is_told_by_its_field_and_changes_nothing(filled: Gateway, body: Any, says: str) -> None:
    before = await ask(filled, "GET", "/api/crm/customer/C-1042")
    status, answer = await ask(filled, "PUT", "/api/crm/customer/C-1042", body)
    assert status == 422
    assert says in answer["error"]["message"]
    assert await ask(filled, "GET", "/api/crm/customer/C-1042") == before


async def test_ticket_is_opened_once_a_key_and_a_key_is_its_partners(filled: Gateway) -> None:
    body = {"topic": "payout", "text": "October is missing, my PAN is ABCPE1234F", "lead": "L-1042"}
    first = await asyncio.gather(*(ask(filled, "POST", TICKET, body, key="k1") for _ in range(5)))
    assert {answer[0] for answer in first} == {201}
    assert len({answer[1]["number"] for answer in first}) == 1
    assert "ABCPE1234F" not in first[0][1]["text"]
    status, other = await ask(filled, "POST", TICKET, {"topic": "payout", "text": "mine"}, THEIRS, key="k1")
    assert status == 201
    assert other["number"] != first[0][1]["number"]
    status, answer = await ask(filled, "POST", TICKET, {**body, "text": "something else"}, key="k1")
    assert (status, answer["error"]["code"]) == (409, "key_reused")
    assert await count(filled, tickets) == 2


async def test_ticket_without_a_key_or_words_is_refused(filled: Gateway) -> None:
    status, answer = await ask(filled, "POST", TICKET, {"topic": "payout", "text": "x"})
    assert status == 422
    assert "Idempotency-Key" in answer["error"]["message"]
    for text in ("", " \n", "x" * 2001, "a\x00b"):
        status, answer = await ask(filled, "POST", TICKET, {"topic": "payout", "text": text}, key="k")
        assert status == 422
        assert answer["error"]["message"].startswith("text")
    status, _ = await ask(filled, "POST", TICKET, {"topic": "payout", "text": "x" * 70_000}, key="k")
    assert status == 413


async def test_no_name_and_no_number_goes_to_the_log(filled: Gateway) -> None:
    with capture_logs() as logs:
        await ask(filled, "PUT", "/api/crm/customer/C-1042", {"phone": "+910000000042", "name": "Yasmin"})
        await ask(filled, "PUT", "/api/crm/customer/C-1042", {"phone": "98765", "name": "Yasmin"})
        await send(filled, tell())
        await send(filled, tell("e2", stage="Meena"))
    assert not any(told in str(logs) for told in ("0000042", "98765", "Yasmin", "Meena", "17777"))


async def test_crm_that_is_down_is_said_to_be_with_a_way_on(settings: Settings) -> None:
    away = {"crm_backend": "hubspot", "hubspot_api_base": "http://127.0.0.1:9"}
    token = {"hubspot_token": type(settings.jwt_secret)("t")}
    async with run_gateway(settings.model_copy(update={**away, **token})) as gateway:
        for path, mine in zip(READS, MY_OWN, strict=True):
            async with gateway.client.get(path.format(mine), headers=gateway.bearer()) as answer:
                assert (answer.status, "Retry-After" in answer.headers) == (503, True)
                assert (await answer.json())["error"]["code"] == "unavailable"
        assert (await send(gateway, tell()))[0] == 404  # leads are in HubSpot then


async def test_new_lead_is_there_and_scored_when_its_event_is_answered(gateway: Gateway) -> None:
    assert await send(gateway, tell()) == (200, {"id": "e1", "status": "taken"})
    stored = await gateway.services.database.read(lambda c: c.scalar(select(leads.c.score)))
    status, body = await ask(gateway, "GET", "/api/leads/L-77/score")
    assert (status, body["score"]) == (200, stored)
    assert (await ask(gateway, "GET", "/api/crm/customer/C-77"))[1]["name"] == "Meena Devi"
    assert (await send(gateway, tell("e2", "lead.event")))[0] == 200
    assert (await ask(gateway, "GET", "/api/leads/L-77/score"))[1]["score"] > stored


async def test_five_copies_at_once_over_two_gateways_are_one_lead(gateway: Gateway, settings: Settings) -> None:
    async with run_gateway(settings) as other:
        event = tell()
        answers = await asyncio.gather(*(send([gateway, other][number % 2], event) for number in range(5)))
    assert sorted(answer[1]["status"] for answer in answers) == ["known"] * 4 + ["taken"]
    assert [await count(gateway, table) for table in (leads, lead_stages, crm_events)] == [1, 1, 1]


async def test_event_that_is_not_signed_now_with_the_secret_is_refused(gateway: Gateway) -> None:
    for chosen in ({"secret": "f" * 32}, {"aged_s": WINDOW_S + 5}, {"aged_s": -WINDOW_S - 5}):
        status, body = await send(gateway, tell(), **chosen)
        assert (status, body["error"]["code"]) == (401, "unauthorised")
    signed = sign(SECRET, int(time.time()), json.dumps(tell()).encode())
    for header in ({}, {HEADER: ""}, {HEADER: signed}, {HEADER: "t=1,v1=0"}, gateway.bearer()):
        async with gateway.client.post(EVENTS, data=b"{}", headers=header) as answer:
            assert answer.status == 401
    assert await count(gateway, crm_events) == 0


async def test_event_that_cannot_be_taken_says_why(gateway: Gateway) -> None:
    status, body = await send(gateway, tell(stage="sleeping"))
    assert status == 422
    assert body["error"]["message"].startswith("lead.stage: ")
    assert "'documents'" in body["error"]["message"]
    status, body = await send(gateway, tell(kind="lead.event"))
    assert (status, body["error"]["code"]) == (409, "unmet")
    assert (await send(gateway, tell()))[0] == 200


async def test_events_without_a_secret_are_off(settings: Settings) -> None:
    with capture_logs() as logs:
        async with run_gateway(settings.model_copy(update={"crm_events_secret": type(settings.jwt_secret)("")})) as off:
            assert (await send(off, tell()))[0] == 404
    assert [log["missing"] for log in logs if log["event"] == "crm_events_off"] == [["CRM_EVENTS_SECRET"]]


async def test_what_the_page_shows_is_taken(gateway: Gateway, tmp_path: Path) -> None:
    (block,) = [part for part in PAGE.read_text(encoding="utf-8").split("```") if "/api/crm/events -H" in part]
    (tmp_path / "var").mkdir()
    (tmp_path / "var/secrets.env").write_text(f"RASA_SECRET=r\nCRM_EVENTS_SECRET={SECRET}\n")
    env = {"PATH": os.environ["PATH"], "SAATHI": str(gateway.client.make_url("")).rstrip("/")}
    for status in ("taken", "known"):
        shell = await asyncio.create_subprocess_exec(
            "bash", "-ec", block, cwd=tmp_path, env=env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        told, _ = await shell.communicate()
        assert json.loads(told) == {"id": "evt-1", "status": status}
    assert (await ask(gateway, "GET", "/api/crm/customer/C-90001"))[1]["name"] == "Meena Devi"


async def find_activities(gateway: Gateway) -> list[Any]:
    return await gateway.services.database.read(lambda c: list(c.execute(select(activities)).mappings()))


async def test_chat_that_ends_is_one_activity_without_a_word_of_it(gateway: Gateway, door: FakeDoor) -> None:
    door.intents = {"mera payout": "ask_payout", "thanks": "thank", "bye": "goodbye", "hi": "greet"}
    async with gateway.chat() as chat:
        for number, text in enumerate(("hi", "mera payout", "thanks", "bye")):
            await chat.ask(text, f"m{number}")
        await until(lambda: _is(gateway, 1))
        (activity,) = await find_activities(gateway)
        assert (activity["partner"], activity["kind"]) == (MINE, "conversation")
        assert activity["text"] == "Chat in the app, in Hinglish. Asked about: When payouts come. 1 answered."
        await chat.ask("mera payout", "m5")
        await chat.ask("bye", "m6")
        await until(lambda: _is(gateway, 2))
        await until(lambda: _has_sent(gateway))


async def test_activity_waits_for_a_crm_that_is_down(settings: Settings, door: FakeDoor) -> None:
    door.intents = {"mera payout": "ask_payout", "bye": "goodbye"}
    away = {"crm_backend": "hubspot", "hubspot_api_base": "http://127.0.0.1:9"}
    token = {"hubspot_token": type(settings.jwt_secret)("t")}
    async with run_gateway(settings.model_copy(update={**away, **token})) as down, down.chat() as chat:
        await chat.ask("mera payout", "m1")
        await chat.ask("bye", "m2")
        await until(lambda: _has_tried(down))
    async with run_gateway(settings) as up:
        await up.services.database.write(lambda c: c.execute(closings.update().values(not_before=0.0)))
        await until(lambda: _is(up, 1))
        assert await count(up, closings) == 1


async def _is(gateway: Gateway, number: int) -> bool:
    return await count(gateway, activities) == number


async def _has_sent(gateway: Gateway) -> bool:
    return await gateway.services.database.read(lambda c: set(c.scalars(select(closings.c.state)))) == {"sent"}


async def _has_tried(gateway: Gateway) -> bool:
    return bool(await gateway.services.database.read(lambda c: c.scalar(select(closings.c.attempts))))
