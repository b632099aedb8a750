"""What WhatsApp and the voice line share of Twilio: its signed forms."""

from aiohttp import web
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from saathi.settings import Settings

SIGNATURE = "X-Twilio-Signature"


async def read_signed_form(request: web.Request, settings: Settings) -> MultiDict[str]:
    """The form of an authentic request, blank fields kept.

    The signature is over the address that Twilio was given, which is ours by PUBLIC_URL and never by what the request's
    own headers claim. Raises `HTTPForbidden` for a wrong or missing signature.
    https://www.twilio.com/docs/usage/security
    """
    posted = await request.post()
    form = MultiDict((name, value) for name, value in posted.items() if isinstance(value, str))
    validator = RequestValidator(settings.twilio_auth_token.get_secret_value())
    signature = request.headers.get(SIGNATURE, "")
    if not validator.validate(settings.origin + request.raw_path, form, signature):
        raise web.HTTPForbidden(text="The signature is not Twilio's; PUBLIC_URL must be the address that Twilio calls.")
    return form
