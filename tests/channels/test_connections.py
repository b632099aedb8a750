"""What the app's panel of connected channels asks the gateway, also from the page of a host app of another origin."""

from pathlib import Path

import pytest

from saathi.settings import Settings
from tests.channels.conftest import Gateway, run_gateway
from tests.channels.writing import call
from tests.support.gateway import make_settings

HOST_APP = "https://partners.example"
TWILIO = {"twilio_account_sid": "AC" + "0" * 32, "twilio_auth_token": "t" * 32}
WHATSAPP = {**TWILIO, "twilio_whatsapp_from": "whatsapp:+910000000000"}
VOICE = {"twilio_auth_token": "t" * 32, "twilio_voice_from": "+911140000000"}
TELEGRAM = {"telegram_bot_token": "700000000:local", "telegram_secret_token": "telegram-secret"}


@pytest.fixture(params=["sqlite"])
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'saathi.db'}"


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return with_channels(tmp_path, database_url=database_url)


def with_channels(folder: Path, **chosen: str) -> Settings:
    return make_settings("http://127.0.0.1:9", folder, allowed_origins=HOST_APP, **chosen)


@pytest.mark.parametrize(
    ("on", "chats", "voice"),
    [
        ({}, [], None),
        (WHATSAPP, ["whatsapp"], None),
        (TELEGRAM, ["telegram"], None),
        ({**WHATSAPP, **TELEGRAM, **VOICE}, ["telegram", "whatsapp"], {"number": "+911140000000"}),
    ],
)
async def test_only_channels_that_are_on_are_offered(
    tmp_path: Path, on: dict[str, str], chats: list[str], voice: dict[str, str] | None
) -> None:
    async with run_gateway(with_channels(tmp_path, **on)) as gateway:
        assert await call(gateway, "GET", "/api/channels") == (200, {"chats": chats, "voice": voice})


async def test_code_comes_with_the_addresses_that_open_a_chat(tmp_path: Path) -> None:
    on = {**WHATSAPP, **TELEGRAM, "telegram_bot_username": "saathi_bot"}
    async with run_gateway(with_channels(tmp_path, **on)) as gateway:
        _, issued = await call(gateway, "POST", "/api/links")
    code = issued["code"]
    assert issued["open"] == {
        "whatsapp": f"https://wa.me/910000000000?text={code}",
        "telegram": f"https://t.me/saathi_bot?start={code}",
    }
    assert issued["lasts_s"] == 600


async def test_no_address_is_given_where_it_is_unknown_or_a_local_server_plays_the_vendor(tmp_path: Path) -> None:
    local = {"twilio_api_base": "http://127.0.0.1:9", "telegram_api_base": "http://127.0.0.1:9"}
    played = {**WHATSAPP, **TELEGRAM, **local, "telegram_bot_username": "saathi_bot"}
    for on in (TELEGRAM, played):
        async with run_gateway(with_channels(tmp_path, **on)) as gateway:
            assert (await call(gateway, "POST", "/api/links"))[1]["open"] == {}


async def test_code_is_kept_by_no_cache(gateway: Gateway) -> None:
    async with gateway.client.post("/api/links", headers=gateway.bearer()) as answer:
        assert answer.headers["Cache-Control"] == "no-store"


async def test_app_learns_whether_there_is_a_pin_and_never_the_pin(gateway: Gateway) -> None:
    assert await call(gateway, "GET", "/api/pin") == (200, {"is_set": False})
    assert await call(gateway, "PUT", "/api/pin", pin="739154") == (204, None)
    assert await call(gateway, "GET", "/api/pin") == (200, {"is_set": True})
    assert await call(gateway, "GET", "/api/pin", "P1002") == (200, {"is_set": False})


@pytest.mark.parametrize("pin", ["000000", "999999", "012345", "123456", "456789", "987654", "543210"])
async def test_pin_that_is_the_first_to_be_guessed_is_refused(gateway: Gateway, pin: str) -> None:
    status, told = await call(gateway, "PUT", "/api/pin", pin=pin)
    assert (status, told["error"]["code"]) == (422, "easy")
    assert pin not in told["error"]["message"] or pin == "123456"  # that one is the example
    assert (await call(gateway, "GET", "/api/pin"))[1] == {"is_set": False}


@pytest.mark.parametrize("pin", ["112233", "121212", "345671", "890123", "210987"])
async def test_pin_that_only_looks_a_little_like_a_run_is_taken(gateway: Gateway, pin: str) -> None:
    assert (await call(gateway, "PUT", "/api/pin", pin=pin))[0] == 204


@pytest.mark.parametrize("path", ["/api/channels", "/api/pin"])
async def test_only_partners_are_answered(gateway: Gateway, path: str) -> None:
    assert (await gateway.client.get(path)).status == 401
    assert (await gateway.client.get(path, headers=gateway.bearer("demo", "agent"))).status == 403


async def test_host_app_may_ask_and_read_answers_and_errors(gateway: Gateway) -> None:
    origin = {"Origin": HOST_APP}
    asking = {**origin, "Access-Control-Request-Method": "DELETE", "Access-Control-Request-Headers": "authorization"}
    for path in ("/api/channels", "/api/links", "/api/links/redeem", f"/api/links/whatsapp/{'0' * 32}", "/api/pin"):
        async with gateway.client.options(path, headers=asking) as preflight:
            assert preflight.status == 204
            assert preflight.headers["Access-Control-Allow-Origin"] == HOST_APP
            assert "DELETE" in preflight.headers["Access-Control-Allow-Methods"]
            assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
    for headers, status in (({**origin, **gateway.bearer()}, 200), (origin, 401)):
        async with gateway.client.get("/api/links", headers=headers) as answer:
            assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (status, HOST_APP)
            assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://partners.example.evil.example"])
async def test_page_of_another_origin_may_read_nothing(gateway: Gateway, origin: str) -> None:
    for method in ("OPTIONS", "GET"):
        headers = {"Origin": origin, **gateway.bearer()}
        async with gateway.client.request(method, "/api/links", headers=headers) as answer:
            assert "Access-Control-Allow-Origin" not in answer.headers
