"""WhatsApp for the gateway's registry."""

from channels.channel import Channel
from channels.whatsapp import CHANNEL
from channels.whatsapp.sender import open_sender
from channels.whatsapp.webhook import routes

WHATSAPP = Channel(
    CHANNEL,
    routes,
    needs=("twilio_account_sid", "twilio_auth_token", "twilio_whatsapp_from"),
    open_sender=open_sender,
)
