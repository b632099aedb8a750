"""What Twilio posts of a message on WhatsApp: a signed form."""

import uuid
from collections.abc import Mapping
from typing import Any

from twilio.request_validator import RequestValidator

from tests.support.vendors import ACCOUNT, FROM, PUBLIC, TOKEN
from vendors.twilio import whatsapp


def sign(path: str, form: Mapping[str, str] | Any) -> dict[str, str]:
    """The headers of a request as Twilio sends it to our public address."""
    return {"X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(PUBLIC + path, form)}


def make_form(text: str = "", address: str = "whatsapp:+919876500001", **fields: str) -> dict[str, str]:
    """A message's form; `sid` names it, other fields come in the place of the usual ones."""
    sid = fields.pop("sid", f"SM{uuid.uuid4().hex}")
    common = whatsapp.make_form(ACCOUNT, FROM, whatsapp.Person("Somebody", address), sid)
    return {**common, "MessageType": "text", "Body": text, **fields}
