"""The API's bodies and errors: what is wrong is told in one shape, without a traceback."""

from typing import TypeVar

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel, ValidationError

from saathi.crm.port import CrmUnavailable
from saathi.store import StoreUnavailable

log = structlog.get_logger()

RETRY_AFTER_S = 5
Model = TypeVar("Model", bound=BaseModel)


class ApiError(Exception):
    """An answer of the API that is no success: status, a code for programs, a message for people."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


async def read_body(request: web.Request, model: type[Model]) -> Model:
    """The request's JSON. Raises `ApiError` 422 that names the first field that is wrong."""
    try:
        return model.model_validate_json(await request.read())
    except ValidationError as error:
        raise invalid(error) from error


def invalid(error: ValidationError) -> ApiError:
    """422 that names the first field that is wrong, and not what stood there."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, first["loc"])) or "body"
    return ApiError(422, "invalid", f"{place}: {first['msg']}")


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what a handler raises into `{"error": {"code", "message"}}`."""
    try:
        return await handler(request)
    except ApiError as error:
        return _answer(error.status, error.code, error.message)
    except StoreUnavailable as error:
        log.warning("store_unavailable", reason=str(error))
        return _answer(503, "unavailable", "The store is not available just now; nothing was kept. Try again.")
    except CrmUnavailable as error:
        log.warning("crm_unavailable", reason=str(error))
        return _answer(503, "unavailable", "The CRM is not available just now. The same request may be made again.")
    except web.HTTPException as error:
        if error.status < 400:
            raise
        answer = _answer(error.status, error.reason.lower().replace(" ", "_"), error.text or error.reason)
        if "Allow" in error.headers:
            answer.headers["Allow"] = error.headers["Allow"]
        return answer
    except Exception:
        log.exception("request_broke", path=request.path)
        return _answer(500, "internal", "Something broke on our side; the log has the details.")


def _answer(status: int, code: str, message: str) -> web.Response:
    answer = web.json_response({"error": {"code": code, "message": message}}, status=status)
    if status in {429, 503}:
        answer.headers["Retry-After"] = str(RETRY_AFTER_S)
    return answer
