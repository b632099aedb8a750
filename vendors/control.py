"""`/control`: the faults that are played, and what was asked."""

from typing import Literal

from aiohttp import web
from pydantic import ValidationError

from vendors.faults import Fault, Faults
from vendors.requests import Requests


class VendorFault(Fault):
    """A fault with the vendor that it is of."""

    vendor: Literal["twilio", "telegram", "hubspot"]


class Control:
    """Tells the stand-ins what to play."""

    def __init__(self, faults: dict[str, Faults], requests: Requests) -> None:
        self._faults = faults
        self._requests = requests

    def routes(self) -> list[web.RouteDef]:
        """The one address."""
        return [web.get("/control", self._show), web.put("/control", self._play), web.delete("/control", self._end)]

    async def _show(self, request: web.Request) -> web.Response:
        now = [
            {"vendor": vendor, **fault.model_dump(exclude_defaults=True, exclude={"vendor"})}
            for vendor, faults in self._faults.items()
            for fault in faults.list_now()
        ]
        last = request.query.get("last", "")
        told = self._requests.dump(int(last)) if last.isascii() and last.isdigit() else self._requests.dump()
        return web.json_response({"faults": now, **told})

    async def _play(self, request: web.Request) -> web.Response:
        try:
            fault = VendorFault.model_validate_json(await request.read())
        except ValidationError as error:
            return web.json_response({"error": str(error)}, status=422)
        self._faults[fault.vendor].play(fault)
        return web.json_response({})

    async def _end(self, _request: web.Request) -> web.Response:
        for faults in self._faults.values():
            faults.end()
        self._requests.clear()
        return web.json_response({})
