"""HubSpot for tests: the stand-in within the test's own process, its account filled with the small network."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from saathi.crm.hubspot.crm import HubSpotCrm
from saathi.crm.hubspot.demo import make_account
from saathi.crm.hubspot.mapping import FieldMapping
from saathi.crm.model import NewTicket
from saathi.crm.port import DEADLINE_S
from tests.saathi.crm.network import NOW, THEIRS, make_rows
from vendors.counter import Counter
from vendors.faults import Fault, Faults
from vendors.hubspot.api import HubSpotApi, answer_status
from vendors.hubspot.store import Account, Records
from vendors.requests import Asked, Requests

TOKEN = "pat-of-the-tests"
TICKET = NewTicket("payout", "October payout is missing", lead="L-1042", customer="C-1042")
STORY_READS = ["associations deals", "read calls", "read meetings", "read emails", "read communications"]
FOREIGN = {
    "id": "77",
    "properties": {
        "saathi_partner": THEIRS, "saathi_reference": "L-1042", "saathi_customer": "C-1042", "firstname": "Secret",
        "dealstage": "closedwon", "saathi_application": "A-1042", "content": "Secret", "saathi_key": "m1",
    },
    "createdAt": "2026-11-21T10:00:00Z", "updatedAt": "2026-11-21T10:00:00Z", "archived": False,
}  # fmt: skip
AT = "1794800000000"
STAMPS = {"status": "COMPLETE", "startedAt": "2026-11-21T10:00:00Z", "completedAt": "2026-11-21T10:00:00Z"}


@dataclass(frozen=True)
class RunningHubSpot:
    """The stand-in and its address."""

    url: str
    records: Records
    requests: Requests
    faults: Faults

    def play(self, **fault: Any) -> None:
        """The next requests meet a fault; the fields are those of `vendors.faults.Fault`."""
        self.faults.play(Fault(**fault))

    def asked(self, address: str = "") -> list[Asked]:
        """The requests of an operation, "create tickets", or all; the oldest first."""
        return [one for one in self.requests.list_all() if address in {"", one.address}]


@asynccontextmanager
async def run_hubspot() -> AsyncIterator[RunningHubSpot]:
    """The stand-in for the length of the block."""
    account = Account.model_validate(make_account(make_rows(), FieldMapping.load()))
    seconds = count(NOW, 2)  # HubSpot's clock: no two writes at the same moment
    records = Records(account, clock=lambda: next(seconds))
    requests, faults = Requests(), Faults(answer_status)
    app = web.Application()
    app.add_routes(HubSpotApi(TOKEN, Counter("hubspot", requests, faults), records).routes())
    server = TestServer(app)
    await server.start_server(shutdown_timeout=0.1)
    try:
        yield RunningHubSpot(str(server.make_url("/")), records, requests, faults)
        misfits = [one.misfit for one in requests.list_all() if one.misfit]
        assert misfits == []
    finally:
        await server.close()


@asynccontextmanager
async def connect(
    hubspot: RunningHubSpot, deadline_s: float = DEADLINE_S, token: str = TOKEN
) -> AsyncIterator[HubSpotCrm]:
    """The CRM on it."""
    crm = HubSpotCrm(token, FieldMapping.load(), hubspot.url, deadline_s, clock=lambda: NOW)
    try:
        yield crm
    finally:
        crm.close()


def find(hubspot: RunningHubSpot, kind: str, by: str, value: str) -> Any:
    return hubspot.records.find(kind, value, by)


async def put(hubspot: RunningHubSpot, kind: str, reference: str, **values: str) -> str:
    """A record of staff that stands on a deal; its id."""
    record = hubspot.records.create(kind, {"hs_timestamp": AT, **values})
    deal = find(hubspot, "deals", "saathi_reference", reference)
    hubspot.records.associate(kind, record.id, "deals", deal.id)
    return record.id
