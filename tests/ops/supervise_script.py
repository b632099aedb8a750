"""Runs the supervisor over the programs given as JSON: {"programs": {name: [argv]}, "logs", "patience", "fail"}."""

import asyncio
import json
import os
import sys
from pathlib import Path

from ops.child import GaveUpError, Patience, Program
from ops.jobs import SetupError
from ops.supervisor import supervise

given = json.loads(sys.argv[1])


async def when_started() -> None:
    if given.get("fail"):
        await asyncio.sleep(0.3)
        raise SetupError(given["fail"])


programs = [Program(name, argv, os.environ, Path.cwd()) for name, argv in given["programs"].items()]
try:
    asyncio.run(supervise(programs, Path(given["logs"]), when_started, Patience(**given.get("patience", {}))))
except (GaveUpError, SetupError) as error:
    sys.exit(f"reason: {error}")
