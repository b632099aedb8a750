"""The Bot API: what the assistant asks of it. https://core.telegram.org/bots/api"""

import json
import re
import time
from collections.abc import Iterator
from typing import Any

from aiohttp import web
from aiohttp.web_request import FileField

from vendors.counter import Counter
from vendors.faults import Fault
from vendors.gateway import GatewayClient, Media
from vendors.journal import Journal
from vendors.media import MediaShelf
from vendors.requests import Asked
from vendors.specification import Misfit, NoSuchPath, Specification
from vendors.telegram.markdown import MarkdownFault, count_units, read_markdown
from vendors.telegram.people import BOT, People

LONGEST_TEXT = 4096  # UTF-16 units, after entities are parsed
LONGEST_CAPTION = 1024
LONGEST_DATA = 64  # bytes of callback_data
_SECRET = re.compile("[A-Za-z0-9_-]{0,256}")

_FILES = ("photo", "voice", "audio", "document", "video", "sticker", "animation")
_WORDS = {
    400: "Bad Request: as told",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    429: "Too Many Requests",
    502: "Bad Gateway",
}


class Refused(Exception):
    """A request that Telegram answers with 400; the message is its description without "Bad Request: "."""


def answer_status(status: int, retry_after: float | None = None) -> web.Response:
    """The error that goes with a status."""
    words = _WORDS.get(status, "Internal Server Error")
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": words}
    if status == 429:
        seconds = max(1, round(retry_after or 1))
        body |= {"description": f"{words}: retry after {seconds}", "parameters": {"retry_after": seconds}}
    return web.json_response(body, status=status)


class TelegramApi:
    """Answers for one bot."""

    def __init__(
        self,
        token: str,
        counter: Counter,
        specification: Specification | None,
        journal: Journal,
        gateway: GatewayClient,
        shelf: MediaShelf,
        people: People,
    ) -> None:
        self._token = token
        self._counter = counter
        self._specification = specification
        self._journal = journal
        self._gateway = gateway
        self._shelf = shelf
        self._people = people

    def routes(self) -> list[web.RouteDef]:
        """The methods and the files."""
        method = "/bot{token}/{method}"
        return [
            web.get(method, self._take),
            web.post(method, self._take),
            web.get("/file/bot{token}/{file}", self._show_file),
        ]

    async def _take(self, request: web.Request) -> web.StreamResponse:
        try:
            fields, files = await _read(request)
        except ValueError:
            return web.json_response(
                {"ok": False, "error_code": 400, "description": "Bad Request: can't parse JSON"}, status=400
            )
        method = request.match_info["method"]

        async def respond(asked: Asked, _fault: Fault | None) -> web.StreamResponse:
            if request.match_info["token"] != self._token:
                return answer_status(401)
            try:
                self._check(request, fields)
                result = await self._perform(method, fields, files)
            except Misfit as misfit:
                asked.misfit = str(misfit)
                return answer_status(404) if isinstance(misfit, NoSuchPath) else _refuse(str(misfit))
            except (Refused, MarkdownFault) as refused:
                return _refuse(str(refused))
            return web.json_response({"ok": True, "result": result})

        kept = {name: _decode(value) for name, value in fields.items()}
        return await self._counter.take(request, str(fields.get("chat_id", "")), kept, respond)

    def _check(self, request: web.Request, fields: dict[str, Any]) -> None:
        if self._specification is None:
            return
        path = f"/bot0/{request.match_info['method']}"  # the token is no part of the document
        if request.content_type == "application/json" and request.body_exists:
            self._specification.check("POST", path, {}, json.dumps(fields).encode())
        else:
            self._specification.check_form("POST", path, [(name, str(value)) for name, value in fields.items()])

    async def _perform(self, method: str, fields: dict[str, Any], files: dict[str, Media]) -> Any:
        """The result of a method; of one that has no effect here, True."""
        if method.startswith("send") and method != "sendChatAction":
            return await self._send(method, fields, files)
        match method:
            case "getMe":
                return {**BOT, "can_join_groups": True, "can_read_all_group_messages": False}
            case "setWebhook":
                self._set_webhook(str(fields.get("url", "")), str(fields.get("secret_token", "")))
            case "deleteWebhook":
                self._people.webhook = ""
            case "getWebhookInfo":
                return {"url": self._people.webhook, "has_custom_certificate": False, "pending_update_count": 0}
            case "getFile":
                return self._describe_file(str(fields.get("file_id", "")))
            case "editMessageText" | "editMessageCaption" | "editMessageReplyMarkup" if "chat_id" in fields:
                return self._edit(method, fields)
            case "deleteMessage":
                self._journal.change(f"telegram:{fields['chat_id']}:{fields['message_id']}", deleted=True)
            case "answerCallbackQuery":
                self._people.end_query(str(fields.get("callback_query_id", "")), str(fields.get("text", "")))
        return True

    def _set_webhook(self, url: str, secret: str) -> None:
        if not _SECRET.fullmatch(secret):
            raise Refused("secret token contains unallowed characters")
        self._people.webhook, self._people.secret = url, secret

    async def _send(self, method: str, fields: dict[str, Any], files: dict[str, Media]) -> dict[str, Any]:
        shown = _show(method, fields)
        media = [self._shelf.put(file) for file in files.values()]
        kinds = [file.kind for file in files.values()]
        for name in _FILES:
            url = str(fields.get(name, ""))
            if url.startswith(("http://", "https://")):
                fetched = await self._gateway.fetch(url)
                if fetched is None:
                    raise Refused("failed to get HTTP URL content")
                media.append(self._shelf.put(fetched))
                kinds.append(fetched.kind)
        shown["media"] = [{"url": url, "kind": kind} for url, kind in zip(media, kinds, strict=True)]
        if method == "sendPhoto" and not media and not fields.get("photo"):
            raise Refused("there is no photo in the request")
        chat = _read_chat(fields)
        message_id = self._people.make_message_id(chat)
        self._journal.add(
            f"telegram:{chat}", "assistant", id=f"telegram:{chat}:{message_id}", message_id=message_id, **shown
        )
        return self._describe(chat, message_id, shown, method)

    def _edit(self, method: str, fields: dict[str, Any]) -> dict[str, Any]:
        chat, message_id = _read_chat(fields), int(fields["message_id"])
        key = f"telegram:{chat}:{message_id}"
        entry = self._journal.find(key) or {}
        shown = {"text": entry.get("text", ""), "entities": entry.get("entities", [])} | _show(method, fields)
        if entry and all(entry.get(name) == shown[name] for name in ("text", "buttons")):
            raise Refused("message is not modified")
        self._journal.change(key, **shown)
        return self._describe(chat, message_id, shown, method) | {"edit_date": int(time.time())}

    def _describe(self, chat: int, message_id: int, shown: dict[str, Any], method: str) -> dict[str, Any]:
        """A `Message`."""
        message = {"message_id": message_id, "from": BOT, "chat": self._people.describe_chat(chat)}
        message["date"] = int(time.time())
        names = ("caption", "caption_entities") if shown.get("media") else ("text", "entities")
        message |= {names[0]: shown["text"], names[1]: shown["entities"]} if shown["text"] else {}
        if method == "sendPhoto":
            file = {"file_id": f"photo{message_id}", "file_unique_id": str(message_id), "width": 96, "height": 96}
            message["photo"] = [file]
        if shown["buttons"]:
            message["reply_markup"] = {"inline_keyboard": shown["buttons"]}
        return message

    def _describe_file(self, file_id: str) -> dict[str, Any]:
        if file_id not in self._people.files:
            raise Refused("invalid file_id")
        return {"file_id": file_id, "file_unique_id": file_id[:12], "file_path": file_id}

    async def _show_file(self, request: web.Request) -> web.Response:
        file = self._people.files.get(request.match_info["file"])
        if file is None or request.match_info["token"] != self._token:
            return answer_status(404)
        return web.Response(body=file.content, content_type=file.kind)


def _show(method: str, fields: dict[str, Any]) -> dict[str, Any]:
    """What the person sees. Raises `Refused` and `MarkdownFault`."""
    is_caption = "caption" in fields
    source = str(fields.get("caption" if is_caption else "text", ""))
    text, entities = source, _decode(fields.get("entities", []))
    if fields.get("parse_mode") == "MarkdownV2":
        text, entities = read_markdown(source)
    shown: dict[str, Any] = {"buttons": list(_list_rows(fields))}
    if method in {"sendMessage", "editMessageText"} and not text.strip():
        raise Refused("message text is empty")
    if count_units(text) > (LONGEST_CAPTION if is_caption else LONGEST_TEXT):
        raise Refused("message caption is too long" if is_caption else "message is too long")
    return shown if method == "editMessageReplyMarkup" else {**shown, "text": text, "entities": entities}


def _list_rows(fields: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    markup = _decode(fields.get("reply_markup", {}))
    for row in markup.get("inline_keyboard", []) if isinstance(markup, dict) else []:
        for button in row:
            if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= LONGEST_DATA:
                raise Refused("BUTTON_DATA_INVALID")
            if not button.get("text"):
                raise Refused("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
        yield row


def _read_chat(fields: dict[str, Any]) -> int:
    try:
        return int(fields["chat_id"])
    except (KeyError, ValueError, TypeError) as error:
        raise Refused("chat not found") from error


async def _read(request: web.Request) -> tuple[dict[str, Any], dict[str, Media]]:
    """The fields and the files of a request. Raises `ValueError`."""
    fields: dict[str, Any] = dict(request.query)
    files: dict[str, Media] = {}
    if request.content_type == "application/json" and request.body_exists:
        given = await request.json()
        if not isinstance(given, dict):
            raise ValueError("the body is no JSON object")
        return fields | given, files
    for name, value in (await request.post()).items():
        if isinstance(value, FileField):
            files[name] = Media(value.file.read(), value.content_type)
            # A part that a field names by attach:// is that field's; one under a field's own name is the field.
            fields |= {name: f"attach://{name}"} if name in _FILES else {}
        else:
            fields[name] = value
    return fields, files


def _decode(value: Any) -> Any:
    """JSON inside a form's field, as a value; other text as it is."""
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _refuse(why: str) -> web.Response:
    return web.json_response({"ok": False, "error_code": 400, "description": f"Bad Request: {why}"}, status=400)
