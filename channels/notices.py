"""Notices of what was done to a partner's account, so that a stolen code or token is seen: a chat is theirs now, or no
longer; the voice line has a new PIN. They stand in line behind the answers to what was asked before."""

from dataclasses import replace

from sqlalchemy import Connection

from channels.wording import Wording
from language import Language
from saathi import addresses, conversations, inbox
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
    told = [_tell(connection, wording, "app_linked", known.partner, known, now)]
    if redeemed.former is not None:
        told.append(_tell(connection, wording, "app_unlinked", redeemed.former, known, now))
    return told


def tell_of_unlink(connection: Connection, wording: Wording, partner: str, known: Known, now: float) -> str:
    """A notice for the partner who had the chat; the conversation that it stands in."""
    return _tell(connection, wording, "app_unlinked", partner, known, now)


def tell_of_pin(connection: Connection, wording: Wording, partner: str, now: float) -> str:
    """Notices in all chats of a partner who has a new PIN, in the app too; the conversation they stand in."""
    chat, language = _find_chat(connection, partner, now)
    notice = wording.reply("pin_set", language, Purpose.NOTICE)
    inbox.store_notice(connection, chat, _APP, notice, now)
    for known in addresses.list_of(connection, partner):
        inbox.store_notice(connection, known.conversation, known.channel, notice, now, known.address)
    return chat


def _tell(connection: Connection, wording: Wording, name: str, partner: str, known: Known, now: float) -> str:
    chat, language = _find_chat(connection, partner, now)
    place = f"{wording.say(f'channel_{known.channel}', language)} {mask_address(known.address)}"
    notice = wording.reply(name, language, Purpose.NOTICE)
    inbox.store_notice(connection, chat, _APP, replace(notice, text=notice.text.format(chat=place)), now)
    return chat


def _find_chat(connection: Connection, partner: str, now: float) -> tuple[str, Language]:
    chat = conversations.find_chat(connection, partner, now)
    return chat, inbox.find_language(connection, chat) or "en"
