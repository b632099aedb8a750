"""Buttons and lists as contents of Twilio's Content API.

A content is a form with gaps: there is one for each number of buttons and of list items, and what a message says fills
the gaps. So there are thirteen at most. Each is made once and found again by its name, which holds a digest of it: the
account at Twilio remembers them, nothing of it is kept here.
"""

import asyncio
import hashlib
import json
from collections.abc import Coroutine
from typing import Any, TypeVar

from twilio.rest import Client
from twilio.rest.content.v1.content import ContentList

from channels.sending import Postponed, Unsure
from channels.whatsapp.rendering import Part

T = TypeVar("T")

_WITHIN_S = 8.0  # so that the message itself has time left
_PAGE = 500


class Contents:
    """The contents of the account, read when one is looked for that is not known."""

    def __init__(self, client: Client) -> None:
        self._contents = client.content.v1.contents
        self._sids: dict[str, str] = {}
        self._reading = asyncio.Lock()

    async def find(self, name: str) -> str | None:
        """The SID of the content of that name; None when the account has none.

        Raises:
            Postponed: Twilio cannot be asked just now.
            TwilioException: it refuses to tell.
        """
        return await _in_time(self._find(name))

    async def provide(self, part: Part) -> str:
        """The SID of the content that shows the part's options, made if need be. Raises as `find`."""
        return await _in_time(self._provide(_describe(part)))

    def forget(self) -> None:
        """Read them anew: one is gone from the account."""
        self._sids.clear()

    async def _find(self, name: str) -> str | None:
        async with self._reading:  # several messages may want it at once
            if name not in self._sids:
                await self._read()
        return self._sids.get(name)

    async def _provide(self, content: dict[str, Any]) -> str:
        name = content["friendly_name"]
        async with self._reading:
            if name not in self._sids:
                await self._read()
            if name not in self._sids:
                await self._make(content)
        return self._sids[name]

    async def _read(self) -> None:
        found = await self._contents.list_async(page_size=_PAGE)
        self._sids |= {content.friendly_name: content.sid for content in found if content.friendly_name}

    async def _make(self, content: dict[str, Any]) -> None:
        made = await self._contents.create_async(ContentList.ContentCreateRequest(content))
        self._sids[content["friendly_name"]] = made.sid


async def _in_time(asking: Coroutine[Any, Any, T]) -> T:
    """What is asked for, waiting included. No message goes out here, so that all that fails may be tried again."""
    try:
        async with asyncio.timeout(_WITHIN_S):
            return await asking
    except (Unsure, TimeoutError, ValueError) as error:
        raise Postponed(f"Twilio's contents: {str(error) or 'no answer in time'}") from error


def fill(part: Part) -> dict[str, str]:
    """What fills the gaps of the part's content, by their numbers."""
    values = [part.text, *([part.button] if part.is_list else [])]
    values += [value for option in part.options for value in (option.title, option.id)]
    return {str(number): value for number, value in enumerate(values, 1)}


def write_variables(values: dict[str, str]) -> str:
    """Variables as Twilio takes them: it refuses a straight apostrophe (github.com/twilio/twilio-node/issues/1082)."""
    return json.dumps({name: value.replace("'", "’") for name, value in values.items()})


def _describe(part: Part) -> dict[str, Any]:
    """The content with gaps in the place of all that the part says."""
    count = len(part.options)
    if part.is_list:
        items = [{"item": _gap(3 + 2 * place), "id": _gap(4 + 2 * place)} for place in range(count)]
        types: dict[str, Any] = {"twilio/list-picker": {"body": _gap(1), "button": _gap(2), "items": items}}
    else:
        actions = [
            {"type": "QUICK_REPLY", "title": _gap(2 + 2 * place), "id": _gap(3 + 2 * place)} for place in range(count)
        ]
        types = {"twilio/quick-reply": {"body": _gap(1), "actions": actions}}
    content = {"language": "en", "variables": dict.fromkeys(fill(part), "sample"), "types": types}
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return {"friendly_name": f"saathi_{'list' if part.is_list else 'buttons'}_{count}_{digest[:12]}", **content}


def _gap(number: int) -> str:
    return "{{" + str(number) + "}}"
