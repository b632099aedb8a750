"""The API of linking and of the PIN in small, as `channels/openapi.yaml` has it, with faults that a test asks for."""

from typing import Any

from aiohttp import web

Json = dict[str, Any]
CODE = "7K3-9QF"
HEARD_AT = "2026-11-14T09:30:00Z"


def make_link(channel: str, end: str) -> Json:
    """A linked address by the last four of its signs."""
    return {"channel": channel, "id": (end * 8)[:32], "address": f"…{end}", "heard_at": HEARD_AT}


class FakeLinks:
    """`faults` holds, by method and path, the code that the next such requests are refused with; `lasts_s` is how long
    codes are good for; `asked` are the requests so far."""

    def __init__(self) -> None:
        self.channels: Json = {"chats": ["telegram", "whatsapp"], "voice": {"number": "+911140000000"}}
        self.links: list[Json] = []
        self.typed: Json = make_link("telegram", "7002")
        self.pin: str | None = None
        self.lasts_s = 600.0
        self.open = {"whatsapp": f"https://wa.me/910000000000?text={CODE}"}
        self.faults: dict[str, str] = {}
        self.asked: list[str] = []

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/channels", self._show_channels),
            web.get("/api/links", self._list),
            web.post("/api/links", self._issue),
            web.post("/api/links/redeem", self._redeem),
            web.delete("/api/links/{channel}/{id}", self._remove),
            web.get("/api/pin", self._show_pin),
            web.put("/api/pin", self._set_pin),
        ]

    def _take(self, request: web.Request) -> web.Response | None:
        """Notes a request; the answer that refuses it, if it is to be refused."""
        assert request.headers["Authorization"].startswith("Bearer e30.")
        name = f"{request.method} {request.path}"
        self.asked.append(name)
        code = self.faults.get(name)
        if code is None:
            return None
        statuses = {"locked": 429, "too_fast": 429, "easy": 422, "unavailable": 503, "unauthorised": 401}
        return web.json_response({"error": {"code": code, "message": "no"}}, status=statuses.get(code, 404))

    async def _show_channels(self, request: web.Request) -> web.Response:
        return self._take(request) or web.json_response(self.channels)

    async def _list(self, request: web.Request) -> web.Response:
        return self._take(request) or web.json_response(self.links)

    async def _issue(self, request: web.Request) -> web.Response:
        expires_at = "2026-11-21T18:00:00Z"
        issued = {"code": CODE, "expires_at": expires_at, "lasts_s": self.lasts_s, "open": self.open}
        return self._take(request) or web.json_response(issued, status=201)

    async def _redeem(self, request: web.Request) -> web.Response:
        if refusal := self._take(request):
            return refusal
        self.links.insert(0, self.typed)
        return web.json_response(self.typed)

    async def _remove(self, request: web.Request) -> web.Response:
        wanted = (request.match_info["channel"], request.match_info["id"])
        if refusal := self._take(request):
            return refusal
        self.links = [link for link in self.links if (link["channel"], link["id"]) != wanted]
        return web.Response(status=204)

    async def _show_pin(self, request: web.Request) -> web.Response:
        return self._take(request) or web.json_response({"is_set": self.pin is not None})

    async def _set_pin(self, request: web.Request) -> web.Response:
        if refusal := self._take(request):
            return refusal
        self.pin = (await request.json())["pin"]
        return web.Response(status=204)
