"""The telephone: walks a call through the gateway's TwiML, by keys and by what would have been understood of speech.

https://www.twilio.com/docs/voice/twiml/gather and https://www.twilio.com/docs/voice/api/call-resource
"""

import asyncio
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

from vendors.gateway import GatewayClient
from vendors.journal import Journal
from vendors.twilio.call import OVER, Call
from vendors.twilio.hooks import Hooks, make_sid
from vendors.twilio.relay import Relay
from vendors.twilio.twiml import TwimlFault, describe_speech, list_numbers, read_twiml

WEBHOOK = "/channels/ivr/webhook"
_PAUSE_S = 5.0  # after the last key, where the answer says no other
_MOST_REDIRECTS = 30  # in a row, without anything from the caller


class Calls:
    """All calls. What a caller does raises nothing; where it has no place in the call it changes nothing."""

    def __init__(
        self, account: str, number: str, journal: Journal, hooks: Hooks, gateway: GatewayClient, status_url: str = ""
    ) -> None:
        """`number` is the voice line's; `status_url` hears of each call's end, as a number's setting at Twilio says."""
        self._account = account
        self._number = number
        self._journal = journal
        self._hooks = hooks
        self._gateway = gateway
        self._status_url = status_url
        self._calls: dict[str, Call] = {}
        self._running: set[asyncio.Task[None]] = set()

    def find(self, sid: str) -> Call | None:
        """The call of an id."""
        return self._calls.get(sid)

    async def start(self, caller: str) -> Call:
        """Somebody calls the voice line; returns when the line waits for them, or is silent."""
        call = Call(make_sid("CA"), self._account, caller, self._number, "inbound", status_callback=self._status_url)
        self._begin(call)
        await self._go(call, self._gateway.name(WEBHOOK), {})
        return call

    def start_outbound(self, form: Mapping[str, Any]) -> Call:
        """The assistant calls somebody, who picks up at once."""
        call = Call(make_sid("CA"), self._account, str(form["From"]), str(form["To"]), "outbound-api")
        call.status_callback = str(form.get("StatusCallback", ""))
        self._begin(call)
        self._start(self._redirect(call, form))
        return call

    def change(self, call: Call, form: Mapping[str, Any]) -> None:
        """What the assistant wants of a call under way: another Url, other Twiml, or its end."""
        if form.get("Status") in {"completed", "canceled"}:
            call.status = str(form["Status"])
            self._start(self._end(call, "the assistant ended the call"))
        elif form.get("Url") or form.get("Twiml"):
            self._start(self._redirect(call, form))

    async def press(self, call: Call, key: str) -> None:
        """One key. The keys go out at the finishing key, at the number asked for, or after a pause."""
        if call.relay is not None:
            self._journal.add(call.thread, "person", kind="keys", text=key)
            await call.relay.press(key)
            return
        if call.gather is None or "dtmf" not in call.gather.get("input", "dtmf"):
            return
        self._stop_timer(call)
        finish, wanted = call.gather.get("finishOnKey", "#"), int(call.gather.get("numDigits") or 0)
        if key == finish and finish:
            await self._send_keys(call)
            return
        call.keys += key
        if len(call.keys) == wanted:
            await self._send_keys(call)
            return
        timeout = call.gather.get("timeout", "auto")
        pause = _PAUSE_S if timeout == "auto" else float(timeout)
        call.timer = asyncio.get_running_loop().call_later(pause, lambda: self._start(self._send_keys(call)))

    async def speak(self, call: Call, text: str, confidence: float = 0.92) -> None:
        """Words, as they were understood and how surely."""
        if call.relay is not None:
            self._journal.add(call.thread, "person", kind="speech", text=text)
            await call.relay.speak(text)
            return
        if call.gather is None or "speech" not in call.gather.get("input", "dtmf"):
            return
        said = {"SpeechResult": text, "Confidence": f"{confidence:.2f}"}
        self._journal.add(call.thread, "person", kind="speech", text=text, confidence=confidence)
        await self._answer_gather(call, said)

    async def stay_silent(self, call: Call) -> None:
        """Nothing, until the line gives up waiting."""
        if call.gather is None:
            return
        self._journal.add(call.thread, "person", kind="silence", text="")
        if call.gather.get("actionOnEmptyResult") == "true":
            await self._answer_gather(call, {"Digits": "", "SpeechResult": ""})
            return
        self._stop_waiting(call)
        await self._play(call)

    async def answer_dial(self, call: Call, status: str) -> None:
        """What becomes of the person that the line calls: "completed", "no-answer" or "busy"."""
        if call.dial is None:
            return
        dial = call.dial
        call.dial = None
        if status == "completed":
            await self._whisper(call, dial)
        self._journal.add(call.thread, "note", text=f"the other side: {status}")
        if dial.get("action"):
            fields = {"DialCallStatus": status, "DialCallSid": make_sid("CA"), "DialCallDuration": "30"}
            await self._go(call, urljoin(call.url, dial.get("action", "")), fields)
            return
        await self._play(call)

    async def hang_up(self, call: Call) -> None:
        """The caller does."""
        if call.status not in OVER:
            call.status = "completed"
            await self._end(call, "the caller hung up")

    async def close(self) -> None:
        """Ends what is under way."""
        for call in self._calls.values():
            self._stop_waiting(call)
            if call.relay is not None:
                await call.relay.close()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _begin(self, call: Call) -> None:
        self._calls[call.sid] = call
        self._tell(call)

    def _start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def _tell(self, call: Call) -> None:
        """The call's own entry: how it stands and what it waits for."""
        if self._journal.find(call.sid) is None:
            self._journal.add(call.thread, "note", id=call.sid, **call.show())
        else:
            self._journal.change(call.sid, **call.show())

    async def _redirect(self, call: Call, form: Mapping[str, Any]) -> None:
        self._stop_waiting(call)
        call.dial = None
        if form.get("Twiml"):
            await self._take_twiml(call, str(form["Twiml"]))
        else:
            await self._go(call, str(form["Url"]), {})

    async def _send_keys(self, call: Call) -> None:
        if call.gather is not None:
            keys, call.keys = call.keys, ""
            # A PIN is nobody's to read, here as little as in a log.
            shown = "•" * len(keys) if len(keys) > 4 else keys
            self._journal.add(call.thread, "person", kind="keys", text=shown)
            await self._answer_gather(call, {"Digits": keys})

    async def _answer_gather(self, call: Call, fields: dict[str, str]) -> None:
        gather = call.gather
        assert gather is not None
        self._stop_waiting(call)
        call.redirects = 0
        await self._go(call, urljoin(call.url, gather.get("action", "")), {"msg": "Gather End", **fields})

    def _stop_waiting(self, call: Call) -> None:
        self._stop_timer(call)
        call.gather, call.keys = None, ""

    def _stop_timer(self, call: Call) -> None:
        if call.timer is not None:
            call.timer.cancel()
            call.timer = None

    async def _go(self, call: Call, url: str, fields: Mapping[str, str]) -> None:
        """Asks the gateway what comes next, and plays it."""
        call.redirects += 1
        if call.redirects > _MOST_REDIRECTS:
            await self._fail(call, f"{_MOST_REDIRECTS} redirects without a word of the caller")
            return
        call.url = url
        began = time.perf_counter()
        said = await self._hooks.post(url, call.describe() | dict(fields), attempts=2)
        took = time.perf_counter() - began
        if call.status in OVER:
            return
        if not said.is_taken:
            await self._fail(call, f"{url} answered {said.status} {said.text[:200]}")
            return
        self._journal.add(call.thread, "note", kind="asked", text=f"answered in {took * 1000:.0f} ms", seconds=took)
        await self._take_twiml(call, said.text)

    async def _take_twiml(self, call: Call, text: str) -> None:
        try:
            call.verbs = read_twiml(text)
        except TwimlFault as fault:
            await self._fail(call, str(fault))
            return
        await self._play(call)

    async def _play(self, call: Call) -> None:
        """The verbs, up to one that waits for somebody; at their end the call ends."""
        while call.verbs and call.status not in OVER:
            verb = call.verbs.pop(0)
            match verb.tag:
                case "Say" | "Play" | "Pause":
                    self._journal.add(call.thread, "assistant", **describe_speech(verb))
                case "Gather":
                    for inner in verb:
                        self._journal.add(call.thread, "assistant", **describe_speech(inner))
                    call.gather = verb
                    self._tell(call)
                    return
                case "Redirect":
                    await self._go(call, urljoin(call.url, (verb.text or "").strip()), {})
                    return
                case "Dial":
                    call.dial = verb
                    numbers = ", ".join(number for number, _ in list_numbers(verb))
                    self._journal.add(call.thread, "assistant", kind="dial", text=f"calls {numbers}")
                    self._tell(call)
                    return
                case "Connect":
                    await self._connect(call, verb)
                    return
                case "Hangup" | "Reject":
                    break
                case _:
                    self._journal.add(call.thread, "note", text=f"<{verb.tag}> is not played here")
        if call.status not in OVER:
            call.status = "completed"
            await self._end(call, "the line hung up")

    async def _connect(self, call: Call, verb: Element) -> None:
        target = verb.find("ConversationRelay")
        if target is None:
            await self._fail(call, "<Connect> holds no <ConversationRelay>")
            return
        relay = Relay(self._journal, call.thread, self._hooks, self._gateway)
        fault = await relay.open(target, call.describe())
        if fault:
            await self._fail(call, fault)
            return
        call.relay = relay
        self._tell(call)
        self._start(self._follow(call, relay, verb))

    async def _follow(self, call: Call, relay: Relay, verb: Element) -> None:
        """Until the relay's session ends; then its action, or what comes after it."""
        fields = await relay.run()
        call.relay = None
        if call.status in OVER:
            return
        if verb.get("action"):
            await self._go(call, urljoin(call.url, verb.get("action", "")), fields)
        else:
            await self._play(call)

    async def _whisper(self, call: Call, dial: Element) -> None:
        for number, url in list_numbers(dial):
            if not url:
                continue
            fields = call.describe() | {"To": number, "Called": number, "CallSid": make_sid("CA")}
            said = await self._hooks.post(urljoin(call.url, url), {**fields, "ParentCallSid": call.sid}, attempts=1)
            try:
                verbs = read_twiml(said.text) if said.is_taken else []
            except TwimlFault as fault:
                self._journal.add(call.thread, "note", text=f"whisper: {fault}")
                continue
            for verb in verbs:
                spoken = describe_speech(verb)
                self._journal.add(call.thread, "assistant", **{**spoken, "kind": "whisper"})

    async def _fail(self, call: Call, why: str) -> None:
        """What a caller hears of it at Twilio is that an application error has occurred."""
        self._journal.add(call.thread, "note", kind="fault", text=why)
        call.status = "completed"
        await self._end(call, "the call ended with an application error")

    async def _end(self, call: Call, why: str) -> None:
        self._stop_waiting(call)
        call.verbs, call.dial = [], None
        if call.relay is not None:
            await call.relay.close()
        self._journal.add(call.thread, "note", text=why)
        self._tell(call)
        if call.status_callback:
            duration = str(int(time.time() - call.began))
            await self._hooks.post(call.status_callback, call.describe() | {"CallDuration": duration})
