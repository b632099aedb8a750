"""ConversationRelay: speech is Twilio's part, text goes over a websocket of the gateway.

https://www.twilio.com/docs/voice/conversationrelay/websocket-messages
"""

import contextlib
import json
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element

import aiohttp

from vendors.gateway import GatewayClient
from vendors.journal import Journal
from vendors.twilio.hooks import Hooks, make_sid


class Relay:
    """One session, from its opening to its end."""

    def __init__(self, journal: Journal, thread: str, hooks: Hooks, gateway: GatewayClient) -> None:
        self._journal = journal
        self._thread = thread
        self._hooks = hooks
        self._gateway = gateway
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._session = make_sid("VX")
        self._language = self._heard_in = "en-US"

    async def open(self, target: Element, call: Mapping[str, str]) -> str:
        """Connects and says what call it is; the fault where that does not succeed."""
        url = target.get("url", "")
        if not url.startswith(("wss://", "ws://")):
            return f"<ConversationRelay> has no websocket's address: {url!r}"
        self._language = self._heard_in = target.get("language", "en-US")
        try:
            self._socket = await self._gateway.connect(url, {"X-Twilio-Signature": self._hooks.sign(url, {})})
        except (aiohttp.ClientError, TimeoutError) as error:
            return f"{url} does not open: {error or type(error).__name__}"
        given = {one.get("name", ""): one.get("value", "") for one in target.findall("Parameter")}
        setup = {"type": "setup", "sessionId": self._session, "callSid": call["CallSid"], "parentCallSid": None}
        setup |= {"accountSid": call["AccountSid"], "from": call["From"], "to": call["To"]}
        setup |= {"direction": call["Direction"], "callStatus": "IN-PROGRESS", "callType": "PSTN"}
        await self._send({**setup, "forwardedFrom": None, "callerName": "", "customParameters": given})
        if target.get("welcomeGreeting"):
            self._say(target.get("welcomeGreeting", ""), self._language)
        return ""

    async def run(self) -> dict[str, str]:
        """Shows what the assistant says until the session ends; the fields of the request that follows."""
        tokens: list[str] = []
        ended: dict[str, str] = {"SessionId": self._session, "SessionStatus": "completed"}
        if self._socket is None:
            return ended
        async for message in self._socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            try:
                told: dict[str, Any] = json.loads(message.data)
                kind = told["type"]
            except (ValueError, KeyError, TypeError):
                self._journal.add(self._thread, "note", kind="fault", text=f"no message: {message.data[:200]}")
                continue
            if kind == "text":
                tokens.append(str(told.get("token", "")))
                if told.get("last"):
                    self._say("".join(tokens), str(told.get("lang") or self._language))
                    tokens.clear()
            elif kind == "end":
                ended |= {"SessionStatus": "ended", "HandoffData": str(told.get("handoffData", ""))}
                await self.close()
            elif kind == "language":
                self._language = str(told.get("ttsLanguage") or self._language)
                self._heard_in = str(told.get("transcriptionLanguage") or self._heard_in)
            elif kind in {"play", "sendDigits"}:
                text = str(told.get("source") or told.get("digits"))
                self._journal.add(self._thread, "assistant", kind="play", text=text)
            else:
                self._journal.add(self._thread, "note", kind="fault", text=f"there is no message of type {kind}")
        return ended

    async def speak(self, text: str) -> None:
        """What the caller said, as understood."""
        await self._send({"type": "prompt", "voicePrompt": text, "lang": self._heard_in, "last": True})

    async def press(self, key: str) -> None:
        """A key."""
        await self._send({"type": "dtmf", "digit": key})

    async def close(self) -> None:
        """Ends the session."""
        if self._socket is not None:
            await self._socket.close()

    async def _send(self, message: Mapping[str, Any]) -> None:
        assert self._socket is not None
        with contextlib.suppress(ConnectionError):
            await self._socket.send_json(message)

    def _say(self, text: str, language: str) -> None:
        seconds = round(len(text) / 14, 1)
        self._journal.add(self._thread, "assistant", kind="say", text=text, language=language, seconds=seconds)
