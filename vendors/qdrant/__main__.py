"""`python -m vendors.qdrant [--port 6333] [--spec openapi.json] [--api-key KEY]`: on loopback, until stopped.

Prints its address; holds its collections in a temporary folder. `--port 0` takes a free port.
"""

import argparse
import asyncio
import signal
import sys
import tempfile
from pathlib import Path

from aiohttp import web

from vendors.qdrant.app import NEWER, LocalQdrant
from vendors.specification import Specification


async def _serve(stand_in: LocalQdrant, port: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    runner = web.AppRunner(stand_in.make_app(), shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        sys.stdout.write(f"Listening on http://127.0.0.1:{runner.addresses[0][1]}\n")
        sys.stdout.flush()
        await stop.wait()
    finally:
        await runner.cleanup()


def main() -> int:
    """Serves until it is told to stop; 2 when the document cannot be read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=6333)
    parser.add_argument("--spec", type=Path, help="Qdrant's OpenAPI document, to check requests against")
    parser.add_argument("--api-key", default="", help="refuse requests without this key")
    arguments = parser.parse_args()
    specification = None
    if arguments.spec is None:
        sys.stdout.write("Requests are not checked: give Qdrant's OpenAPI document with --spec.\n")
    else:
        try:
            specification = Specification.read(arguments.spec, NEWER)
        except (OSError, ValueError) as error:
            sys.stderr.write(f"{arguments.spec}: {error}\n")
            return 2
        sys.stdout.write(f"Requests are checked against Qdrant's OpenAPI document {specification.version}.\n")
    with tempfile.TemporaryDirectory(prefix="local-qdrant-") as folder:
        asyncio.run(_serve(LocalQdrant(Path(folder), specification, arguments.api_key), arguments.port))
    return 0


if __name__ == "__main__":
    sys.exit(main())
