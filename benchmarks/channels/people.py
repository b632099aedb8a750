"""People on WhatsApp and Telegram and callers, as the vendors' webhooks tell of them."""

import itertools
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import aiohttp
from twilio.request_validator import RequestValidator

ACCOUNT = "AC" + "0" * 32
TOKEN = "t" * 32
WHATSAPP_FROM, VOICE_FROM = "whatsapp:+910000000000", "+910000000000"
BOT_TOKEN, BOT_SECRET = "123456:benchmark", "benchmark-secret"
PUBLIC = "https://saathi.example"

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Webhook:
    """One request of a vendor's, ready to be posted."""

    path: str
    body: bytes
    headers: Mapping[str, str]


def whatsapp(person: int, text: str) -> Webhook:
    """A text that a person sent; the fields are those of Twilio's documentation."""
    sid, number = f"SM{uuid.uuid4().hex}", f"+91987{person:07}"
    form = {
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "ProfileName": "Somebody",
        "MessageType": "text",
        "SmsSid": sid,
        "WaId": number[1:],
        "SmsStatus": "received",
        "Body": text,
        "To": WHATSAPP_FROM,
        "NumSegments": "1",
        "MessageSid": sid,
        "AccountSid": ACCOUNT,
        "From": f"whatsapp:{number}",
        "ApiVersion": "2010-04-01",
    }
    return _sign("/channels/whatsapp/webhook", form)


def telegram(person: int, text: str) -> Webhook:
    """A text in a private chat."""
    number = next(_numbers)
    chat = 700_000_000 + person
    message = {
        "message_id": number,
        "date": 1_700_000_000,
        "chat": {"id": chat, "type": "private", "first_name": "Somebody"},
        "from": {"id": chat, "is_bot": False, "first_name": "Somebody", "language_code": "en"},
        "text": text,
    }
    body = json.dumps({"update_id": number, "message": message}).encode()
    headers = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": BOT_SECRET}
    return Webhook("/channels/telegram/webhook", body, headers)


def _sign(path: str, form: dict[str, str]) -> Webhook:
    signature = RequestValidator(TOKEN).compute_signature(PUBLIC + path, form)
    return Webhook(path, urlencode(form).encode(), {**_FORM, "X-Twilio-Signature": signature})


class Caller:
    """One call; `was_filled` says whether the last answer was a filler and not the answer itself."""

    def __init__(self, session: aiohttp.ClientSession, gateway: str, person: int) -> None:
        self._session = session
        self._gateway = gateway
        self._fields = {"CallSid": f"CA{uuid.uuid4().hex}", "From": f"+91986{person:07}", "To": VOICE_FROM}
        self._action = "/channels/ivr/webhook"
        self.was_filled = False

    async def begin(self) -> None:
        """Calls, and chooses the first language."""
        await self._post(CallStatus="ringing")
        await self._post(CallStatus="in-progress", Digits="1")

    async def ask(self, text: str) -> None:
        """Says a question; returns with the answer, or with a filler."""
        await self._post(CallStatus="in-progress", SpeechResult=text, Confidence="0.9")

    async def wait_for_answer(self) -> None:
        """Hears fillers until the answer comes."""
        while self.was_filled:
            await self._post(CallStatus="in-progress")

    async def _post(self, **fields: str) -> None:
        hook = _sign(self._action, {**self._fields, **fields})
        async with self._session.post(self._gateway + hook.path, data=hook.body, headers=hook.headers) as answer:
            answer.raise_for_status()
            heard = ET.fromstring(await answer.text())
        redirect, gather = heard.find("Redirect"), heard.find("Gather")
        self.was_filled = redirect is not None
        if redirect is not None:
            self._action = (redirect.text or "").removeprefix(PUBLIC)
        elif gather is not None:
            self._action = gather.attrib["action"].removeprefix(PUBLIC)
        else:
            raise RuntimeError(f"the line does not listen: {[child.tag for child in heard]}")
