"""A form of Twilio's, read as a message.

https://www.twilio.com/docs/messaging/guides/webhook-request
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from channels.intake import Heard
from channels.whatsapp import CHANNEL

# What is no text is kept as its kind in brackets, and answered by the sentence `utter_system_media_<kind>`.
_KINDS = {
    "image": "picture",
    "audio": "voice",
    "video": "video",
    "document": "document",
    "sticker": "sticker",
    "location": "location",
    "contacts": "contact",
    "reaction": "reaction",
}
_VCARD = frozenset({"text/vcard", "text/x-vcard", "text/directory"})
_WITHOUT_CAPTION = frozenset({"location", "contact", "reaction"})

_SID = re.compile(r"[A-Za-z]{2}[0-9a-fA-F]{32}")
_ADDRESS = re.compile(r"whatsapp:[!-~]{1,150}")
_CHOICE = re.compile(r"[0-9a-f]{32}")


class NoMessage(Exception):
    """A form that is none of a WhatsApp message: without a sender or an id there is nothing to answer or to keep."""


@dataclass(frozen=True, slots=True)
class Message:
    """What was heard; `kind` names what came in the place of a text: picture, voice, video, document, sticker,
    location, contact, reaction, other."""

    heard: Heard
    kind: str | None = None


def read_message(form: Mapping[str, str]) -> Message:
    """The message of an authentic form.

    The address is `From` as it comes, a number or what WhatsApp gives in place of one. A caption is the text of its
    picture. Nothing else of the form is kept: no name, no number, no place, no media. Raises `NoMessage`.
    """
    sid, address = form.get("MessageSid", ""), form.get("From", "")
    if not _SID.fullmatch(sid) or not _ADDRESS.fullmatch(address):
        raise NoMessage("MessageSid or From is missing or no WhatsApp message's")
    key = f"{CHANNEL}:{sid}"
    tapped = form.get("ButtonPayload") or form.get("ListId") or ""
    text = form.get("Body") or form.get("ButtonText") or form.get("ListTitle") or ""
    if _CHOICE.fullmatch(tapped):  # of other templates' buttons only the words count
        return Message(Heard(CHANNEL, address, key, text, tapped))
    kind = _find_kind(form)
    if text.strip() and kind not in _WITHOUT_CAPTION:
        return Message(Heard(CHANNEL, address, key, text))
    return Message(Heard(CHANNEL, address, key, f"[{kind}]"), kind)


def _find_kind(form: Mapping[str, str]) -> str:
    """What came beside the text, or in its place."""
    named = form.get("MessageType", "").lower()
    media = form.get("MediaContentType0", "").lower()
    if media in _VCARD or "Latitude" in form:
        return "contact" if media else "location"
    if named in _KINDS:
        return _KINDS[named]
    if media == "image/webp":  # a picture that somebody took is never one
        return "sticker"
    return _KINDS.get(media.partition("/")[0]) or ("document" if media else "other")
