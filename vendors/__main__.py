"""`python -m vendors`: Twilio, Telegram and HubSpot on loopback until stopped, with a page to play their people.

Secrets that are neither given nor in the environment are made up. Prints its address and, unless `--quiet`, the
settings with which a gateway uses it. `--port 0` takes a free port.
"""

import argparse
import asyncio
import os
import secrets
import signal
import sys
from pathlib import Path

from aiohttp import web

from vendors.app import LocalVendors, Specifications
from vendors.credentials import Credentials
from vendors.hubspot.store import Account

PORT = 8090


async def _serve(vendors: LocalVendors, port: int, settings: dict[str, str]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    runner = web.AppRunner(vendors.make_app(), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        vendors.found_at(base)
        if settings:
            settings |= {"TWILIO_API_BASE": base, "TELEGRAM_API_BASE": base, "HUBSPOT_API_BASE": base}
            _say(*(f"{name}={value}" for name, value in settings.items()))
        _say(f"Listening on {base}")
        await stop.wait()
    finally:
        await runner.cleanup()


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def _parse() -> argparse.Namespace:
    def add(name: str, setting: str, otherwise: str, words: str) -> None:
        parser.add_argument(name, default=os.environ.get(setting) or otherwise, help=f"{words}; or {setting}")

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--specs", type=Path, help="folder of the vendors' OpenAPI documents, to check by")
    parser.add_argument("--gateway", default="http://127.0.0.1:8080", help="where the assistant's gateway listens")
    add("--public-url", "PUBLIC_URL", "", "the address that the gateway goes by; the same if not given")
    add("--account-sid", "TWILIO_ACCOUNT_SID", "AC" + secrets.token_hex(16), "Twilio's account")
    add("--auth-token", "TWILIO_AUTH_TOKEN", secrets.token_hex(16), "its token")
    add("--whatsapp-from", "TWILIO_WHATSAPP_FROM", "whatsapp:+918000000000", "the assistant's WhatsApp sender")
    add("--voice-from", "TWILIO_VOICE_FROM", "+918000000001", "the voice line's number")
    parser.add_argument("--voice-status", default="/channels/ivr/status", help="what hears of calls' ends")
    add("--telegram-token", "TELEGRAM_BOT_TOKEN", f"700000000:{secrets.token_urlsafe(26)}", "the bot's token")
    add("--telegram-secret", "TELEGRAM_SECRET_TOKEN", secrets.token_urlsafe(24), "what comes with each update")
    add("--hubspot-token", "HUBSPOT_TOKEN", "pat-" + secrets.token_hex(16), "the service key of HubSpot's account")
    parser.add_argument(
        "--hubspot-account",
        type=Path,
        help="file that HubSpot's account is filled from: python -m saathi.crm.hubspot.demo",
    )
    parser.add_argument("--quiet", action="store_true", help="print no settings, which hold secrets")
    return parser.parse_args()


def main() -> int:
    """Serves until it is told to stop; 2 when a document cannot be read."""
    given = _parse()
    specifications = Specifications()
    if given.specs is None:
        _say("Requests are not checked: give the folder of the vendors' OpenAPI documents with --specs.")
    else:
        try:
            specifications = Specifications.read(given.specs)
        except (OSError, ValueError) as error:
            sys.stderr.write(f"{given.specs}: {error}\n")
            return 2
        _say(f"Requests are checked against the documents in {given.specs}.")
    try:
        account = Account.model_validate_json(given.hubspot_account.read_bytes()) if given.hubspot_account else None
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{given.hubspot_account}: {error}\n")
        return 2
    credentials = Credentials(
        gateway=given.gateway,
        public_url=given.public_url or given.gateway,
        account_sid=given.account_sid,
        auth_token=given.auth_token,
        whatsapp_from=given.whatsapp_from,
        voice_from=given.voice_from,
        voice_status=given.voice_status,
        telegram_token=given.telegram_token,
        telegram_secret=given.telegram_secret,
        hubspot_token=given.hubspot_token,
    )
    settings = {
        "TWILIO_ACCOUNT_SID": credentials.account_sid,
        "TWILIO_AUTH_TOKEN": credentials.auth_token,
        "TWILIO_WHATSAPP_FROM": credentials.whatsapp_from,
        "TWILIO_VOICE_FROM": credentials.voice_from,
        "TELEGRAM_BOT_TOKEN": credentials.telegram_token,
        "TELEGRAM_SECRET_TOKEN": credentials.telegram_secret,
        "HUBSPOT_TOKEN": credentials.hubspot_token,
    }
    vendors = LocalVendors(credentials, specifications, account)
    asyncio.run(_serve(vendors, given.port, {} if given.quiet else settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
