"""One call, as the telephone keeps it. https://www.twilio.com/docs/voice/api/call-resource"""

import asyncio
import time
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any
from xml.etree.ElementTree import Element

from vendors.journal import Entry
from vendors.twilio.relay import Relay
from vendors.twilio.twiml import list_numbers

OVER = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})


@dataclass(slots=True)
class Call:
    """A call; `gather` or `dial` is what it waits for."""

    sid: str
    account: str
    caller: str
    called: str
    direction: str
    status: str = "in-progress"
    url: str = ""
    verbs: list[Element] = field(default_factory=list)
    gather: Element | None = None
    dial: Element | None = None
    relay: Relay | None = None
    keys: str = ""
    redirects: int = 0
    status_callback: str = ""
    began: float = field(default_factory=time.time)
    timer: asyncio.TimerHandle | None = None

    @property
    def thread(self) -> str:
        """Its thread in the journal."""
        return f"call:{self.sid}"

    def as_json(self) -> dict[str, Any]:
        """As the REST API gives it."""
        return {
            "sid": self.sid,
            "account_sid": self.account,
            "api_version": "2010-04-01",
            "direction": self.direction,
            "from": self.caller,
            "to": self.called,
            "status": self.status,
            "date_created": formatdate(self.began, usegmt=True),
            "start_time": formatdate(self.began, usegmt=True),
            "duration": str(int(time.time() - self.began)) if self.status in OVER else None,
            "uri": f"/2010-04-01/Accounts/{self.account}/Calls/{self.sid}.json",
        }

    def show(self) -> Entry:
        """How it stands and what it waits for, as the page shows it."""
        gather = self.gather
        waits = None if gather is None else {"input": gather.get("input", "dtmf"), "digits": gather.get("numDigits")}
        return {
            "kind": "call",
            "caller": self.caller if self.direction == "inbound" else self.called,
            "status": self.status,
            "waits": waits or ({"input": "dtmf speech", "digits": None} if self.relay else None),
            "language": None if gather is None else gather.get("language"),
            "dials": None if self.dial is None else [number for number, _ in list_numbers(self.dial)],
        }

    def describe(self) -> dict[str, str]:
        """What each request to the gateway says of it."""
        fields = {"AccountSid": self.account, "ApiVersion": "2010-04-01", "CallSid": self.sid}
        fields |= {"CallStatus": self.status, "Direction": self.direction}
        fields |= {"From": self.caller, "Caller": self.caller, "To": self.called, "Called": self.called}
        return fields | {"CallerCountry": "IN", "FromCountry": "IN", "ToCountry": "IN"}
