"""A local server in the place of Twilio's REST and Content APIs, which checks each request against Twilio's documents.

The documents are in the folder VENDOR_API, or in `../shared/data/vendor_api` beside the project; without them
requests go unchecked, and `are_checked` says so.
"""

import asyncio
import json
import os
import uuid
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from aiohttp import encode_basic_auth, web
from aiohttp.test_utils import TestServer
from twilio.request_validator import RequestValidator

from saathi.settings import ROOT
from vendors.specification import Misfit, Specification

ACCOUNT = "AC" + "0" * 32
TOKEN = "t" * 32
FROM = "whatsapp:+910000000000"
PUBLIC = "https://saathi.example"
SETTINGS = {
    "twilio_account_sid": ACCOUNT,
    "twilio_auth_token": TOKEN,
    "twilio_whatsapp_from": FROM,
    "public_url": PUBLIC,
}

_DOCUMENTS = Path(os.environ.get("VENDOR_API", ROOT.parent / "shared/data/vendor_api"))
_CODES = {400: 21211, 401: 20003, 404: 20404, 429: 20429, 500: 20500, 503: 20503}


@cache
def _read(name: str) -> Specification | None:
    path = _DOCUMENTS / name
    return Specification.read(path) if path.exists() else None


def are_checked() -> bool:
    """Whether this machine has Twilio's documents."""
    return _read("twilio_api_v2010.json") is not None and _read("twilio_content_v1.json") is not None


class FakeTwilio:
    """Takes messages and contents. `faults` holds what the next messages to an address meet instead: a status, "hang",
    "drop" (the connection, once the message is taken), "garbage" (an answer that is no JSON); `content_faults` what the
    next requests for contents meet. `codes` gives a status another code of Twilio's than its usual one.
    """

    def __init__(self, port: int | None = None) -> None:
        self.messages: list[dict[str, Any]] = []
        self.contents: dict[str, dict[str, Any]] = {}
        self.faults: dict[str, list[Any]] = defaultdict(list)
        self.content_faults: list[Any] = []
        self.codes: dict[int, int] = {}
        self.misfits: list[str] = []
        self.retry_after = "1"
        app = web.Application()
        app.router.add_post("/2010-04-01/Accounts/{account}/Messages.json", self._take_message)
        app.router.add_get("/v1/Content", self._list_contents)
        app.router.add_post("/v1/Content", self._take_content)
        self.server = TestServer(app, port=port)

    @property
    def url(self) -> str:
        return str(self.server.make_url("")).rstrip("/")

    def sent_to(self, address: str) -> list[dict[str, Any]]:
        """The messages that an address was sent, as Twilio would show them: `text`, `choices` of id and title."""
        return [self._show(message) for message in self.messages if message["To"] == address]

    async def _take_message(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self._check("twilio_api_v2010.json", request, body)
        message = {name: values[-1] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
        faults = self.faults[message["To"]]
        fault = faults.pop(0) if faults else None
        if isinstance(fault, int):
            return self._fail(fault)
        message["sid"] = f"SM{uuid.uuid4().hex}"
        self.messages.append(message)
        if fault is not None:
            return await self._misbehave(request, fault)
        return web.json_response({"sid": message["sid"], "status": "queued", "to": message["To"]}, status=201)

    async def _list_contents(self, request: web.Request) -> web.StreamResponse:
        self._check("twilio_content_v1.json", request, b"")
        if self.content_faults:
            return await self._misbehave(request, self.content_faults.pop(0))
        size, page = int(request.query.get("PageSize", "50")), int(request.query.get("Page", "0"))
        found = list(self.contents.values())
        shown = found[page * size : (page + 1) * size]
        more = len(found) > (page + 1) * size
        following = f"https://content.twilio.com/v1/Content?PageSize={size}&Page={page + 1}" if more else None
        return web.json_response({"contents": shown, "meta": {"key": "contents", "next_page_url": following}})

    async def _take_content(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self._check("twilio_content_v1.json", request, body)
        if self.content_faults:
            return await self._misbehave(request, self.content_faults.pop(0))
        return web.json_response(self.add_content(json.loads(body)), status=201)

    def add_content(self, content: dict[str, Any]) -> dict[str, Any]:
        made = {**content, "sid": f"HX{uuid.uuid4().hex}", "account_sid": ACCOUNT}
        self.contents[made["sid"]] = made
        return made

    async def _misbehave(self, request: web.Request, fault: Any) -> web.StreamResponse:
        if isinstance(fault, int):
            return self._fail(fault)
        if fault == "hang":
            await asyncio.sleep(60)
        if fault == "drop":
            assert request.transport is not None
            request.transport.abort()
        return web.Response(text="<html>", status=201)

    def _fail(self, status: int) -> web.Response:
        code = self.codes.get(status, _CODES.get(status, status))
        answer = web.json_response(
            {"code": code, "message": "No, whatsapp:+919999999999 is wrong", "status": status}, status=status
        )
        answer.headers["Retry-After"] = self.retry_after
        return answer

    def _check(self, document: str, request: web.Request, body: bytes) -> None:
        if request.headers.get("Authorization") != encode_basic_auth(ACCOUNT, TOKEN):
            self.misfits.append("the account or its token is wrong")
        specification = _read(document)
        if specification is None:
            return
        try:
            specification.check(request.method, request.path, request.query, body, request.content_type)
        except Misfit as misfit:
            self.misfits.append(str(misfit))

    def _show(self, message: Mapping[str, Any]) -> dict[str, Any]:
        shown = {"text": message.get("Body", ""), "picture": message.get("MediaUrl"), "choices": [], "type": "text"}
        if "ContentSid" not in message:
            return shown
        content = self.contents[message["ContentSid"]]
        filled = json.dumps(content["types"])
        for name, value in json.loads(message["ContentVariables"]).items():
            filled = filled.replace("{{" + name + "}}", json.dumps(value)[1:-1])
        kind, what = next(iter((name, what) for name, what in json.loads(filled).items() if what))
        choices = what.get("actions") or what.get("items") or []
        return {
            **shown,
            "text": what["body"],
            "type": kind,
            "button": what.get("button"),
            "choices": [{"id": one["id"], "title": one.get("title") or one.get("item")} for one in choices],
            "name": content["friendly_name"],
        }


def sign(path: str, form: Mapping[str, str] | Any) -> dict[str, str]:
    """The headers of a request as Twilio sends it to our public address."""
    return {"X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(PUBLIC + path, form)}


def make_form(text: str = "", address: str = "whatsapp:+919876500001", **fields: str) -> dict[str, str]:
    """A message's form with the fields of the documentation."""
    sid = fields.pop("sid", f"SM{uuid.uuid4().hex}")
    return {
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "ProfileName": "Somebody",
        "MessageType": "text",
        "SmsSid": sid,
        "WaId": address.removeprefix("whatsapp:+"),
        "SmsStatus": "received",
        "Body": text,
        "To": FROM,
        "NumSegments": "1",
        "ReferralNumMedia": "0",
        "MessageSid": sid,
        "AccountSid": ACCOUNT,
        "From": address,
        "ApiVersion": "2010-04-01",
        **fields,
    }
