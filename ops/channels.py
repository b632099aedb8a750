"""The local vendors beside the assistant, and the settings by which it takes them for the real ones."""

import secrets
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from ops.child import Program
from ops.jobs import SetupError
from ops.machine import Machine, gateway_address
from ops.supervisor import port_is_taken

ADDRESS = "http://127.0.0.1:8090"


def add_vendors(machine: Machine, specs: Path | None) -> Machine:
    """The same machine with the local vendors and all channels on.

    The accounts are made up for this run, so that no real one is used whatever .env holds. `specs` is the folder of the
    vendors' OpenAPI documents. TWILIO_API_BASE, when it is set, is where the vendors listen. Raises `SetupError` where
    that is taken or not of this machine.
    """
    base = (machine.settings.twilio_api_base or ADDRESS).rstrip("/")
    there = urlsplit(base)
    if there.hostname != "127.0.0.1" or not there.port:
        raise SetupError(f"TWILIO_API_BASE is {base}: leave it empty, or set it to http://127.0.0.1 with a free port.")
    if port_is_taken(there.hostname, there.port):
        raise SetupError(
            f"Port {there.port} on 127.0.0.1 is taken by another program: stop it, or set TWILIO_API_BASE to another."
        )
    env = {**machine.env, **_make_accounts(), "TWILIO_API_BASE": base, "TELEGRAM_API_BASE": base}
    gateway = ["--gateway", gateway_address(machine.settings), "--public-url", machine.settings.origin]
    argv = [str(machine.root / ".venv/bin/python"), "-m", "vendors", "--quiet", "--port", str(there.port), *gateway]
    argv += ["--specs", str(specs)] if specs else []
    return replace(machine, env=env, vendors=Program("vendors", argv, env, machine.root))


def vendors_address(machine: Machine) -> str:
    """Where their page is."""
    return machine.env["TWILIO_API_BASE"]


def _make_accounts() -> dict[str, str]:
    return {
        "TWILIO_ACCOUNT_SID": "AC" + secrets.token_hex(16),
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "TWILIO_WHATSAPP_FROM": "whatsapp:+918000000000",
        "TWILIO_VOICE_FROM": "+918000000001",
        "IVR_TRANSFER_TO": "+918000000002",
        "TELEGRAM_BOT_TOKEN": f"700000000:{secrets.token_urlsafe(26)}",
        "TELEGRAM_SECRET_TOKEN": secrets.token_urlsafe(24),
    }
