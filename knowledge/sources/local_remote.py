"""A knowledge base that runs here, in place of one behind HTTP: `python -m knowledge.sources.local_remote --port 0`.

Holds documents in memory and answers as `knowledge.sources.remote` says. `PUT /documents/{id}` and `DELETE
/documents/{id}` change it; `POST /control` with `{"status": 503}`, `{"hang": 5}` or `{"rubbish": true}` makes it fail,
for the next `"times"` requests or until `{}`; `{"forget": true}` makes it answer 410 to every mark given until now.
"""

import argparse
import asyncio
import sys
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass(slots=True)
class Trouble:
    """How to fail: an HTTP status, seconds to wait, or an answer that makes no sense; for so many requests yet."""

    status: int = 0
    hang: float = 0.0
    rubbish: bool = False
    times: int = 1_000_000


@dataclass(slots=True)
class KnowledgeBase:
    """The stand-in: documents by id, each with the number of its last change; deletions likewise."""

    token: str
    page_size: int = 2
    requests: list[dict[str, str]] = field(default_factory=list)
    _documents: dict[str, tuple[int, Any]] = field(default_factory=dict)
    _deleted: dict[str, int] = field(default_factory=dict)
    _clock: int = 0
    _oldest: int = 0
    _trouble: Trouble | None = None

    def make_app(self) -> web.Application:
        """The server."""
        app = web.Application()
        app.add_routes(
            [
                web.get("/documents", self._list),
                web.put("/documents/{id}", self._put),
                web.delete("/documents/{id}", self._delete),
                web.post("/control", self._control),
            ]
        )
        return app

    def put(self, document: dict[str, Any]) -> None:
        """Adds or replaces a document."""
        self._clock += 1
        self._documents[str(document["id"])] = (self._clock, document)
        self._deleted.pop(str(document["id"]), None)

    def delete(self, identity: str) -> None:
        """Deletes a document, which is told to those who ask what changed."""
        self._clock += 1
        self._documents.pop(identity, None)
        self._deleted[identity] = self._clock

    def fail(self, trouble: Trouble | None) -> None:
        """Fails from now on as told; None makes it well."""
        self._trouble = trouble

    def forget(self) -> None:
        """Knows no more what changed since any mark that it gave."""
        self._clock += 1
        self._oldest = self._clock
        self._deleted.clear()

    async def _list(self, request: web.Request) -> web.Response:
        self.requests.append(dict(request.query))
        if (failed := await self._fail()) is not None:
            return failed
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.json_response({"error": "unauthorized"}, status=401)
        since, start = int(request.query.get("updated_since", "-1")), int(request.query.get("page", "0"))
        if 0 <= since < self._oldest:
            return web.json_response({"error": "mark too old"}, status=410)
        changed = [document for at, document in self._documents.values() if at > since]
        following = start + self.page_size
        last = following >= len(changed)
        return web.json_response(
            {
                "documents": changed[start:following],
                "deleted": [name for name, at in self._deleted.items() if at > since >= 0] if last else [],
                "next": None if last else str(following),
                "mark": str(self._clock),
            }
        )

    async def _fail(self) -> web.Response | None:
        trouble = self._trouble
        if trouble is None or trouble.times <= 0:
            return None
        trouble.times -= 1
        await asyncio.sleep(trouble.hang)
        if trouble.rubbish:
            return web.Response(text="<html>Welcome!</html>", content_type="text/html")
        return web.json_response({"error": "told to fail"}, status=trouble.status) if trouble.status else None

    async def _put(self, request: web.Request) -> web.Response:
        self.put({**await request.json(), "id": request.match_info["id"]})
        return web.Response(status=204)

    async def _delete(self, request: web.Request) -> web.Response:
        self.delete(request.match_info["id"])
        return web.Response(status=204)

    async def _control(self, request: web.Request) -> web.Response:
        wanted = await request.json()
        if wanted.pop("forget", False):
            self.forget()
        self.fail(Trouble(**wanted) if wanted else None)
        return web.Response(status=204)


async def _serve(port: int, token: str) -> None:
    runner = web.AppRunner(KnowledgeBase(token).make_app())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    sys.stdout.write(f"http://127.0.0.1:{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


def main() -> int:
    """Serves on loopback until it is told to stop; prints its address first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--token", default="local", help="the bearer token that it wants")
    arguments = parser.parse_args()
    try:
        asyncio.run(_serve(arguments.port, arguments.token))
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
