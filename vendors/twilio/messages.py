"""Messages that the assistant sends through Twilio: taken, shown to the person, and their fate told by callbacks.

https://www.twilio.com/docs/messaging/api/message-resource
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from vendors.gateway import GatewayClient
from vendors.journal import Journal
from vendors.media import MediaShelf
from vendors.twilio.content import Contents, find_excess, show_types
from vendors.twilio.errors import Refused
from vendors.twilio.hooks import Hooks, make_sid

LONGEST_BODY = 1600
_STEP_S = 0.15  # between two words about a message's fate
_SHOWN = ("image/jpeg", "image/png", "image/webp", "audio/", "video/", "application/pdf", "text/vcard")

IsOpen = Callable[[str], bool]


@dataclass(slots=True)
class Message:
    """One message out; `shown` is what the person sees of it."""

    sid: str
    to: str
    sender: str
    body: str
    media_urls: list[str]
    callback: str
    shown: dict[str, Any]
    is_template: bool
    status: str = "queued"
    error_code: int | None = None
    created: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def thread(self) -> str:
        """Its thread in the journal."""
        return self.to if self.to.startswith("whatsapp:") else f"sms:{self.to}"

    def as_json(self, account: str) -> dict[str, Any]:
        """As the REST API gives it."""
        uri, when = f"/2010-04-01/Accounts/{account}/Messages/{self.sid}", format_datetime(self.created)
        return {
            "sid": self.sid,
            "account_sid": account,
            "api_version": "2010-04-01",
            "body": self.body,
            "date_created": when,
            "date_sent": None if self.status == "queued" else when,
            "date_updated": when,
            "direction": "outbound-api",
            "error_code": self.error_code,
            "error_message": None if self.error_code is None else f"Error {self.error_code}",
            "from": self.sender,
            "messaging_service_sid": None,
            "num_media": str(len(self.media_urls)),
            "num_segments": "1",
            "price": None,
            "price_unit": None,
            "status": self.status,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": self.to,
            "uri": f"{uri}.json",
        }


class Messages:
    """All of them. `is_open` says whether the person has written within the last 24 hours."""

    def __init__(
        self,
        account: str,
        contents: Contents,
        journal: Journal,
        hooks: Hooks,
        gateway: GatewayClient,
        shelf: MediaShelf,
        is_open: IsOpen,
    ) -> None:
        self._account = account
        self._contents = contents
        self._journal = journal
        self._hooks = hooks
        self._gateway = gateway
        self._shelf = shelf
        self._is_open = is_open
        self._messages: dict[str, Message] = {}
        self._running: set[asyncio.Task[None]] = set()

    def create(self, form: Mapping[str, Any], undelivered: int | None = None) -> Message:
        """Takes a message from the fields of a create request; its delivery goes on by itself, to fail with the code
        `undelivered` if there is one. Raises `Refused`."""
        content_sid = str(form.get("ContentSid", ""))
        media_urls = [str(url) for url in form.get("MediaUrl") or []]
        body = str(form.get("Body", ""))
        _check(form, bool(content_sid or media_urls))
        shown = show_types({"twilio/media": {"body": body, "media": media_urls}})
        is_template = False
        if content_sid:
            content = self._contents.find(content_sid)
            if content is None:
                raise Refused(400, 21655, "The ContentSid is Invalid.")
            shown, is_template = content.show(str(form.get("ContentVariables", ""))), content.approval is not None
        message = Message(
            make_sid("MM" if shown["media_urls"] else "SM"),
            str(form["To"]),
            str(form.get("From") or form.get("MessagingServiceSid")),
            str(shown["text"]),
            list(shown["media_urls"]),
            str(form.get("StatusCallback", "")),
            shown,
            is_template,
        )
        self._messages[message.sid] = message
        if not is_template and (excess := find_excess(shown)):
            message.shown |= {"excess": excess}
            undelivered = undelivered or 63013  # violates the channel's policy
        self._start(self._deliver(message, undelivered))
        return message

    def find(self, sid: str) -> Message | None:
        """The message of an id."""
        return self._messages.get(sid)

    def list_all(self, address: str | None = None) -> list[Message]:
        """The messages to an address, or to all, as they were taken."""
        return [message for message in self._messages.values() if address in (None, message.to)]

    def mark_read(self, address: str) -> None:
        """The person has looked at what came to them."""
        for message in self.list_all(address):
            if message.status == "delivered":
                self._start(self._tell(message, "read"))

    async def close(self) -> None:
        """Ends what is under way."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _deliver(self, message: Message, undelivered: int | None) -> None:
        failure = undelivered
        if message.to.startswith("whatsapp:") and not message.is_template and not self._is_open(message.to):
            failure = failure or 63016  # free text outside the window
        media = []
        for url in message.media_urls:
            fetched = await self._gateway.fetch(url)
            if fetched is None:
                failure = failure or 63019  # the media could not be fetched
            elif not fetched.kind.startswith(_SHOWN):
                failure = failure or 63021  # not a kind that WhatsApp shows
            else:
                media.append({"url": self._shelf.put(fetched), "kind": fetched.kind})
        self._journal.add(
            message.thread,
            "assistant",
            id=message.sid,
            **{**message.shown, "media": media, "status": "queued", "is_template": message.is_template},
        )
        await self._tell(message, "sent")
        if failure is not None:
            await self._tell(message, "failed" if failure == 63016 else "undelivered", failure)
            return
        await self._tell(message, "delivered")

    async def _tell(self, message: Message, status: str, error_code: int | None = None) -> None:
        message.status, message.error_code = status, error_code
        self._journal.change(message.sid, status=status, error_code=error_code)
        if not (message.callback and self._gateway.is_known):
            return
        fields = {
            "SmsSid": message.sid,
            "SmsStatus": status,
            "MessageStatus": status,
            "MessageSid": message.sid,
            "AccountSid": self._account,
            "From": message.sender,
            "To": message.to,
            "ApiVersion": "2010-04-01",
        }
        if message.to.startswith("whatsapp:"):
            fields |= {"ChannelPrefix": "whatsapp", "ChannelToAddress": message.to}
            fields |= {"EventType": status.upper()} if status in {"delivered", "read"} else {}
        if error_code is not None:
            fields |= {"ErrorCode": str(error_code), "ErrorMessage": f"Error {error_code}"}
        await self._hooks.post(message.callback, fields)
        await asyncio.sleep(_STEP_S)


def _check(form: Mapping[str, Any], has_content: bool) -> None:
    if not form.get("To"):
        raise Refused(400, 21604, "A 'To' phone number is required.")
    if not (form.get("From") or form.get("MessagingServiceSid")):
        raise Refused(400, 21603, "A 'From' phone number is required.")
    if str(form.get("From", "")).startswith("whatsapp:") != str(form["To"]).startswith("whatsapp:"):
        raise Refused(400, 21910, "Invalid From and To pair. From and To should be of the same channel")
    if not (form.get("Body") or has_content):
        raise Refused(400, 21619, "A text message body or media urls must be specified.")
    if len(str(form.get("Body", ""))) > LONGEST_BODY:
        raise Refused(400, 21617, "The concatenated message body exceeds the 1600 character limit")
    if len(form.get("MediaUrl") or []) > 1 and str(form["To"]).startswith("whatsapp:"):
        raise Refused(400, 21620, "Invalid media URL(s): WhatsApp takes one for each message")
