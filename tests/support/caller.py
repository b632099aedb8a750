"""A caller of the voice line: posts what Twilio would, signed, and follows the TwiML that comes back."""

import uuid
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from aiohttp.test_utils import TestClient
from twilio.request_validator import RequestValidator

TOKEN = "t" * 32
ORIGIN = "https://voice.example"
# What is left of a call after its TwiML; an answer has one of these, or the caller hears dead air.
ENDS = {"Gather", "Dial", "Redirect", "Hangup", "Connect"}


def sign(url: str, form: dict[str, str]) -> str:
    return RequestValidator(TOKEN).compute_signature(url, form)


class Caller:
    """One call. `heard` is the TwiML that was answered last."""

    def __init__(self, client: TestClient, number: str = "+919800000001", sid: str | None = None) -> None:
        self._client = client
        self.number = number
        self.sid = sid or f"CA{uuid.uuid4().hex}"
        self.heard = ET.Element("Response")

    async def post(self, address: str, **fields: str) -> str:
        """Post a signed form to an address of ours and keep the answer."""
        form = {"CallSid": self.sid, "From": self.number, "To": "+910000000000", "CallStatus": "in-progress", **fields}
        headers = {"X-Twilio-Signature": sign(ORIGIN + address, form)}
        async with self._client.post(address, data=form, headers=headers) as answer:
            text = await answer.text()
            assert answer.status == 200, (answer.status, text)
            assert answer.content_type == "text/xml"
        # after a whisper the two are joined: its end is the only one that must not end anything
        self.heard = read_twiml(text, must_end=not address.startswith("/channels/ivr/whisper"))
        return text

    async def call(self) -> "Caller":
        await self.post("/channels/ivr/webhook", CallStatus="ringing")
        return self

    async def key(self, digits: str) -> str:
        """Press keys at what is listened for now, and wait for the answer."""
        return await self.answer(Digits=digits)

    async def say(self, speech: str) -> str:
        return await self.answer(SpeechResult=speech, Confidence="0.9")

    async def keep_silent(self) -> str:
        return await self.answer()

    async def answer(self, **fields: str) -> str:
        await self.post(self.action, **fields)
        while (redirect := self.heard.find("Redirect")) is not None:
            await self.post(_path(redirect.text or ""))
        return self.words

    @property
    def action(self) -> str:
        gather = self.heard.find("Gather")
        assert gather is not None, "nobody listens"
        return _path(gather.get("action", ""))

    @property
    def words(self) -> str:
        return " ".join(say.text or "" for say in self.heard.iter("Say"))

    @property
    def languages(self) -> list[str]:
        return [say.get("language", "") for say in self.heard.iter("Say")]

    @property
    def gather(self) -> dict[str, str]:
        gather = self.heard.find("Gather")
        return {} if gather is None else dict(gather.attrib)

    def has(self, verb: str) -> bool:
        return self.heard.find(verb) is not None


def read_twiml(text: str, *, must_end: bool = True) -> ET.Element:
    """Parse an answer and hold it to what every answer must do."""
    root = ET.fromstring(text)
    assert root.tag == "Response"
    assert not must_end or ENDS & {child.tag for child in root}, text
    for say in root.iter("Say"):
        assert (say.text or "").strip(), text
    return root


def _path(url: str) -> str:
    assert url.startswith(ORIGIN), url
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def voice_settings(**chosen: Any) -> dict[str, Any]:
    """The settings that switch the voice line on."""
    return {"public_url": ORIGIN, "twilio_auth_token": TOKEN, "twilio_voice_from": "+910000000000", **chosen}
