"""The voice line's addresses: Twilio asks what to do next in a call, and is answered with TwiML.

An action's address carries the step that it answers, so that a repeated request changes nothing.
https://www.twilio.com/docs/voice/twiml#request-parameters
"""

from collections.abc import Awaitable

import structlog
from aiohttp import web
from multidict import MultiDict

from channels.ivr.line import Stepped, VoiceLine
from channels.ivr.prompts import Line
from channels.ivr.speech import Speaker
from channels.ivr.state import Place, Said
from channels.ivr.twiml import AFTER_RELAY, WEBHOOK, WHISPER, Twiml
from channels.services import SERVICES
from channels.twilio import read_signed_form
from saathi.escalation_policy import EscalationPolicy
from saathi.settings import Settings
from saathi.spoken_words import SpokenWords
from saathi.store import StoreUnavailable
from saathi.voice_menu import TONGUES, VoiceMenu

log = structlog.get_logger()

STATUS = "/channels/ivr/status"
_OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
_LONGEST_SID = 64
# Twilio says of `Confidence` that it lies between 0.0 and 1.0 and is "not guaranteed to be accurate, or even set"; 0 is
# how Google's recognizer, which it uses, says that there is none. So only what is clearly low counts: the assistant
# itself asks back about what it does not understand. https://www.twilio.com/docs/voice/twiml/gather#action
_UNSURE = 0.3


class Webhook:
    """The addresses that Twilio posts to."""

    def __init__(self, settings: Settings, menu: VoiceMenu) -> None:
        self._settings = settings
        self._menu = menu
        self._speaker = Speaker(SpokenWords.load())
        self._policy = EscalationPolicy.load()
        self._twiml = Twiml(menu, settings.origin, settings.ivr_transfer_to)
        self._opened: VoiceLine | None = None

    def routes(self) -> list[web.RouteDef]:
        """The addresses."""
        return [
            web.post(WEBHOOK, self.go_on),
            web.post(STATUS, self.note_status),
            web.post(WHISPER, self.whisper),
            web.post(AFTER_RELAY, self.leave_relay),
        ]

    async def go_on(self, request: web.Request) -> web.Response:
        """One step of a call."""
        form = await read_signed_form(request, self._settings)
        return await self._answer_surely(request, self._go_on(request, form))

    async def _go_on(self, request: web.Request, form: MultiDict[str]) -> web.Response:
        line, sid = self.line(request), _read_sid(form)
        if "DialCallStatus" in form:
            back = await line.after_transfer(sid, was_answered=form["DialCallStatus"] in {"completed", "answered"})
            return self._answer(back) if back else _write(self._twiml.hang_up())
        if form.get("CallStatus") in _OVER:
            await line.end(sid)
            return _write(self._twiml.hang_up())
        said, step = _read_said(request, form), _read_number(request.query.get("step"))
        stepped = await line.step(sid, form.get("From", ""), said, step)
        is_new = stepped.state.place is Place.LANGUAGE and stepped.state.step == 0
        if self._settings.ivr_relay and is_new:
            return _write(self._twiml.connect(stepped.state.language))
        return self._answer(stepped)

    async def leave_relay(self, request: web.Request) -> web.Response:
        """ConversationRelay has ended: put the call through, hang up, or go on with keys and speech."""
        form = await read_signed_form(request, self._settings)
        return await self._answer_surely(request, self._present(request, form))

    async def _present(self, request: web.Request, form: MultiDict[str]) -> web.Response:
        return self._answer(await self.line(request).step(_read_sid(form), form.get("From", ""), None))

    async def _answer_surely(self, request: web.Request, answering: Awaitable[web.Response]) -> web.Response:
        """While the store is away the caller is asked to wait and to say it again: Twilio sends nothing twice, and on
        an error of ours plays its own words and hangs up."""
        try:
            return await answering
        except StoreUnavailable as error:
            log.warning("store_unavailable", reason=str(error))
        stumbles = (_read_number(request.query.get("stumbles")) or 0) + 1
        wording = request.app[SERVICES].wording
        lines = tuple(Line(wording.say("ivr_unavailable", tongue), tongue) for tongue in TONGUES)
        return _write(self._twiml.stumble(lines, stumbles))

    async def whisper(self, request: web.Request) -> web.Response:
        """What the person hears before being joined with the caller; the form's own call is that to the person."""
        await read_signed_form(request, self._settings)
        line = await self.line(request).whisper(request.query.get("call", ""))
        return _write(self._twiml.whisper(line) if line else self._twiml.hang_up())

    async def note_status(self, request: web.Request) -> web.Response:
        """Twilio's status callback."""
        form = await read_signed_form(request, self._settings)
        if form.get("CallStatus") in _OVER:
            await self.line(request).end(_read_sid(form))
        return web.Response(status=204)

    def line(self, request: web.Request) -> VoiceLine:
        """Made with the first call, since the services are there only once the gateway runs."""
        if self._opened is None:
            self._opened = VoiceLine(request.app[SERVICES], self._menu, self._speaker, self._policy)
        return self._opened

    def _answer(self, stepped: Stepped) -> web.Response:
        return _write(self._twiml.render(stepped.prompt, stepped.sid, stepped.state.step))


def _write(twiml: str) -> web.Response:
    return web.Response(text=twiml, content_type="text/xml")


def _read_sid(form: MultiDict[str]) -> str:
    sid = form.get("CallSid", "")
    if not sid or len(sid) > _LONGEST_SID:
        raise web.HTTPBadRequest(text="The form names no call (CallSid).")
    return sid


def _read_said(request: web.Request, form: MultiDict[str]) -> Said | None:
    """What the caller keyed or said, or that it was nothing; None where nobody listened: the call begins, or waits."""
    if "step" not in request.query and ("wait" in request.query or not {"Digits", "SpeechResult"} & form.keys()):
        return None
    speech = form.get("SpeechResult", "")
    return Said(form.get("Digits", ""), speech, is_unsure=bool(speech) and _is_unsure(form.get("Confidence", "")))


def _is_unsure(confidence: str) -> bool:
    try:
        return 0 < float(confidence) < _UNSURE
    except ValueError:
        return False


def _read_number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
