"""Reads TwiML, strictly: what Twilio would refuse or leave out in silence is a fault with a name.

https://www.twilio.com/docs/voice/twiml
"""

import re
from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree as ET

from vendors.journal import Entry

_LETTERS_A_SECOND: Final = 14.0  # of speech, in either language
_LONGEST = 64 * 1024
_VERBS = frozenset(
    {"Say", "Play", "Pause", "Gather", "Redirect", "Hangup", "Dial", "Reject", "Connect", "Enqueue", "Leave", "Record"}
    | {"Start", "Stop", "Sms", "Message", "Refer", "Pay"}
)
_NUMBER = re.compile(r"[0-9]*[1-9][0-9]*|[0-9]*\.[0-9]+")
_INSIDE_GATHER = frozenset({"Say", "Play", "Pause"})


class TwimlFault(Exception):
    """An answer that the telephone cannot play; the message says why."""


def read_twiml(text: str) -> list[ET.Element]:
    """The verbs of an answer. Raises `TwimlFault`."""
    if len(text.encode()) > _LONGEST:
        raise TwimlFault("the answer is longer than 64 kB")
    if "<!DOCTYPE" in text:
        raise TwimlFault("the answer brings a document type")
    try:
        root = ET.fromstring(text)  # noqa: S314 - of our own gateway, without a document type
    except ET.ParseError as error:
        raise TwimlFault(f"the answer is no XML: {error}") from error
    if root.tag != "Response":
        raise TwimlFault(f"the answer is a <{root.tag}>, not a <Response>")
    for verb in root:
        if verb.tag not in _VERBS:
            raise TwimlFault(f"<{verb.tag}> is no verb")
        if verb.tag == "Gather":
            _check_gather(verb)
    return list(root)


def describe_speech(verb: ET.Element) -> Entry:
    """A Say, Play or Pause, or the like inside a Gather, as the page shows it."""
    if verb.tag == "Say":
        text = " ".join("".join(verb.itertext()).split())
        seconds = round(len(text) / _LETTERS_A_SECOND, 1)
        return {"kind": "say", "text": text, "language": verb.get("language", "en-US"), "seconds": seconds}
    if verb.tag == "Play":
        return {"kind": "play", "text": (verb.text or verb.get("digits") or "").strip()}
    return {"kind": "pause", "text": f"{verb.get('length', '1')} s of silence"}


def list_numbers(dial: ET.Element) -> Iterator[tuple[str, str]]:
    """Whom a Dial calls, each with the address of what they hear before they are joined, if any."""
    if (dial.text or "").strip():
        yield (dial.text or "").strip(), ""
    for target in dial:
        yield (target.text or target.get("sid") or target.tag).strip(), target.get("url", "")


def _check_gather(gather: ET.Element) -> None:
    kinds = set(gather.get("input", "dtmf").split())
    if not kinds <= {"dtmf", "speech"}:
        raise TwimlFault(f"<Gather> takes no input {gather.get('input')!r}")
    for inner in gather:
        if inner.tag not in _INSIDE_GATHER:
            raise TwimlFault(f"<{inner.tag}> does not stand inside <Gather>")
    for name, words in (("numDigits", ()), ("timeout", ("auto",)), ("speechTimeout", ("auto",))):
        value = gather.get(name)
        if value is not None and value not in words and not _NUMBER.fullmatch(value):
            raise TwimlFault(f"<Gather> takes no {name} {value!r}")
    if len(gather.get("hints", "").split(",")) > 500:
        raise TwimlFault("<Gather> takes 500 hints at most")
