"""People on WhatsApp, as Twilio tells the gateway of them.

https://www.twilio.com/docs/messaging/guides/webhook-request and
https://www.twilio.com/docs/whatsapp/buttons
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from vendors.gateway import Media, Said
from vendors.journal import Journal
from vendors.stubs import make_stub
from vendors.twilio.hooks import Hooks, make_sid

WEBHOOK = "/channels/whatsapp/webhook"
WINDOW_S = 24 * 3600.0

_MEDIA_KINDS = {"image": "image", "sticker": "sticker", "voice": "audio", "document": "document", "contact": "contacts"}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on WhatsApp. `address` is `whatsapp:+91...`, or without a number `whatsapp:` and the id that this
    business knows them by."""

    name: str
    address: str


PEOPLE = (
    Person("Asha", "whatsapp:+919800000001"),
    Person("Bilal", "whatsapp:+919800000002"),
    Person("Chitra (no number)", "whatsapp:IN.80000000000000003"),
)


def make_form(account: str, business: str, person: Person, sid: str) -> dict[str, str]:
    """The fields that every message to the sender `business` comes with, whatever it is."""
    form = {
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "ProfileName": person.name,
        "SmsSid": sid,
        "SmsStatus": "received",
        "To": business,
        "NumSegments": "1",
        "ReferralNumMedia": "0",
        "MessageSid": sid,
        "AccountSid": account,
        "From": person.address,
        "ApiVersion": "2010-04-01",
    }
    if person.address.startswith("whatsapp:+"):
        form["WaId"] = person.address.removeprefix("whatsapp:+")
    return form


class WhatsApp:
    """What people do; each action is one webhook. Returns what the gateway answered."""

    def __init__(self, account: str, business: str, journal: Journal, hooks: Hooks) -> None:
        """`business` is the assistant's sender."""
        self._account = account
        self._business = business
        self._journal = journal
        self._hooks = hooks
        self.base = ""  # the address that media are fetched from
        self._heard_at: dict[str, float] = {}
        self._media: dict[str, Media] = {}

    def is_open(self, address: str) -> bool:
        """Whether free text may be sent to the address. One that never wrote through us counts as open: a test may
        have written for it."""
        return time.time() - self._heard_at.get(address, time.time()) < WINDOW_S

    def close_window(self, address: str) -> None:
        """As if the person had last written 24 hours ago."""
        self._heard_at[address] = time.time() - WINDOW_S
        self._journal.add(address, "note", text="24 hours have passed")

    def find_media(self, sid: str) -> Media | None:
        """A file that somebody sent."""
        return self._media.get(sid)

    async def write(self, person: Person, text: str, sid: str | None = None) -> Said:
        """Types a text."""
        return await self._post(person, {"MessageType": "text", "Body": text}, {"text": text}, sid)

    async def tap(self, person: Person, message: str, button_id: str, title: str, sid: str | None = None) -> Said:
        """Taps a quick reply of a message."""
        fields = {"MessageType": "button", "Body": title, "ButtonText": title, "ButtonPayload": button_id}
        return await self._post(person, {**fields, **self._about(message)}, {"text": title, "tapped": True}, sid)

    async def pick(self, person: Person, message: str, row_id: str, title: str, more: str = "") -> Said:
        """Picks a row of a message's list."""
        fields = {"MessageType": "interactive", "Body": title, "ListId": row_id, "ListTitle": title}
        fields |= {"ListDescription": more} if more else {}
        return await self._post(person, {**fields, **self._about(message)}, {"text": title, "tapped": True})

    async def send_file(self, person: Person, kind: str, caption: str = "") -> Said:
        """Sends a stub: "image", "sticker", "voice", "document" or "contact"."""
        stub, sid, media_sid = make_stub(kind), make_sid("MM"), make_sid("ME")
        self._media[media_sid] = stub
        path = f"/2010-04-01/Accounts/{self._account}/Messages/{sid}/Media/{media_sid}"
        fields = {"MessageType": _MEDIA_KINDS[kind], "Body": caption, "NumMedia": "1"}
        fields |= {"MediaUrl0": self.base + path, "MediaContentType0": stub.kind}
        shown = {"text": caption, "media": [{"url": path, "kind": stub.kind}]}
        return await self._post(person, fields, shown, sid)

    async def send_location(self, person: Person, latitude: float = 18.5204, longitude: float = 73.8567) -> Said:
        """Sends a place."""
        fields = {"MessageType": "location", "Body": "", "Latitude": str(latitude), "Longitude": str(longitude)}
        return await self._post(person, fields, {"text": f"Location {latitude}, {longitude}"})

    async def react(self, person: Person, message: str, emoji: str) -> Said:
        """Puts an emoji on a message."""
        fields = {"MessageType": "reaction", "Body": emoji, **self._about(message)}
        self._journal.change(message, reaction=emoji)
        return await self._post(person, fields, {"text": emoji, "tapped": True})

    async def _post(
        self, person: Person, fields: dict[str, str], shown: Mapping[str, object], sid: str | None = None
    ) -> Said:
        sid = sid or make_sid("SM")
        self._heard_at[person.address] = time.time()
        entry = self._journal.add(person.address, "person", **{"status": "sending", **shown})
        said = await self._hooks.post(WEBHOOK, make_form(self._account, self._business, person, sid) | fields)
        self._journal.change(entry["id"], status="sent" if said.is_taken else f"not taken: {said.status} {said.text}")
        return said

    def _about(self, message: str) -> dict[str, str]:
        return {"OriginalRepliedMessageSid": message, "OriginalRepliedMessageSender": self._business}
