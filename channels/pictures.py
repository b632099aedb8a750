"""The pictures of the guides (`data/pictures`), for the widget and for vendors that fetch what goes with a message."""

from pathlib import Path

from aiohttp import web

from channels.errors import ApiError

PICTURES = Path(__file__).resolve().parent.parent / "data" / "pictures"
# An address names a step, not a version of its drawing, so it is asked for again a day later, and mostly answered 304.
CACHE = "public, max-age=86400"


def routes() -> list[web.RouteDef]:
    """The address of a picture."""
    return [web.get("/pictures/{name:[a-z0-9_.-]+}.png", show_picture)]


async def show_picture(request: web.Request) -> web.FileResponse:
    """A picture, with an ETag. Raises `ApiError` 404 when there is none of that name."""
    path = PICTURES / f"{request.match_info['name']}.png"
    if not path.is_file():
        raise ApiError(404, "not_found", "There is no such picture.")
    # a host app's page of another origin shows it
    return web.FileResponse(path, headers={"Cache-Control": CACHE, "Cross-Origin-Resource-Policy": "cross-origin"})
