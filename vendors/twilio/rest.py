"""Twilio's REST and Content API: what the assistant asks of it."""

import base64
import hmac
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from vendors.counter import Counter
from vendors.faults import Fault
from vendors.requests import Asked
from vendors.specification import FORM, JSON, Misfit, NoSuchPath, Specification
from vendors.twilio.calls import Calls
from vendors.twilio.content import Contents
from vendors.twilio.errors import Refused, answer, answer_status
from vendors.twilio.messages import Messages
from vendors.twilio.whatsapp import WhatsApp

_ACCOUNT = "/2010-04-01/Accounts/{account}"
_CONTENTS = "https://content.twilio.com/v1/Content"
_LISTS = ("MediaUrl", "PersistentAction", "StatusCallbackEvent")

Handler = Callable[[web.Request, Any, Fault | None], Awaitable[web.Response]]


def read_specifications(folder: Path) -> dict[str, Specification]:
    """Twilio's documents of a folder, by the beginning of the paths that they are about."""
    return {
        "/2010-04-01/": Specification.read(folder / "twilio_api_v2010.json"),
        "/v1/": Specification.read(folder / "twilio_content_v1.json"),
    }


class TwilioApi:
    """Answers for one account."""

    def __init__(
        self,
        account: str,
        auth_token: str,
        counter: Counter,
        specifications: dict[str, Specification],
        messages: Messages,
        contents: Contents,
        calls: Calls,
        whatsapp: WhatsApp,
    ) -> None:
        self._account = account
        self._authorization = b"Basic " + base64.b64encode(f"{account}:{auth_token}".encode())
        self._counter = counter
        self._specifications = specifications
        self._messages = messages
        self._contents = contents
        self._calls = calls
        self._whatsapp = whatsapp

    def routes(self) -> list[web.RouteDef]:
        """The addresses that answer in earnest; any other of the two APIs is checked, and is not found."""
        routes: list[tuple[str, str, Handler]] = [
            ("POST", f"{_ACCOUNT}/Messages.json", self._send),
            ("GET", f"{_ACCOUNT}/Messages/{{sid}}.json", self._show_message),
            ("POST", f"{_ACCOUNT}/Calls.json", self._call),
            ("GET", f"{_ACCOUNT}/Calls/{{sid}}.json", self._show_call),
            ("POST", f"{_ACCOUNT}/Calls/{{sid}}.json", self._change_call),
            ("GET", "/v1/Content", self._list_contents),
            ("POST", "/v1/Content", self._create_content),
            ("GET", "/v1/Content/{sid}", self._show_content),
            ("DELETE", "/v1/Content/{sid}", self._delete_content),
            ("POST", "/v1/Content/{sid}/ApprovalRequests/whatsapp", self._approve),
            ("GET", "/v1/Content/{sid}/ApprovalRequests", self._show_approval),
        ]
        media = web.get(f"{_ACCOUNT}/Messages/{{sid}}/Media/{{media}}", self._show_media)
        known = [web.route(method, path, self._guard(handler)) for method, path, handler in routes]
        lost = [web.route("*", f"{start}{{rest:.*}}", self._guard(self._lose)) for start in ("/2010-04-01/", "/v1/")]
        return [media, *known, *lost]

    def _guard(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def take(request: web.Request) -> web.StreamResponse:
            fields = await _read(request)
            address = str(fields.get("To", "")) if isinstance(fields, dict) else ""

            async def respond(asked: Asked, fault: Fault | None) -> web.StreamResponse:
                if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), self._authorization):
                    return answer_status(401)
                try:
                    await self._check(request)
                    return await handler(request, fields, fault)
                except Misfit as misfit:
                    asked.misfit = str(misfit)
                    if isinstance(misfit, NoSuchPath):
                        return answer(404, 20404, f"The requested resource {request.path} was not found")
                    return answer(400, 20001, f"Invalid parameter: {misfit}")
                except Refused as refused:
                    return answer(refused.status, refused.code, str(refused))

            return await self._counter.take(request, address, fields, respond)

        return take

    async def _check(self, request: web.Request) -> None:
        """Raises `Misfit` or, for what is another account's, `Refused`."""
        for start, specification in self._specifications.items():
            if request.path.startswith(start):
                kind = FORM if request.content_type == FORM else JSON
                specification.check(request.method, request.path, request.query, await request.read(), kind)
        if request.match_info.get("account", self._account) != self._account:
            raise Refused(404, 20404, f"The requested resource {request.path} was not found")

    async def _send(self, _request: web.Request, fields: Any, fault: Fault | None) -> web.Response:
        message = self._messages.create(fields, fault.undelivered if fault else None)
        return web.json_response(message.as_json(self._account), status=201)

    async def _show_message(self, request: web.Request, _fields: Any, _fault: Fault | None) -> web.Response:
        message = self._messages.find(request.match_info["sid"])
        if message is None:
            raise _not_found(request)
        return web.json_response(message.as_json(self._account))

    async def _show_media(self, request: web.Request) -> web.Response:
        """A file that somebody sent; Twilio asks for no authorization unless an account wants it."""
        media = self._whatsapp.find_media(request.match_info["media"])
        if media is None:
            return answer_status(404)
        return web.Response(body=media.content, content_type=media.kind)

    async def _call(self, _request: web.Request, fields: Any, _fault: Fault | None) -> web.Response:
        if not (fields.get("Url") or fields.get("Twiml") or fields.get("ApplicationSid")):
            raise Refused(400, 21205, "Url parameter is required.")
        return web.json_response(self._calls.start_outbound(fields).as_json(), status=201)

    async def _show_call(self, request: web.Request, _fields: Any, _fault: Fault | None) -> web.Response:
        call = self._calls.find(request.match_info["sid"])
        if call is None:
            raise _not_found(request)
        return web.json_response(call.as_json())

    async def _change_call(self, request: web.Request, fields: Any, _fault: Fault | None) -> web.Response:
        call = self._calls.find(request.match_info["sid"])
        if call is None:
            raise _not_found(request)
        if call.status in {"completed", "busy", "no-answer", "failed", "canceled"}:
            raise Refused(400, 21220, "Call is not in-progress. Cannot redirect.")
        self._calls.change(call, fields)
        return web.json_response(call.as_json())

    async def _list_contents(self, request: web.Request, _fields: Any, _fault: Fault | None) -> web.Response:
        size, page = int(request.query.get("PageSize", "50")), int(request.query.get("Page", "0"))
        contents = [content.as_json(self._account) for content in self._contents.list_all()]
        shown, has_more = contents[page * size : (page + 1) * size], len(contents) > (page + 1) * size
        first, here, following = (f"{_CONTENTS}?PageSize={size}&Page={number}" for number in (0, page, page + 1))
        meta = {"page": page, "page_size": size, "key": "contents", "url": here, "first_page_url": first}
        meta |= {"next_page_url": following if has_more else None}
        return web.json_response({"contents": shown, "meta": meta})

    async def _create_content(self, _request: web.Request, fields: Any, _fault: Fault | None) -> web.Response:
        return web.json_response(self._contents.create(fields).as_json(self._account), status=201)

    async def _show_content(self, request: web.Request, _fields: Any, _fault: Fault | None) -> web.Response:
        content = self._contents.find(request.match_info["sid"])
        if content is None:
            raise _not_found(request)
        return web.json_response(content.as_json(self._account))

    async def _delete_content(self, request: web.Request, _fields: Any, _fault: Fault | None) -> web.Response:
        if not self._contents.delete(request.match_info["sid"]):
            raise _not_found(request)
        return web.Response(status=204)

    async def _approve(self, request: web.Request, fields: Any, _fault: Fault | None) -> web.Response:
        content = self._contents.find(request.match_info["sid"])
        if content is None:
            raise _not_found(request)
        approval = {"name": fields.get("name"), "category": fields.get("category")}
        approval["content_type"] = next(iter(content.types))
        content.approval = {**approval, "status": "approved", "rejection_reason": "", "allow_category_change": True}
        return web.json_response(content.approval, status=201)

    async def _show_approval(self, request: web.Request, _fields: Any, _fault: Fault | None) -> web.Response:
        content = self._contents.find(request.match_info["sid"])
        if content is None:
            raise _not_found(request)
        url = f"{_CONTENTS}/{content.sid}/ApprovalRequests"
        whatsapp = content.approval or {"type": "whatsapp", "status": "unsubmitted", "rejection_reason": ""}
        return web.json_response({"sid": content.sid, "account_sid": self._account, "whatsapp": whatsapp, "url": url})

    async def _lose(self, request: web.Request, _fields: Any, _fault: Fault | None) -> web.Response:
        raise _not_found(request)


def _not_found(request: web.Request) -> Refused:
    return Refused(404, 20404, f"The requested resource {request.path} was not found")


async def _read(request: web.Request) -> Any:
    """The fields of a form or of a JSON object; empty for what is neither, which the check then names."""
    if request.content_type != FORM:
        try:
            found = await request.json()
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}
    form = await request.post()
    return {name: form.getall(name) if name in _LISTS else form[name] for name in form}
