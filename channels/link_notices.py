"""Notices in the app that a chat is the partner's now, or is no longer: so that a stolen code is seen."""

from dataclasses import replace

from sqlalchemy import Connection

from channels.delivery import notify
from channels.wording import Wording
from saathi import conversations, inbox, outbox
from saathi.addresses import Known
from saathi.linking import Redeemed, Result
from saathi.messages import Purpose

_APP = "inapp"  # as `channels.inapp` has it, which stands on this module
_SHOWN = 4  # characters of an address


def mask_address(address: str) -> str:
    """The end of an address, by which its owner knows it."""
    return f"…{address[-_SHOWN:]}"


def tell_of_link(connection: Connection, wording: Wording, redeemed: Redeemed, now: float) -> list[str]:
    """Notices for the partner who has the chat now, and for the one who had it; the conversations they stand in."""
    known = redeemed.known
    if redeemed.result is not Result.LINKED or known is None or known.partner is None:
        return []
    names = {known.partner: "app_linked", redeemed.former: "app_unlinked"}
    # in one order, since each holds the partner's conversation until the transaction ends
    return [_tell(connection, wording, names[partner], partner, known, now) for partner in sorted(filter(None, names))]


def tell_of_unlink(connection: Connection, wording: Wording, partner: str, known: Known, now: float) -> str:
    """A notice for the partner who had the chat; the conversation that it stands in."""
    return _tell(connection, wording, "app_unlinked", partner, known, now)


def _tell(connection: Connection, wording: Wording, name: str, partner: str, known: Known, now: float) -> str:
    chat = conversations.find_chat(connection, partner, now)
    language = inbox.find_language(connection, chat) or "en"
    place = f"{wording.say(f'channel_{known.channel}', language)} {mask_address(known.address)}"
    reply = wording.reply(name, language, Purpose.NOTICE)
    outbox.add(connection, chat, _APP, [replace(reply, text=reply.text.format(chat=place))], now)
    notify(connection, chat)
    return chat
