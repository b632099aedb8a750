"""HubSpot's stand-in: its shapes, what it refuses, and that it can be filled."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.support.stand_in import run_command
from vendors.counter import Counter
from vendors.faults import Fault, Faults
from vendors.hubspot.api import HubSpotApi, answer_status
from vendors.hubspot.store import Account, Records
from vendors.requests import Requests

TOKEN = "pat-of-the-tests"
KEY = {"name": "key", "unique": True}
ACCOUNT = {
    "properties": {"tickets": [KEY], "deals": [KEY]},
    "records": {
        "contacts": [{"id": "1", "properties": {"firstname": "Asha"}, "created_at": 1e9, "updated_at": 1e9}],
        "deals": [
            {
                "id": "2", "properties": {"dealstage": "b", "key": "k1"}, "created_at": 1e9, "updated_at": 1.2e9,
                "history": {"dealstage": [["a", 1e9], ["b", 1.1e9]]}, "associated": {"contacts": ["1"]},
            }
        ],
    },
}  # fmt: skip


class Client:
    """Asks as the assistant does."""

    def __init__(self, session: aiohttp.ClientSession, faults: Faults, requests: Requests) -> None:
        self.session = session
        self.faults = faults
        self.requests = requests

    async def post(self, path: str, body: Any, method: str = "POST") -> tuple[int, Any]:
        async with self.session.request(method, path, json=body) as answer:
            return answer.status, await answer.json()


@asynccontextmanager
async def run_client(token: str = TOKEN) -> AsyncIterator[Client]:
    faults, requests = Faults(answer_status), Requests()
    app = web.Application()
    records = Records(Account.model_validate(ACCOUNT))
    app.add_routes(HubSpotApi(TOKEN, Counter("hubspot", requests, faults), records).routes())
    server = TestServer(app)
    await server.start_server(shutdown_timeout=0.1)
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(str(server.make_url("/")), headers=headers) as session:
        yield Client(session, faults, requests)
    await server.close()


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with run_client() as made:
        yield made


def read(*ids: str, **more: Any) -> dict[str, Any]:
    return {"inputs": [{"id": id_} for id_ in ids], "properties": [], "propertiesWithHistory": [], **more}


def condition(operator: str) -> dict[str, Any]:
    return {"filterGroups": [{"filters": [{"propertyName": "key", "operator": operator, "value": "x"}]}]}


async def test_wrong_token_is_let_in_nowhere() -> None:
    async with run_client("another") as client:
        status, answer = await client.post("/crm/v3/objects/deals/search", {})
        assert (status, answer["status"], answer["category"]) == (401, "error", "INVALID_AUTHENTICATION")


async def test_history_is_told_the_newest_first(client: Client) -> None:
    wanted = read("k1", idProperty="key", properties=["dealstage"], propertiesWithHistory=["dealstage"])
    status, answer = await client.post("/crm/v3/objects/deals/batch/read", wanted)
    assert status == 200
    assert [one["value"] for one in answer["results"][0]["propertiesWithHistory"]["dealstage"]] == ["b", "a"]
    assert answer["results"][0]["properties"]["dealstage"] == "b"


async def test_records_that_are_not_there_are_named_beside_those_that_are(client: Client) -> None:
    status, answer = await client.post("/crm/v3/objects/deals/batch/read", read("2", "99"))
    assert (status, [one["id"] for one in answer["results"]], answer["numErrors"]) == (207, ["2"], 1)
    assert answer["errors"][0]["category"] == "OBJECT_NOT_FOUND"
    assert answer["errors"][0]["context"] == {"ids": ["99"]}


async def test_associations_stand_on_both_sides(client: Client) -> None:
    for one, to, id_, other in (("deals", "contacts", "2", 1), ("contacts", "deals", "1", 2)):
        path = f"/crm/v4/associations/{one}/{to}/batch/read"
        status, answer = await client.post(path, {"inputs": [{"id": id_}]})
        assert (status, answer["results"][0]["to"][0]["toObjectId"]) == (200, other)


async def test_associations_come_in_pages(client: Client) -> None:
    link = {"to": {"id": "2"}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 214}]}
    for _ in range(501):
        await client.post(
            "/crm/v3/objects/notes", {"properties": {"hs_timestamp": "1794800000000"}, "associations": [link]}
        )
    seen: list[str] = []
    after: dict[str, str] = {}
    for length in (500, 1):
        _, answer = await client.post("/crm/v4/associations/deals/notes/batch/read", {"inputs": [{"id": "2", **after}]})
        (result,) = answer["results"]
        assert len(result["to"]) == length
        seen += [one["toObjectId"] for one in result["to"]]
        after = result.get("paging", {}).get("next", {})
    assert (len(set(seen)), after) == (501, {})


async def test_record_that_was_removed_stands_nowhere(client: Client) -> None:
    for _ in range(2):
        async with client.session.delete("/crm/v3/objects/contacts/1") as answer:
            assert (answer.status, await answer.text()) == (204, "")
    assert (await client.post("/crm/v3/objects/contacts/batch/read", read("1")))[1]["results"] == []
    path = "/crm/v4/associations/deals/contacts/batch/read"
    assert (await client.post(path, {"inputs": [{"id": "2"}]}))[1]["results"] == []


async def test_unique_value_is_taken_once(client: Client) -> None:
    new = {"properties": {"key": "t1", "hs_pipeline_stage": "1"}, "associations": []}
    status, made = await client.post("/crm/v3/objects/tickets", new)
    assert (status, made["properties"]["key"]) == (201, "t1")
    status, answer = await client.post("/crm/v3/objects/tickets", new)
    assert (status, answer["category"]) == (400, "VALIDATION_ERROR")
    assert f"{made['id']} already has that value" in answer["message"]


@pytest.mark.parametrize(
    ("path", "body", "why"),
    [
        ("deals/search", {"filterGroup": []}, "filterGroup"),
        ("deals/search", {"limit": 201}, "limit"),
        ("deals/search", {"after": "9995", "limit": 10}, None),
        ("deals/search", {"properties": ["misspelt"]}, "misspelt"),
        ("deals/search", condition("IN"), "operator IN goes with values"),
        ("deals/search", condition("LIKE"), "operator"),
        ("deals/search", {"sorts": [{"propertyName": "key"}, {"propertyName": "dealstage"}]}, "sorts"),
        ("deals/search", {"properties": ["dealstage"] * 300}, "3000"),
        ("deals/batch/read", read(), "inputs"),
        ("deals/batch/read", read("x", idProperty="dealstage"), "unique"),
        ("deals/batch/read", read(*map(str, range(51)), propertiesWithHistory=["dealstage"]), "50"),
        ("deals/batch/read", {"inputs": [{"id": "2"}], "properties": []}, "propertiesWithHistory"),
        ("notes", {"properties": {"hs_note_body": "x"}}, "hs_timestamp"),
        ("tickets", {"properties": {"hs_pipeline_stage": "1"}, "associations": [
            {"to": {"id": "1"}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 28}]}
        ]}, "28"),
        ("tickets", {"properties": {"hs_pipeline_stage": "1", "nothing": "x"}}, None),
        ("deals", {"properties": {"dealstage": "a", "amount": "much"}}, None),
        ("deals", {"properties": {"dealstage": "a", "createdate": "1"}}, None),
    ],
)  # fmt: skip
async def test_request_that_does_not_fit_is_refused(client: Client, path: str, body: Any, why: str | None) -> None:
    status, answer = await client.post(f"/crm/v3/objects/{path}", body)
    assert (status, answer["category"]) == (400, "VALIDATION_ERROR")
    (asked,) = client.requests.list_all()
    assert (why or "") in asked.misfit
    assert bool(asked.misfit) == bool(why)


async def test_change_of_a_stage_is_dated(client: Client) -> None:
    await client.post("/crm/v3/objects/deals/2", {"properties": {"dealstage": "c"}}, "PATCH")
    wanted = read("2", properties=["hs_v2_date_entered_current_stage"], propertiesWithHistory=["dealstage"])
    _, answer = await client.post("/crm/v3/objects/deals/batch/read", wanted)
    held = answer["results"][0]
    entered = held["properties"]["hs_v2_date_entered_current_stage"]
    assert held["propertiesWithHistory"]["dealstage"][0]["timestamp"][:19] == entered[:19]


async def test_limit_is_told_as_hubspot_tells_it(client: Client) -> None:
    client.faults.play(Fault(status=429, retry_after=2, address="search deals", calls=1))
    async with client.session.post("/crm/v3/objects/deals/search", json={}) as answer:
        told = await answer.json()
        assert (answer.status, answer.headers["Retry-After"]) == (429, "2")
        assert (told["errorType"], told["policyName"]) == ("RATE_LIMIT", "SECONDLY")
    assert (await client.post("/crm/v3/objects/deals/search", {}))[1]["total"] == 1


async def test_command_serves_the_account_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "account.json"
    file.write_text(json.dumps(ACCOUNT), encoding="utf-8")
    async with run_command("vendors", "--hubspot-account", str(file)) as lines, aiohttp.ClientSession() as session:
        settings = dict(line.split("=", 1) for line in lines[1:-1])
        path = f"{settings['HUBSPOT_API_BASE']}/crm/v3/objects/deals/search"
        headers = {"Authorization": f"Bearer {settings['HUBSPOT_TOKEN']}"}
        async with session.post(path, json={}, headers=headers) as answer:
            assert (await answer.json())["total"] == 1
