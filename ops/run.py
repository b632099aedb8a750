"""Start the whole of Saathi on this machine: `python -m ops.run [--demo] [--channels [--specs FOLDER]]`.

`make run` is the demo: secrets that are missing are made, and the demo page is served. `make serve` is the same
without the demo, and wants its secrets from the operator. `make run-channels` is the demo with the local vendors in the
place of Twilio and Telegram.
"""

import argparse
import asyncio
import signal
import sys
import time
from functools import partial
from pathlib import Path

import aiohttp

from ops.channels import add_vendors, vendors_address
from ops.child import GaveUpError
from ops.jobs import SetupError, run_all, say
from ops.machine import Machine, check_ports, gateway_address, read_machine
from ops.steps import demo_network, steps
from ops.supervisor import supervise
from saathi.settings import ROOT

START_SECONDS = 180.0


def prepare(machine: Machine) -> None:
    """Make the index and the model where they are missing or old, side by side, and in a demo its network where there
    is none. The gateway sees to its database by itself."""
    root, env, logs = machine.root, machine.env, machine.logs
    made = [step.job(root, env, logs) for step in steps(root, machine.settings.data_dir)]
    run_all([job for job in [*made, demo_network(machine)] if job])


async def announce(machine: Machine, started: float) -> None:
    """Wait until the gateway says that all parts are up, then print the address; SetupError after too long.

    `started` is when the whole run began, for the seconds that are printed.
    """
    url, said = f"{gateway_address(machine.settings)}/health", "nothing yet"
    end = time.monotonic() + START_SECONDS
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
        while time.monotonic() < end:
            try:
                async with session.get(url) as answer:
                    said = (await answer.text()).strip()
                    if answer.status == 200:
                        seconds = time.monotonic() - started
                        say(f"\nSaathi is up after {seconds:.1f} s: {machine.settings.origin}")
                        if machine.vendors:
                            say(f"WhatsApp, Telegram and the telephone: {vendors_address(machine)}")
                        say("")
                        return
            except (aiohttp.ClientError, TimeoutError):
                pass
            await asyncio.sleep(0.1)
    raise SetupError(f"Saathi was not healthy within {START_SECONDS:.0f} s; {url} says: {said}")


def run(root: Path, demo: bool, channels: bool, specs: Path | None) -> None:
    """Prepare, start, and stay until a signal; SetupError or GaveUpError says why it ended otherwise."""
    started = time.monotonic()
    machine = read_machine(root, demo)
    check_ports(machine.settings)
    if channels:
        machine = add_vendors(machine, specs)
    prepare(machine)
    say(f"Starting {', '.join(program.name for program in machine.programs())} ...")
    asyncio.run(supervise(machine.programs(), machine.logs, partial(announce, machine, started)))
    say("Stopped.")


def main() -> int:
    """Run until stopped; 1 with a sentence on stderr when it cannot."""
    parser = argparse.ArgumentParser(description="Run Saathi on this machine.")
    parser.add_argument("--demo", action="store_true", help="make missing secrets and serve the demo page")
    parser.add_argument("--channels", action="store_true", help="all channels, with local vendors")
    parser.add_argument("--specs", type=Path, help="folder of the vendors' OpenAPI documents")
    given = parser.parse_args()
    # Until the supervisor takes over, a SIGTERM ends the preparation as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        run(ROOT, given.demo, given.channels, given.specs)
    except (SetupError, GaveUpError, OSError) as error:
        print(f"saathi: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
