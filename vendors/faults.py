"""Faults that a stand-in plays when it is told to: an error, a limit, a long silence, rubbish, a broken connection."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, model_validator

Answer = Callable[[], Awaitable[web.StreamResponse]]
ErrorAnswer = Callable[[int, float | None], web.Response]


class Fault(BaseModel):
    """What goes wrong, one of:

    - an error `status`, for 429 with `retry_after` seconds;
    - `hang` seconds before the answer to a request that is taken;
    - `rubbish` as the body of a 200;
    - `drop`: the connection breaks before the request is taken, or after;
    - `undelivered`: the message is taken, and a status callback tells this error code later (Twilio).

    For the next `calls` requests whose path holds `path`, to `address` if there is one; without `calls` until told
    otherwise.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: int | None = Field(None, ge=400, le=599)
    retry_after: float | None = Field(None, gt=0)
    hang: float | None = Field(None, gt=0, le=3600)
    rubbish: str | None = None
    drop: Literal["before", "after"] | None = None
    undelivered: int | None = None
    calls: int | None = Field(None, ge=1)
    path: str = ""
    address: str = ""

    @model_validator(mode="after")
    def _is_one_fault(self) -> "Fault":
        kinds = (self.status, self.hang, self.rubbish, self.drop, self.undelivered)
        if sum(one is not None for one in kinds) != 1:
            raise ValueError("give one of status, hang, rubbish, drop and undelivered")
        if self.retry_after is not None and self.status != 429:
            raise ValueError("retry_after goes with status 429")
        return self


class Faults:
    """The faults that are played now: one for all, and one for each address that has its own."""

    def __init__(self, error: ErrorAnswer) -> None:
        """`error` makes the vendor's answer of a status, with the seconds to wait if it says them."""
        self._error = error
        self._now: dict[str, Fault] = {}

    def play(self, fault: Fault) -> None:
        """From now on, in the place of the one that its address had."""
        self._now[fault.address] = fault

    def end(self) -> None:
        """All of them."""
        self._now.clear()

    def list_now(self) -> list[Fault]:
        """What is played."""
        return list(self._now.values())

    def take(self, path: str, address: str = "") -> Fault | None:
        """The fault for a request, counted; None when it is to be answered in earnest."""
        for key in dict.fromkeys((address, "")):
            fault = self._now.get(key)
            if fault is None or fault.path not in path:
                continue
            if fault.calls == 1:
                del self._now[key]
            elif fault.calls is not None:
                self._now[key] = fault.model_copy(update={"calls": fault.calls - 1})
            return fault
        return None

    async def meet(self, request: web.Request, fault: Fault | None, answer: Answer) -> web.StreamResponse:
        """The answer to a request with this fault, which `answer` makes where it is made in earnest."""
        if fault is None or fault.undelivered is not None:
            return await answer()
        if fault.hang is not None:
            answered = await answer()
            await asyncio.sleep(fault.hang)
            return answered
        if fault.rubbish is not None:
            return web.Response(text=fault.rubbish, content_type="application/json")
        if fault.drop is not None:
            if fault.drop == "after":
                await answer()
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        return self._error(fault.status or 500, fault.retry_after)
