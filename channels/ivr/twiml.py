"""Prompts as TwiML. https://www.twilio.com/docs/voice/twiml"""

import re

from twilio.twiml.voice_response import Connect, Dial, Gather, VoiceResponse

from channels.ivr.prompts import Act, Line, Prompt
from saathi.voice_menu import Tongue, VoiceMenu

WEBHOOK = "/channels/ivr/webhook"
WHISPER = "/channels/ivr/whisper"
RELAY = "/channels/ivr/relay"
AFTER_RELAY = "/channels/ivr/after-relay"
SILENCE_S = 5  # without a key or a word
RING_S = 30
MOST_STUMBLES = 5
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what no escape can write either


class Twiml:
    """Writes TwiML for one gateway.

    `origin` is how Twilio reaches it, `transfer_to` the number of those who take over, in E.164.
    """

    def __init__(self, menu: VoiceMenu, origin: str, transfer_to: str) -> None:
        self._menu = menu
        self._hints = (*menu.hints, *sorted({word for speech in menu.languages.values() for word in speech.words}))
        self._origin = origin
        self._transfer_to = transfer_to

    def render(self, prompt: Prompt, sid: str, step: int) -> str:
        """What Twilio does next in the call `sid`; `step` comes back with what the caller then says."""
        response = VoiceResponse()
        if prompt.act is Act.LISTEN:
            gather = self._gather(prompt, step)
            self._say(gather, prompt.lines)
            response.append(gather)
            return str(response)
        self._say(response, prompt.lines)
        if prompt.act is Act.WAIT:
            response.redirect(f"{self._origin}{WEBHOOK}?wait={step}", method="POST")
        elif prompt.act is Act.DIAL:
            response.append(self._dial(sid, step))
        else:
            response.hangup()
        return str(response)

    def whisper(self, line: Line) -> str:
        """What the person hears before being joined with the caller."""
        response = VoiceResponse()
        self._say(response, (line,))
        return str(response)

    def stumble(self, lines: tuple[Line, ...], stumbles: int) -> str:
        """Has Twilio ask again after a word of apology, and hang up when that has come to nothing too often."""
        response = VoiceResponse()
        self._say(response, lines)
        if stumbles < MOST_STUMBLES:
            response.redirect(f"{self._origin}{WEBHOOK}?wait=0&stumbles={stumbles}", method="POST")
        else:
            response.hangup()
        return str(response)

    def hang_up(self) -> str:
        """The end, without a word."""
        response = VoiceResponse()
        response.hangup()
        return str(response)

    def connect(self, tongue: Tongue) -> str:
        """Has Twilio open the websocket of ConversationRelay.

        https://www.twilio.com/docs/voice/twiml/connect/conversationrelay
        """
        response = VoiceResponse()
        connect = Connect(action=f"{self._origin}{AFTER_RELAY}", method="POST")
        address = "ws" + self._origin.removeprefix("http") + RELAY
        relay = connect.conversation_relay(
            url=address,
            language=self._menu.languages[tongue].speech,
            dtmf_detection=True,
            interruptible="any",
            hints=", ".join(self._hints),
        )
        for speech in self._menu.languages.values():
            relay.language(code=speech.speech)
        response.append(connect)
        return str(response)

    def _gather(self, prompt: Prompt, step: int) -> Gather:
        speech = (
            {
                "language": self._menu.languages[prompt.language].speech,
                "speech_timeout": "auto",
                "hints": ", ".join(self._hints),
            }
            if prompt.takes_speech
            else {}
        )
        return Gather(
            input="dtmf speech" if prompt.takes_speech else "dtmf",
            action=f"{self._origin}{WEBHOOK}?step={step}",
            method="POST",
            timeout=SILENCE_S,
            num_digits=prompt.keys,
            finish_on_key="" if prompt.keys == 1 else "#",
            barge_in=True,
            action_on_empty_result=True,
            **speech,
        )

    def _dial(self, sid: str, step: int) -> Dial:
        dial = Dial(action=f"{self._origin}{WEBHOOK}?step={step}", method="POST", timeout=RING_S)
        dial.number(self._transfer_to, url=f"{self._origin}{WHISPER}?call={sid}", method="POST")
        return dial

    def _say(self, verb: VoiceResponse | Gather, lines: tuple[Line, ...]) -> None:
        for line in lines:
            speech = self._menu.languages[line.language]
            verb.say(_NOT_XML.sub(" ", line.text), language=speech.speech, voice=speech.voice)
