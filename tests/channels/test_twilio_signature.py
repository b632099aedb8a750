"""Twilio's signature: who may call, and who may not."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from channels.twilio import SIGNATURE, read_signed_form
from tests.support.gateway import make_settings

TOKEN = "12345"
FORM = "application/x-www-form-urlencoded"
PATH = "/myapp.php?foo=1&bar=2"
PARAMETERS = {
    "CallSid": "CA1234567890ABCDE",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
    "Caller": "+14158675309",
}
REPEATED = [("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234")]
BODY = '{"property": "value", "boolean": true}'
BODY_PATH = f"{PATH}&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"


@asynccontextmanager
async def serving(public_url: str, folder: Path) -> AsyncIterator[TestClient]:
    """A server that answers with the form that it took for authentic."""
    settings = make_settings("http://127.0.0.1:9", folder, twilio_auth_token=TOKEN, public_url=public_url)

    async def show(request: web.Request) -> web.Response:
        form = await read_signed_form(request, settings)
        return web.json_response(sorted(form.items()))

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", show)
    async with TestClient(TestServer(app)) as client:
        yield client


async def post(
    client: TestClient, path: str, body: bytes, signature: str | None, kind: str = FORM, **headers: str
) -> tuple[int, Any]:
    signed = {} if signature is None else {SIGNATURE: signature}
    async with client.post(path, data=body, headers={"Content-Type": kind, **signed, **headers}) as answer:
        return answer.status, await answer.json() if answer.status == 200 else None


def compute(url: str, form: Any) -> str:
    return str(RequestValidator(TOKEN).compute_signature(url, form))


# The cases of the validator's own tests: address that Twilio was given, body, kind, signature.
CASES = {
    "parameters": ("https://mycompany.com", PATH, urlencode(PARAMETERS), FORM, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
    "repeated": ("https://mycompany.com", PATH, urlencode(REPEATED), FORM, "IK+Dwps556ElfBT0I3Rgjkr1wJU="),
    "repeated in another order": (
        "https://mycompany.com",
        PATH,
        urlencode(REPEATED[::-1]),
        FORM,
        "IK+Dwps556ElfBT0I3Rgjkr1wJU=",
    ),
    "port of https left out": (
        "https://mycompany.com:1234",
        PATH,
        urlencode(PARAMETERS),
        FORM,
        "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
    ),
    "port of http": ("http://mycompany.com:1234", PATH, urlencode(PARAMETERS), FORM, "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
    "port of https added": ("https://mycompany.com", PATH, urlencode(PARAMETERS), FORM, "kvajT1Ptam85bY51eRf/AJRuM3w="),
    "port of http added": ("http://mycompany.com", PATH, urlencode(PARAMETERS), FORM, "0ZXoZLH/DfblKGATFgpif+LLRf4="),
    "JSON with its digest": (
        "https://mycompany.com",
        BODY_PATH,
        BODY,
        "application/json",
        "a9nBmqA0ju/hNViExpshrM61xv4=",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_cases_of_the_vendors_own_validator_are_authentic(case: tuple[str, ...], tmp_path: Path) -> None:
    public_url, path, body, kind, signature = case
    async with serving(public_url, tmp_path) as client:
        assert (await post(client, path, body.encode(), signature, kind))[0] == 200
        assert (await post(client, path, body.encode(), compute("https://mycompany.com", {}), kind))[0] == 403


async def test_digest_of_a_body_that_is_another_one_is_refused(tmp_path: Path) -> None:
    async with serving("https://mycompany.com", tmp_path) as client:
        signature = CASES["JSON with its digest"][-1]
        changed = BODY.replace("true", "trua").encode()
        assert (await post(client, BODY_PATH, changed, signature, "application/json"))[0] == 403
        unbound = compute(f"https://mycompany.com{PATH}", {})  # JSON whose digest is no part of what is signed
        assert (await post(client, PATH, BODY.encode(), unbound, "application/json"))[0] == 403


async def test_missing_signature_is_refused(tmp_path: Path) -> None:
    async with serving("https://mycompany.com", tmp_path) as client:
        for signature in (None, "", "é", "A" * 500):
            assert (await post(client, PATH, urlencode(PARAMETERS).encode(), signature))[0] == 403


_NAMES = ["Body", "From", "ButtonText", "Latitude", "MediaUrl0", "ß", "नाम", "a b", "x&y", "p=q", ""]
_VALUES = [
    "",
    " ",
    "0",
    "hello",
    "कमीशन कब आएगा?",
    "👩‍👩‍👧 ok",
    "a+b",
    "1 + 1 = 2 & more",
    "100%",
    "\r\n\t",
    "é",
    "%41",
    "x" * 700,
]


def make_parameters(chance: random.Random) -> MultiDict[str]:
    form: MultiDict[str] = MultiDict()
    for _ in range(chance.randint(0, 12)):
        form.add(chance.choice(_NAMES), chance.choice(_VALUES))
    return form


async def test_random_parameters_get_the_right_verdict(tmp_path: Path) -> None:
    chance = random.Random(5)
    async with serving("https://saathi.example", tmp_path) as client:
        for _ in range(500):
            form = make_parameters(chance)
            signature = compute(f"https://saathi.example{PATH}", form)
            body = urlencode(list(form.items())).encode()
            assert await post(client, PATH, body, signature) == (200, [list(pair) for pair in sorted(form.items())])
            wrong = MultiDict(form)
            wrong.add("Extra", "")
            assert (await post(client, PATH, urlencode(list(wrong.items())).encode(), signature))[0] == 403


async def test_a_flipped_byte_is_refused(tmp_path: Path) -> None:
    """In the body, the address or the signature; but for one that leaves the form what it was, as %2b for %2B does."""
    chance = random.Random(6)
    form = MultiDict(
        [("Body", "कमीशन 100% + more"), ("From", "whatsapp:+919876500001"), ("Label", ""), ("N", "1"), ("N", "2")]
    )
    body = urlencode(list(form.items())).encode()
    signature = compute(f"https://saathi.example{PATH}", form)
    async with serving("https://saathi.example", tmp_path) as client:
        for place in range(len(body)):
            flipped = bytearray(body)
            flipped[place] ^= 1 << chance.randrange(8)
            status, taken = await post(client, PATH, bytes(flipped), signature)
            assert status == 403 or taken == [list(pair) for pair in sorted(form.items())], bytes(flipped)
        for place in range(len(signature)):
            changed = bytearray(signature.encode())
            changed[place] ^= 1  # stays printable
            assert (await post(client, PATH, body, changed.decode()))[0] == 403
        for path in ("/myapp.php?foo=1&bar=3", "/myapp.phq?foo=1&bar=2", "/myapp.php?foo=1&bar=", "/myapp.php"):
            assert (await post(client, path, body, signature))[0] == 403


async def test_forged_forwarding_headers_change_nothing(tmp_path: Path) -> None:
    """The address is PUBLIC_URL's, whatever a request claims of the way that it took."""
    body = urlencode(PARAMETERS).encode()
    forged = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Port": "81",
        "Forwarded": "host=evil.example;proto=http",
        "X-Original-URL": "/other",
        "Host": "evil.example",
    }
    async with serving("https://saathi.example", tmp_path) as client:
        right = compute(f"https://saathi.example{PATH}", PARAMETERS)
        assert (await post(client, PATH, body, right, **forged))[0] == 200
        for host in ("https://evil.example", "http://evil.example", "http://evil.example:81"):
            wrong = compute(host + PATH, PARAMETERS)
            assert (await post(client, PATH, body, wrong, **forged))[0] == 403


async def test_bytes_that_are_no_text_are_refused_without_a_traceback(tmp_path: Path) -> None:
    async with serving("https://saathi.example", tmp_path) as client:
        for body in (b"Body=\xff\xfe", b"Body=%ff%fe", b"Body=%ED%A0%80", b"\x00\x01", b"&&&===%%%"):
            as_replaced = dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
            for signed in ({}, as_replaced):
                signature = compute(f"https://saathi.example{PATH}", {**signed, "Body": "\ufffd\ufffd"})
                assert (await post(client, PATH, body, signature))[0] == 403
        for kind in ("multipart/form-data; boundary=a", "application/json", "text/plain"):
            assert (await post(client, PATH, b"ABC", compute(f"https://saathi.example{PATH}", {}), kind))[0] == 403
