"""The pictures of the guides: served, named by the wording, and spoken instead on the voice line."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from channels.pictures import PICTURES
from saathi.guides import read_guides
from tests.channels.conftest import Gateway

RESPONSES = Path(__file__).resolve().parents[2] / "data" / "responses"
LONGEST_SPOKEN = 45  # words: about 20 s
LANGUAGES = {"en", "hinglish", "hi"}
READ_NOT_SPOKEN = re.compile(r"https?:|/|[*_\"₹]|\bIFSC\b|\bOTP\b|\bKYC\b|\bSMS\b")


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """Pictures lie in files: one kind of database is enough."""
    return f"sqlite:///{tmp_path / 'saathi.db'}"


def _language(variation: dict[str, Any]) -> str:
    return next(str(slot["value"]) for slot in variation["condition"] if slot["name"] == "language")


def _variations(channel: str | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each wording of the guides' steps for a channel, with its response's name."""
    responses = yaml.safe_load((RESPONSES / "guides.yml").read_text(encoding="utf-8"))["responses"]
    steps = {step for guide in read_guides().values() for case in guide.cases for step in case.steps}
    for name in sorted(f"utter_ask_guide_form_{step}" for step in steps):
        for variation in responses[name]:
            if variation.get("channel") == channel:
                yield name, variation


async def test_picture_is_served_and_kept(gateway: Gateway) -> None:
    async with gateway.client.get("/pictures/bank_open.en.png") as response:
        assert (response.status, response.content_type) == (200, "image/png")
        assert response.headers["Cache-Control"] == "public, max-age=86400"
        assert (await response.read()) == (PICTURES / "bank_open.en.png").read_bytes()
        tag = response.headers["ETag"]
    async with gateway.client.get("/pictures/bank_open.en.png", headers={"If-None-Match": tag}) as again:
        assert again.status == 304
    async with gateway.client.head("/pictures/bank_open.hi.png") as head:  # how a vendor may look first
        assert head.status == 200


@pytest.mark.parametrize(
    "path",
    ["nothing.png", "bank_open.png", "bank_open.svg", "rendered.json", "..%2Fguides.png", "%2E%2E%2Frendered.png"],
)
async def test_what_is_no_picture_is_not_found(gateway: Gateway, path: str) -> None:
    async with gateway.client.get(f"/pictures/{path}") as response:
        assert response.status == 404
        assert (await response.json())["error"]["code"] == "not_found"


async def test_step_reaches_the_client_with_text_picture_and_choices(gateway: Gateway) -> None:
    async with gateway.chat() as chat:
        reply = await chat.ask("step", "m1")
    assert reply["card"] == {"picture": "/pictures/bank_open.en.png", "alt": "The app's Profile page."}
    assert reply["text"] == "Step 1 of 4. Open the app."
    assert [choice["title"] for choice in reply["choices"]] == ["Done, next"]
    async with gateway.client.get(reply["card"]["picture"]) as response:
        assert response.status == 200


def test_every_step_has_a_number_and_in_each_language_a_picture_in_words_too() -> None:
    shown: dict[str, set[str]] = {}
    for name, variation in _variations(None):
        card = variation["custom"]["card"]
        assert (PICTURES.parent / card["picture"].lstrip("/")).is_file(), card["picture"]
        assert card["picture"].endswith(".hi.png" if _language(variation) == "hi" else ".en.png")
        assert len(card["alt"]) > 40
        assert "{guide_step}" in variation["text"]
        shown.setdefault(name, set()).add(_language(variation))
    assert shown
    assert set(map(frozenset, shown.values())) == {frozenset(LANGUAGES)}


def test_every_step_is_spoken_in_each_language_without_what_only_eyes_can_read() -> None:
    spoken: dict[str, set[str]] = {}
    for name, variation in _variations("ivr"):
        text = variation["text"]
        assert len(text.split()) <= LONGEST_SPOKEN, text
        assert not READ_NOT_SPOKEN.search(text.replace("{guide_step}", "2")), text
        assert "custom" not in variation
        spoken.setdefault(name, set()).add(_language(variation))
    assert spoken
    assert set(map(frozenset, spoken.values())) == {frozenset(LANGUAGES)}


def test_a_step_can_be_done_left_and_gone_back_from_by_voice_as_in_chat() -> None:
    for (name, read), (_, heard) in zip(_variations(None), _variations("ivr"), strict=True):
        payloads = [[button["payload"] for button in variation["buttons"]] for variation in (read, heard)]
        assert payloads[0] == payloads[1], name
