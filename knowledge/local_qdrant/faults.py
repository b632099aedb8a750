"""Faults that the stand-in plays when it is told to: an error status, a long silence, rubbish."""

import asyncio

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, model_validator


class Fault(BaseModel):
    """What goes wrong: an error `status`, or `hang` seconds before the answer, or `rubbish` as the body of a 200.

    For the next `calls` requests whose path holds `path`; without `calls` until told otherwise.
    """

    model_config = ConfigDict(extra="forbid")

    status: int | None = Field(None, ge=400, le=599)
    hang: float | None = Field(None, gt=0, le=3600)
    rubbish: str | None = None
    calls: int | None = Field(None, ge=1)
    path: str = ""

    @model_validator(mode="after")
    def _is_one_fault(self) -> "Fault":
        if sum(one is not None for one in (self.status, self.hang, self.rubbish)) != 1:
            raise ValueError("give one of status, hang and rubbish")
        return self


class Faults:
    """The fault that is played now, if any."""

    def __init__(self) -> None:
        self.now: Fault | None = None

    async def meet(self, request: web.Request) -> web.Response | None:
        """The faulty answer to this request; None when it is to be answered in earnest, maybe after a while."""
        fault = self.now
        if fault is None or fault.path not in request.path:
            return None
        if fault.calls is not None:
            left = fault.calls - 1
            self.now = fault.model_copy(update={"calls": left}) if left else None
        if fault.hang is not None:
            await asyncio.sleep(fault.hang)
            return None
        if fault.rubbish is not None:
            return web.Response(text=fault.rubbish, content_type="application/json")
        return web.json_response({"status": {"error": "as told"}, "time": 0.0}, status=fault.status or 500)
