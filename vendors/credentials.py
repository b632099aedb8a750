"""What the stand-ins and the gateway agree on: where the gateway is, and the secrets of the vendors."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Credentials:
    """`gateway` is where the gateway listens, empty while nobody knows: then nothing is told to it. `public_url` is the
    address it goes by (PUBLIC_URL), which signatures are over. `account_sid` has 34 characters, as Twilio's document
    wants it."""

    gateway: str
    public_url: str
    account_sid: str
    auth_token: str
    whatsapp_from: str
    voice_from: str
    voice_status: str  # hears of the end of calls; empty: nobody does
    telegram_token: str
    telegram_secret: str
    hubspot_token: str = ""  # empty: HubSpot lets nobody in
