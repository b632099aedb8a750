"""What WhatsApp and the voice line share of Twilio: its signed forms, and the client of its REST API."""

import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any, NoReturn
from urllib.parse import parse_qsl, urlencode, urlsplit

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    encode_basic_auth,
    web,
)
from multidict import MultiDict
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from channels.sending import Postponed, Unsure
from saathi.settings import Settings

SIGNATURE = "X-Twilio-Signature"
FORM = "application/x-www-form-urlencoded"

_DEADLINE = ClientTimeout(total=10.0, connect=5.0)
_LATER = frozenset({429, 500, 503})  # Twilio did not take the request and asks for another try
_LONGEST_WAIT_S = 600.0


async def read_signed_form(request: web.Request, settings: Settings) -> MultiDict[str]:
    """The form of an authentic request, blank fields kept; empty where Twilio sent JSON.

    The signature is over the address that Twilio was given, which is ours by PUBLIC_URL and never by what the request's
    own headers claim. Raises `HTTPForbidden` for a wrong or missing signature.
    https://www.twilio.com/docs/usage/security
    """
    try:
        text = (await request.read()).decode()
        fields = parse_qsl(text, keep_blank_values=True, errors="strict") if request.content_type == FORM else []
    except UnicodeDecodeError:
        _refuse()
    form = MultiDict(fields)
    is_json = bool(text) and request.content_type != FORM
    if is_json and "bodySHA256" not in request.query:  # nothing would tie the body to the signature
        _refuse()
    validator = RequestValidator(settings.twilio_auth_token.get_secret_value())
    signature = request.headers.get(SIGNATURE, "")
    if not validator.validate(settings.origin + request.raw_path, text if is_json else form, signature):
        _refuse()
    return form


def _refuse() -> NoReturn:
    raise web.HTTPForbidden(text="The signature is not Twilio's; PUBLIC_URL must be the address that Twilio calls.")


@contextlib.asynccontextmanager
async def open_client(settings: Settings) -> AsyncIterator[Client]:
    """Twilio's own client, on a session of ours. Its calls raise the SDK's `TwilioException` where Twilio refuses a
    request, `Postponed` where Twilio did not take it, and `Unsure` where nobody knows."""
    async with ClientSession(timeout=_DEADLINE) as session:
        token = settings.twilio_auth_token.get_secret_value()
        yield Client(settings.twilio_account_sid, token, http_client=_HttpClient(session, settings.twilio_api_base))


class _HttpClient(AsyncHttpClient):  # type: ignore[misc]  # the SDK is not typed
    """The SDK's way to the network. The SDK's own asynchronous one sends JSON bodies as forms, has no deadline, and
    does not tell a connection that was refused from one that broke."""

    def __init__(self, session: ClientSession, base: str) -> None:
        super().__init__(None, True, None)
        self._session = session
        self._base = base.rstrip("/")

    async def request(
        self,
        method: str,
        uri: str,
        params: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002 (the SDK's signature)
        allow_redirects: bool = False,  # noqa: ARG002
    ) -> Response:
        """One request, as the SDK asks for it."""
        headers = {**(headers or {}), **({"Authorization": encode_basic_auth(*auth)} if auth else {})}
        is_json = headers.get("Content-Type") == "application/json"
        body = json.dumps(data) if is_json else urlencode(data or {}, doseq=True)
        try:
            async with self._session.request(
                method,
                self._place(uri),
                params=params,
                data=body.encode() if data else None,
                headers=headers,
                allow_redirects=False,
            ) as answer:
                text = await answer.text(errors="replace")
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            raise Postponed(f"Twilio cannot be reached: {type(error).__name__}") from error
        except (ClientError, TimeoutError, OSError) as error:
            raise Unsure(f"the connection to Twilio broke: {type(error).__name__}") from error
        if answer.status in _LATER:
            raise Postponed(f"Twilio answered {answer.status}", _read_wait(answer.headers.get("Retry-After", "")))
        if answer.status > 500:
            raise Unsure(f"Twilio answered {answer.status}")
        return Response(answer.status, text, answer.headers)

    def _place(self, uri: str) -> str:
        """The address to ask: the SDK's, or the same path of the server that stands in for Twilio."""
        parts = urlsplit(uri)
        return uri if not self._base else f"{self._base}{parts.path}" + (f"?{parts.query}" if parts.query else "")


def _read_wait(header: str) -> float | None:
    return min(float(header), _LONGEST_WAIT_S) if header.isascii() and header.isdigit() else None
