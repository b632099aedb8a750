"""Lets the pages of host apps call the part of the API that the widget uses, from the origins that may open the chat.

A token comes in a header and never in a cookie, so nothing is lent to a page that it could not do by itself.
https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from collections.abc import Sequence

from aiohttp import hdrs, web

from channels.services import SERVICES

_LASTS_S = 600


def with_preflights(routes: Sequence[web.RouteDef]) -> list[web.RouteDef]:
    """The routes, and at each of their addresses the answer to a browser that asks before it sends."""
    paths = dict.fromkeys(route.path for route in routes)
    return [*routes, *(web.options(path, _answer_preflight) for path in paths)]


async def name_origin(request: web.Request, response: web.StreamResponse) -> None:
    """Says that the origin of the page may read an answer of the API, an error too; a signal of aiohttp."""
    if not request.path.startswith("/api/"):
        return
    response.headers.add(hdrs.VARY, hdrs.ORIGIN)
    origin = request.headers.get(hdrs.ORIGIN)
    if origin in request.app[SERVICES].origins:
        response.headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = origin


async def _answer_preflight(_request: web.Request) -> web.Response:
    headers = {
        hdrs.ACCESS_CONTROL_ALLOW_METHODS: "GET, POST, PUT, DELETE",
        hdrs.ACCESS_CONTROL_ALLOW_HEADERS: "Authorization, Content-Type",
        hdrs.ACCESS_CONTROL_MAX_AGE: str(_LASTS_S),
    }
    return web.Response(status=204, headers=headers)
