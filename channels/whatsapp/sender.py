"""WhatsApp's way out: rows of the outbox as messages of Twilio's REST API.

https://www.twilio.com/docs/messaging/api/message-resource
"""

import contextlib
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import structlog
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from channels.sending import Postponed, Refused, Unsure
from channels.twilio import open_client
from channels.whatsapp.contents import Contents, fill, write_variables
from channels.whatsapp.rendering import Part, Renderer
from channels.whatsapp.templates import Templates
from channels.whatsapp.webhook import STATUS
from channels.wording import Wording
from saathi.sending import Due
from saathi.settings import Settings

log = structlog.get_logger()

WINDOW_S = 24 * 3600.0  # after a person's last message; WhatsApp takes nothing but templates then
_CONTENT_IS_GONE = 21655  # "The ContentSid is invalid": somebody removed it from the account


@contextlib.asynccontextmanager
async def open_sender(settings: Settings) -> AsyncIterator["WhatsAppSender"]:
    """The sender of the account in the settings."""
    async with open_client(settings) as client:
        yield WhatsAppSender(client, settings, Renderer(Wording(), settings.origin), Templates.load())


class WhatsAppSender:
    """Sends to WhatsApp."""

    def __init__(
        self,
        client: Client,
        settings: Settings,
        renderer: Renderer,
        templates: Templates,
        clock: Callable[[], float] = time.time,
    ) -> None:
        # Taken now, at the start: the SDK loads its parts as they are first named, which takes half a second.
        self._messages = client.messages
        self._settings = settings
        self._renderer = renderer
        self._templates = templates
        self._clock = clock
        self._contents = Contents(client)

    def render(self, due: Due) -> list[Part]:
        """The messages of a row; one in a template when the person's day is over. What was begun is not begun anew
        another way: Twilio then says itself that it is too late."""
        if self._clock() - due.heard_at >= WINDOW_S and not due.outgoing.sent_parts:
            return [self._templates.render(due.outgoing)]
        parts = self._renderer.render(due.outgoing.body)
        if not parts:
            raise Refused("nothing to say")
        return parts

    async def send(self, due: Due, part: Part) -> str:
        """One of them; its SID."""
        try:
            said = await self._write(part, due)
            message = await self._messages.create_async(
                to=due.outgoing.address,
                from_=self._settings.twilio_whatsapp_from,
                status_callback=self._settings.origin + STATUS,
                **said,
            )
        except TwilioException as error:
            if getattr(error, "code", None) == _CONTENT_IS_GONE:
                self._contents.forget()
                raise Postponed(_describe(error)) from error
            raise Refused(_describe(error)) from error
        except ValueError as error:  # it was taken, but its answer cannot be read
            raise Unsure("Twilio's answer is no JSON") from error
        if not message.sid:
            raise Unsure("Twilio's answer names no message")
        return str(message.sid)

    async def _write(self, part: Part, due: Due) -> dict[str, Any]:
        """What the message says, in the SDK's names."""
        if part.template is not None:
            sid = await self._contents.find(part.template)
            if sid is None:
                raise Refused(f"window closed: Twilio has no template {part.template}")
            return {"content_sid": sid, "content_variables": write_variables({"1": part.text})}
        if part.options:
            try:
                sid = await self._contents.provide(part)
            except TwilioException as error:
                log.warning("choices_as_text", reason=_describe(error))
                numbered = self._renderer.number(part.options, due.outgoing.body["language"])
                return {"body": f"{part.text}\n\n{numbered}"}
            return {"content_sid": sid, "content_variables": write_variables(fill(part))}
        media = {"media_url": [part.picture]} if part.picture else {}
        return {"body": part.text, **media} if part.text else media


def _describe(error: TwilioException) -> str:
    """Twilio's code alone: its words may hold the person's number."""
    return f"Twilio {getattr(error, 'code', None) or type(error).__name__}"
