"""Twilio's errors as it says them: https://www.twilio.com/docs/api/errors"""

from aiohttp import web

_CODES = {400: 20001, 401: 20003, 403: 20403, 404: 20404, 405: 20004, 429: 20429, 500: 20500, 503: 20503}
_WORDS = {401: "Authenticate", 429: "Too Many Requests", 503: "Service Unavailable"}


class Refused(Exception):
    """A request that Twilio answers with an error; `code` is Twilio's."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def answer(status: int, code: int, message: str, retry_after: float | None = None) -> web.Response:
    """The error as JSON, with `Retry-After` in whole seconds if there is one."""
    body = {"code": code, "message": message, "more_info": f"https://www.twilio.com/docs/errors/{code}"}
    headers = {} if retry_after is None else {"Retry-After": str(max(1, round(retry_after)))}
    return web.json_response({**body, "status": status}, status=status, headers=headers)


def answer_status(status: int, retry_after: float | None = None) -> web.Response:
    """The error that goes with a status."""
    return answer(status, _CODES.get(status, 20001), _WORDS.get(status, f"as told: {status}"), retry_after)
