"""Train or index anew, and have a running assistant take it over: `python -m ops.renew model|knowledge`.

`python -m ops.renew check` looks over the articles, with the settings of the assistant that runs here.
"""

import argparse
import asyncio
import subprocess
import sys

import aiohttp

from ops.jobs import SetupError, say
from ops.machine import Machine, read_machine
from ops.steps import ROOMY
from saathi.settings import ROOT

RELOAD_WITHIN_S = 60.0


async def reload_model(machine: Machine) -> str:
    """Ask Rasa's door to load the newest model; what came of it, in words."""
    address = f"{machine.settings.rasa_url.rstrip('/')}/webhooks/saathi/reload"
    headers = {"X-Saathi-Secret": machine.env["RASA_SECRET"]}
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=RELOAD_WITHIN_S)) as session,
            session.post(address, headers=headers) as answer,
        ):
            if answer.status == 200:
                return "The running assistant has taken the model."
            return f"The running assistant answered {answer.status} and goes on with its old model; its log says why."
    except aiohttp.ClientConnectorError:
        return "No assistant runs; the next start takes the model."


def main() -> int:
    """Make it, then hand it over; the exit status of what makes it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("model", "knowledge", "check"))
    what = parser.parse_args().what
    try:
        machine = read_machine(ROOT, demo=True)
    except SetupError as error:
        print(f"saathi: {error}", file=sys.stderr)
        return 1
    python, module = {
        "model": (".venv-rasa", "bot.train"),
        "knowledge": (".venv", "knowledge.ingest"),
        "check": (".venv", "knowledge.check"),
    }[what]
    command = [str(ROOT / python / "bin/python"), "-m", module]
    made = subprocess.run(command, cwd=ROOT, env={**machine.env, **ROOMY}, check=False)
    if what == "model" and made.returncode == 0:
        say(asyncio.run(reload_model(machine)))
    return made.returncode


if __name__ == "__main__":
    sys.exit(main())
