"""Where each request of a vendor's API comes in: noted, met with a fault if one is played, and answered."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from vendors.faults import Fault, Faults
from vendors.requests import Asked, Requests

AnswerAsked = Callable[[Asked, Fault | None], Awaitable[web.StreamResponse]]


class Counter:
    """One vendor's."""

    def __init__(self, vendor: str, requests: Requests, faults: Faults) -> None:
        self._vendor = vendor
        self._requests = requests
        self._faults = faults

    async def take(self, request: web.Request, address: str, fields: Any, answer: AnswerAsked) -> web.StreamResponse:
        """`address` is whom the request is about, if anybody; `answer` hears of a fault that shows later only."""
        asked = self._requests.note(Asked(self._vendor, request.method, request.path, address, fields))
        fault = self._faults.take(request.path, address)
        response = await self._faults.meet(request, fault, lambda: answer(asked, fault))
        if fault is None or fault.drop is None:
            asked.status = response.status
        return response
