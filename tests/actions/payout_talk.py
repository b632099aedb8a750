"""Asking the actions on payouts as Rasa does."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import update

from saathi import conversations
from saathi.store.crm_tables import payouts
from tests.actions.conftest import HEADERS, Talk, make_call, mark
from tests.support.network import MINE

NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC).timestamp()


async def begin(talk: Talk, partner: str) -> Talk:
    """The same server, in a conversation of that partner."""
    conversation = await talk.database.write(lambda c: conversations.find_chat(c, partner, NOW))
    return Talk(talk.client, talk.database, conversation)


async def run(
    talk: Talk, action: str, text: str, intent: str, language: str = "en", slots: Any = None, **named: str
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """What is said, and the slots that are set; `named` are the entities of the message."""
    message = await talk.hear(f"k-{text}", text)
    call = make_call(action, talk.conversation, message, text, language, intent=intent)
    call["tracker"]["slots"] |= slots or {}
    call["tracker"]["latest_message"]["entities"] = mark(text, named)
    async with talk.client.post("/webhook", json=call, headers=HEADERS) as response:
        assert response.status == 200, await response.text()
        body: dict[str, Any] = await response.json()
    return body["responses"], {event["name"]: event["value"] for event in body["events"] if event["event"] == "slot"}


async def ask(
    talk: Talk, text: str, intent: str = "check_payout", language: str = "en", **named: str
) -> dict[str, Any]:
    """What is said first of a payout that is looked up."""
    said, _ = await run(talk, "action_look_up_payout", text, intent, language, **named)
    return said[0]


async def change(talk: Talk, month: str, **values: Any) -> None:
    """Changes the partner's payout of a month."""
    this = payouts.c.id == f"{MINE}-{month}"
    await talk.database.write(lambda c: c.execute(update(payouts).where(this).values(**values)))


async def dispute(
    talk: Talk, text: str, slots: Any = None, **named: str
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    return await run(talk, "action_explain_payout", text, "dispute_commission", slots=slots, **named)
