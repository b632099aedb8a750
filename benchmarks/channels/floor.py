"""The floor of an acknowledgement: `python -m benchmarks.channels.floor <port>`.

A webhook that reads the request and answers 200: it checks no signature, parses nothing, stores nothing.
"""

import sys

from aiohttp import web


async def acknowledge(request: web.Request) -> web.Response:
    """All it does."""
    await request.read()
    return web.Response(text="<Response/>", content_type="text/xml")


if __name__ == "__main__":
    app = web.Application()
    app.add_routes([web.post("/channels/whatsapp/webhook", acknowledge), web.get("/control", acknowledge)])
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
