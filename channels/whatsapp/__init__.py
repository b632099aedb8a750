"""WhatsApp through Twilio."""

CHANNEL = "whatsapp"
