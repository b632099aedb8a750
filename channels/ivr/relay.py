"""The voice line over ConversationRelay: Twilio hears and speaks, the words come and go as JSON on a websocket.

https://www.twilio.com/docs/voice/conversationrelay/websocket-messages
"""

import asyncio
import json
import time
from typing import Any

import structlog
from aiohttp import WSCloseCode, WSMsgType, web
from twilio.request_validator import RequestValidator

from channels.ivr.line import Stepped, VoiceLine
from channels.ivr.prompts import Act
from channels.ivr.speech import count_words
from channels.ivr.state import Said
from channels.ivr.twiml import SILENCE_S
from channels.services import SERVICES
from channels.twilio import SIGNATURE
from saathi.settings import Settings
from saathi.store import StoreUnavailable
from saathi.voice_menu import VoiceMenu

log = structlog.get_logger()

SETUP_WITHIN_S = 10.0
LARGEST_MESSAGE = 64 * 1024  # bytes
KEYS_WITHIN_S = 4.0  # of each other
_WORDS_A_SECOND = 2.2


async def open_relay(request: web.Request, settings: Settings, menu: VoiceMenu, line: VoiceLine) -> web.StreamResponse:
    """Serve one call's websocket until it closes. Raises `HTTPForbidden` for a request that Twilio did not sign."""
    address = "ws" + settings.origin.removeprefix("http") + request.raw_path
    validator = RequestValidator(settings.twilio_auth_token.get_secret_value())
    if not validator.validate(address, {}, request.headers.get(SIGNATURE, "")):
        raise web.HTTPForbidden(text="The signature is not Twilio's; PUBLIC_URL must be the address that Twilio calls.")
    services = request.app[SERVICES]
    socket = web.WebSocketResponse(heartbeat=30, max_msg_size=LARGEST_MESSAGE)
    await socket.prepare(request)
    services.sockets.add(socket)
    try:
        await _Session(socket, line, menu).serve()
    except StoreUnavailable as error:
        log.warning("store_unavailable", reason=str(error))
        await socket.close(code=WSCloseCode.TRY_AGAIN_LATER)
    except (ConnectionError, RuntimeError) as error:  # the call ended in the middle of a send
        log.info("relay_lost", reason=type(error).__name__)
    finally:
        services.sockets.discard(socket)
    return socket


class _Session:
    """One call on one socket. Several keys are gathered until there are as many as the prompt wants, or `#`."""

    def __init__(self, socket: web.WebSocketResponse, line: VoiceLine, menu: VoiceMenu) -> None:
        self._socket = socket
        self._line = line
        self._menu = menu
        self._sid = self._caller = ""
        self._stepped: Stepped | None = None
        self._keys = ""
        self._language = ""  # in which Twilio listens; at first the one of the TwiML
        self._noted = -1  # the step whose interruption has been noted
        self._silent_from = 0.0  # when the caller has heard all and may be taken for silent

    async def serve(self) -> None:
        """Until Twilio closes, or there is nothing more to be said here."""
        setup = await self._receive(SETUP_WITHIN_S)
        if setup is None or setup.get("type") != "setup" or not isinstance(setup.get("callSid"), str):
            await self._socket.close(code=WSCloseCode.POLICY_VIOLATION, message=b"the first message is no setup")
            return
        self._sid, self._caller = setup["callSid"][:64], str(setup.get("from") or "")
        await self._go_on(None)
        while not self._socket.closed:
            try:
                message = await self._receive(self._reckon_patience())
            except TimeoutError:
                await self._hear(Said(self._take_keys()))
                continue
            if message is None:
                return
            await self._handle(message)

    def _reckon_patience(self) -> float:
        """Seconds until what was not said counts as silence."""
        if self._keys:
            return KEYS_WITHIN_S
        return max(self._silent_from - time.monotonic(), 0) + SILENCE_S

    async def _receive(self, within_s: float) -> dict[str, Any] | None:
        """The next message; None when the socket closes or says what is no message."""
        async with asyncio.timeout(within_s):
            received = await self._socket.receive()
        if received.type is not WSMsgType.TEXT:
            return None
        try:
            message = json.loads(received.data)
        except ValueError:
            return {}
        return message if isinstance(message, dict) else {}

    async def _handle(self, message: dict[str, Any]) -> None:
        match message.get("type"):
            case "prompt" if message.get("last", True):
                self._keys = ""
                await self._hear(Said(speech=str(message.get("voicePrompt") or "")))
            case "dtmf":
                await self._take_key(str(message.get("digit") or ""))
            case "interrupt":
                await self._note_interruption(str(message.get("utteranceUntilInterrupt") or ""))
            case "error":
                log.warning("relay_error", reason=str(message.get("description"))[:200])
            case _:
                pass

    async def _note_interruption(self, heard: str) -> None:
        """Twilio has fallen silent by itself. What was cut off is not said again unless the caller asks for it."""
        assert self._stepped is not None
        self._silent_from = time.monotonic()
        if self._noted != self._stepped.state.step:
            self._noted = self._stepped.state.step
            await self._line.note_interruption(self._sid, heard)

    async def _take_key(self, key: str) -> None:
        assert self._stepped is not None
        wanted = self._stepped.prompt.keys
        self._keys += key if key != "#" or wanted == 1 else ""
        if len(self._keys) == wanted or (key == "#" and wanted != 1) or (self._keys == "*"):
            await self._hear(Said(self._take_keys()))

    def _take_keys(self) -> str:
        keys, self._keys = self._keys, ""
        return keys

    async def _hear(self, said: Said) -> None:
        assert self._stepped is not None
        if said.speech and not self._stepped.prompt.takes_speech:
            said = Said(digits="-")  # heard, and of no use: a PIN is keyed and not spoken
        await self._go_on(said)

    async def _go_on(self, said: Said | None) -> None:
        """One step, and more of them while the answer is waited for."""
        stepped = await self._step(said)
        while stepped.prompt.act is Act.WAIT:
            await self._say(stepped)
            stepped = await self._step(None)
        if stepped.prompt.act is Act.LISTEN:
            await self._say(stepped)
        else:  # the last words are said by what <Connect>'s action answers: the end here would cut them off
            await self._socket.send_json({"type": "end", "handoffData": json.dumps({"act": stepped.prompt.act.value})})

    async def _step(self, said: Said | None) -> Stepped:
        step = self._stepped.state.step if self._stepped else None
        self._stepped = await self._line.step(self._sid, self._caller, said, step)
        return self._stepped

    async def _say(self, stepped: Stepped) -> None:
        lines = stepped.prompt.lines
        speech = self._menu.languages[stepped.prompt.language].speech
        if stepped.prompt.act is Act.LISTEN and speech != self._language:
            self._language = speech
            await self._socket.send_json({"type": "language", "ttsLanguage": speech, "transcriptionLanguage": speech})
        for number, line in enumerate(lines, 1):
            # all of it is one turn of talk, and an interruption ends all of it
            token = {"token": line.text, "lang": self._menu.languages[line.language].speech}
            await self._socket.send_json({"type": "text", **token, "last": number == len(lines)})
        words = sum(count_words(line.text) for line in lines)
        self._silent_from = time.monotonic() + words / _WORDS_A_SECOND
