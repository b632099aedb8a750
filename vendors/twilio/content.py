"""Contents of the Content API, and what a WhatsApp user sees of one. https://www.twilio.com/docs/content"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from vendors.twilio.errors import Refused
from vendors.twilio.hooks import make_sid

# What WhatsApp shows of contents that were not approved, within the 24 hours after a user has written.
_BUTTONS, _BUTTON_LETTERS = 3, 20
_ROWS, _ROW_LETTERS, _ROW_MORE_LETTERS, _LIST_BUTTON_LETTERS = 10, 24, 72, 20
_BODY_LETTERS = 1024


@dataclass(slots=True)
class Content:
    """One content; `approval` is WhatsApp's word on it as a template."""

    sid: str
    name: str
    language: str
    variables: dict[str, str]
    types: dict[str, Any]
    approval: dict[str, Any] | None = None
    created: datetime = field(default_factory=lambda: datetime.now(UTC))

    def as_json(self, account: str) -> dict[str, Any]:
        """As the Content API gives it."""
        url, when = f"https://content.twilio.com/v1/Content/{self.sid}", self.created.strftime("%Y-%m-%dT%H:%M:%SZ")
        return {
            "sid": self.sid,
            "account_sid": account,
            "friendly_name": self.name,
            "language": self.language,
            "variables": self.variables,
            "types": self.types,
            "url": url,
            "date_created": when,
            "date_updated": when,
            "links": {
                "approval_create": f"{url}/ApprovalRequests/whatsapp",
                "approval_fetch": f"{url}/ApprovalRequests",
            },
        }

    def show(self, given: str) -> dict[str, Any]:
        """What a WhatsApp user sees with these ContentVariables, a JSON object. Raises `Refused`."""
        try:
            variables = self.variables | (json.loads(given) if given else {})
            if not all(isinstance(value, str) for value in variables.values()):
                raise ValueError("values must be strings")
        except (ValueError, TypeError) as error:
            raise Refused(400, 21656, f"The ContentVariables Parameter is invalid: {error}") from error
        return show_types(_fill(self.types, variables))


class Contents:
    """The contents of an account."""

    def __init__(self) -> None:
        self._contents: dict[str, Content] = {}

    def create(self, wish: Mapping[str, Any]) -> Content:
        """A new one from the body of a create request. Raises `Refused`."""
        types = {name: shape for name, shape in (wish.get("types") or {}).items() if shape is not None}
        if not types:
            raise Refused(400, 20001, "Invalid parameter: types must not be empty")
        content = Content(
            make_sid("HX"),
            str(wish.get("friendly_name", "")),
            str(wish.get("language", "")),
            dict(wish.get("variables") or {}),
            types,
        )
        self._contents[content.sid] = content
        return content

    def find(self, sid: str) -> Content | None:
        """The content of an id."""
        return self._contents.get(sid)

    def delete(self, sid: str) -> bool:
        """False when there was none."""
        return self._contents.pop(sid, None) is not None

    def list_all(self) -> list[Content]:
        """The oldest first."""
        return list(self._contents.values())


def _fill(value: Any, variables: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda found: variables.get(found[1], found[0]), value)
    if isinstance(value, dict):
        return {key: _fill(inner, variables) for key, inner in value.items()}
    return [_fill(inner, variables) for inner in value] if isinstance(value, list) else value


def show_types(types: Mapping[str, Any]) -> dict[str, Any]:
    """What a WhatsApp user sees of a content's types, which is the richest that WhatsApp shows."""
    shown: dict[str, Any] = {"text": "", "media_urls": [], "buttons": [], "rows": [], "list_button": "", "links": []}
    for name in ("twilio/list-picker", "twilio/quick-reply", "twilio/call-to-action", "whatsapp/card", "twilio/card"):
        if name in types:
            shape = types[name]
            break
    else:
        shape = types.get("twilio/media") or types.get("twilio/text") or {}
    parts = [shape.get(key) for key in ("header_text", "title", "body", "subtitle", "footer")]
    shown["text"] = "\n".join(part for part in parts if part)
    shown["media_urls"] = list(shape.get("media") or [])
    shown["list_button"] = shape.get("button", "")
    shown["rows"] = [
        {"id": row["id"], "title": row["item"], "more": row.get("description", "")} for row in shape.get("items") or []
    ]
    for action in shape.get("actions") or []:
        if action.get("type", "QUICK_REPLY") == "QUICK_REPLY":
            shown["buttons"].append({"id": action.get("id", action["title"]), "title": action["title"]})
        else:
            target = action.get("url") or action.get("phone") or action.get("code", "")
            shown["links"].append({"title": action["title"], "target": target})
    return shown


def find_excess(shown: Mapping[str, Any]) -> str:
    """What of a content WhatsApp does not show, as long as it is not approved; empty when it shows it all."""
    buttons, rows = shown.get("buttons", []), shown.get("rows", [])
    for is_over, what in (
        (len(buttons) > _BUTTONS, f"more than {_BUTTONS} quick replies"),
        (any(not 0 < len(one["title"]) <= _BUTTON_LETTERS for one in buttons), "a quick reply's title"),
        (len(rows) > _ROWS, f"more than {_ROWS} rows"),
        (any(not 0 < len(one["title"]) <= _ROW_LETTERS for one in rows), "a row's title"),
        (any(len(one["more"]) > _ROW_MORE_LETTERS for one in rows), "a row's description"),
        (len(shown.get("list_button", "")) > _LIST_BUTTON_LETTERS, "the list's button"),
        (len({one["title"] for one in rows}) < len(rows), "two rows with one title"),
        (bool(buttons or rows) and not 0 < len(shown["text"]) <= _BODY_LETTERS, "the body"),
    ):
        if is_over:
            return what
    return ""
