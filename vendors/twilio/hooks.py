"""Twilio's requests to the gateway: forms, signed over the public address.

https://www.twilio.com/docs/usage/security and https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
"""

import asyncio
import secrets
from collections.abc import Mapping
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from vendors.gateway import GatewayClient, Said

ATTEMPTS = 3
_PAUSE_S = 0.5


def make_sid(prefix: str) -> str:
    """An id as Twilio makes them: two letters and 32 hexadecimal digits."""
    return prefix + secrets.token_hex(16)


class Hooks:
    """Posts as one Twilio account."""

    def __init__(self, gateway: GatewayClient, auth_token: str) -> None:
        self._gateway = gateway
        self._validator = RequestValidator(auth_token)

    def sign(self, url: str, fields: Mapping[str, str]) -> str:
        """The signature of a form that goes to a public address; of a websocket's, with no fields."""
        return str(self._validator.compute_signature(url, fields))

    async def post(self, url: str, fields: Mapping[str, str], attempts: int = ATTEMPTS) -> Said:
        """Posts the form, again with the same idempotency token when the gateway fails or is not there."""
        url = self._gateway.name(url)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "I-Twilio-Idempotency-Token": secrets.token_hex(16),
            "User-Agent": "TwilioProxy/1.1",
            "X-Twilio-Signature": self.sign(url, fields),
        }
        body = urlencode(fields).encode()
        for attempt in range(1, attempts + 1):
            said = await self._gateway.post(url, body, headers)
            if said.is_taken or 400 <= said.status < 500 or attempt == attempts:
                break
            await asyncio.sleep(_PAUSE_S * attempt)
        return said
