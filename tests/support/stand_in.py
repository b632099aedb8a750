"""The command of a stand-in, as people start it."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from saathi.settings import ROOT


@asynccontextmanager
async def run_command(module: str, *options: str) -> AsyncIterator[list[str]]:
    """`python -m <module>` on a free port, and what it says up to its address; it must end well when it is stopped."""
    command = (sys.executable, "-m", module, "--port", "0", *options)
    child = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert child.stdout is not None
    try:
        lines: list[str] = []
        async with asyncio.timeout(60):
            while not (lines and lines[-1].startswith("Listening")):
                lines.append((await child.stdout.readline()).decode().strip())
        yield lines
    finally:
        child.terminate()
        assert await child.wait() == 0
