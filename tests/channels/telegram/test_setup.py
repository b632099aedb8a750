"""`python -m channels.telegram.setup`: what Telegram is told, and what is wrong when it is not."""

import pytest
from telegram.error import BadRequest

from channels.telegram import setup
from channels.wording import Wording
from saathi.settings import Settings
from tests.support.vendors import SECRET, Running

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_set_up_tells_telegram_where_the_webhook_is(settings: Settings, vendors: Running) -> None:
    url = await setup.set_up(settings, Wording())
    assert url == "https://saathi.example/channels/telegram/webhook"
    (asked,) = vendors.asked("telegram", "setWebhook")
    assert (asked.fields["url"], asked.fields["secret_token"]) == (url, SECRET)
    assert "edited_message" not in asked.fields["allowed_updates"]
    commands = [asked.fields["commands"] for asked in vendors.asked("telegram", "setMyCommands")]
    assert [[one["command"] for one in some] for some in commands] == [["help", "language", "human", "stop"]] * 2


@pytest.mark.parametrize(
    ("name", "value"),
    [("telegram_secret_token", "has a space"), ("telegram_bot_token", ""), ("telegram_secret_token", "")],
)
async def test_set_up_says_which_setting_is_wrong(settings: Settings, vendors: Running, name: str, value: str) -> None:
    wrong = Settings(_env_file=None, **{**settings.model_dump(), name: value})
    with pytest.raises(ValueError, match="TELEGRAM_"):
        await setup.set_up(wrong, Wording())
    assert vendors.asked("telegram") == []


async def test_set_up_wants_an_address_that_telegram_can_reach(settings: Settings) -> None:
    wrong = Settings(_env_file=None, **{**settings.model_dump(), "public_url": "", "telegram_api_base": ""})
    with pytest.raises(ValueError, match="PUBLIC_URL"):
        await setup.set_up(wrong, Wording())


async def test_set_up_fails_where_telegram_refuses(settings: Settings, vendors: Running) -> None:
    vendors.play("telegram", status=400, path="setWebhook")
    with pytest.raises(BadRequest):
        await setup.set_up(settings, Wording())
