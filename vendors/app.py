"""The stand-ins of Twilio, Telegram and HubSpot with their page, as one application.

`PUT /control` with `{"vendor": "twilio", "telegram" or "hubspot", ...}` plays a fault (the other fields are those of
`faults.Fault`), `DELETE /control` ends all faults and forgets the requests, and `GET /control` gives
`{"faults": [...], "requests": [...], "count", "misfits"}`, the requests as `requests.Asked` has them; `?last=50` gives
the last 50 alone.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from vendors.control import Control
from vendors.counter import Counter
from vendors.credentials import Credentials
from vendors.faults import Faults
from vendors.gateway import GatewayClient
from vendors.hubspot import api as hubspot_api
from vendors.hubspot.api import HubSpotApi
from vendors.hubspot.store import Account, Records
from vendors.journal import Journal
from vendors.media import MediaShelf
from vendors.requests import Requests
from vendors.specification import Specification
from vendors.telegram import api as telegram_api
from vendors.telegram.api import TelegramApi
from vendors.telegram.document import read_specification as read_telegram
from vendors.telegram.people import People
from vendors.twilio.calls import Calls
from vendors.twilio.content import Contents
from vendors.twilio.errors import answer_status
from vendors.twilio.hooks import Hooks
from vendors.twilio.messages import Messages
from vendors.twilio.rest import TwilioApi
from vendors.twilio.rest import read_specifications as read_twilio
from vendors.twilio.whatsapp import WhatsApp
from vendors.view import View

_LARGEST = 20 * 1024 * 1024  # bytes of a request, which may bring a picture


@dataclass(frozen=True)
class Specifications:
    """The vendors' documents: Twilio's by the beginning of the paths that they are about. Without any, nothing is
    checked."""

    twilio: dict[str, Specification] = field(default_factory=dict)
    telegram: Specification | None = None

    @classmethod
    def read(cls, folder: Path) -> "Specifications":
        """From `twilio_api_v2010.json`, `twilio_content_v1.json` and `telegram_bot_api.json` of a folder.
        Raises `OSError` and `ValueError`."""
        return cls(read_twilio(folder), read_telegram(folder / "telegram_bot_api.json"))


class LocalVendors:
    """All vendors. What people do (`whatsapp`, `telegram`, `calls`) can be done once the application has started."""

    def __init__(
        self, credentials: Credentials, specifications: Specifications | None = None, account: Account | None = None
    ) -> None:
        """`account` is what HubSpot's is filled with."""
        mine, known = credentials, specifications or Specifications()
        self.journal, self.requests = Journal(), Requests()
        self.faults = {"twilio": Faults(answer_status), "telegram": Faults(telegram_api.answer_status)}
        self.faults["hubspot"] = Faults(hubspot_api.answer_status)
        self.gateway = GatewayClient()
        self.gateway.find_at(mine.gateway, mine.public_url)
        counters = {name: Counter(name, self.requests, faults) for name, faults in self.faults.items()}
        shelf, hooks = MediaShelf(), Hooks(self.gateway, mine.auth_token)
        self.contents = Contents()
        self.whatsapp = WhatsApp(mine.account_sid, mine.whatsapp_from, self.journal, hooks)
        self.messages = Messages(
            mine.account_sid, self.contents, self.journal, hooks, self.gateway, shelf, self.whatsapp.is_open
        )
        self.calls = Calls(mine.account_sid, mine.voice_from, self.journal, hooks, self.gateway, mine.voice_status)
        self.telegram = People(self.journal, self.gateway, mine.telegram_secret)
        twilio = TwilioApi(
            mine.account_sid,
            mine.auth_token,
            counters["twilio"],
            known.twilio,
            self.messages,
            self.contents,
            self.calls,
            self.whatsapp,
        )
        telegram = TelegramApi(
            mine.telegram_token,
            counters["telegram"],
            known.telegram,
            self.journal,
            self.gateway,
            shelf,
            self.telegram,
        )
        self.hubspot = Records(account)
        hubspot = HubSpotApi(mine.hubspot_token, counters["hubspot"], self.hubspot)
        view = View(self.journal, shelf, self.whatsapp, self.messages, self.calls, self.telegram)
        self._routes = [*Control(self.faults, self.requests).routes(), *view.routes()]
        self._routes += [*twilio.routes(), *telegram.routes(), *hubspot.routes()]

    def found_at(self, base: str) -> None:
        """The address that the application is reached by, for files that people send."""
        self.whatsapp.base = base.rstrip("/")

    def make_app(self) -> web.Application:
        """The application with all its routes."""
        app = web.Application(client_max_size=_LARGEST)
        app.add_routes(self._routes)
        app.cleanup_ctx.append(self._run)
        return app

    async def _run(self, _app: web.Application) -> AsyncIterator[None]:
        async with self.gateway.opened():
            yield
            await self.calls.close()
            await self.messages.close()
