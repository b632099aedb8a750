"""The voice line for the gateway's registry."""

from aiohttp import web

from channels.channel import Channel
from channels.ivr.effects import CHANNEL
from channels.ivr.relay import open_relay
from channels.ivr.twiml import RELAY
from channels.ivr.webhook import Webhook
from saathi.settings import Settings
from saathi.voice_menu import VoiceMenu


def routes(settings: Settings) -> list[web.RouteDef]:
    """The channel's addresses; that of the websocket only where it is chosen."""
    menu = VoiceMenu.load()
    webhook = Webhook(settings, menu)
    if not settings.ivr_relay:
        return webhook.routes()

    async def relay(request: web.Request) -> web.StreamResponse:
        return await open_relay(request, settings, menu, webhook.line(request))

    return [*webhook.routes(), web.get(RELAY, relay)]


VOICE_LINE = Channel(CHANNEL, routes, needs=("twilio_auth_token", "twilio_voice_from"))
