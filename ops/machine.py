"""What one set of processes is made of: the checkout, its settings, the environment of its children."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import ValidationError

from ops.child import Program
from ops.credentials import keep_secrets
from ops.jobs import SetupError
from ops.supervisor import port_is_taken
from saathi.settings import Settings

# On few cores, threads of the numeric libraries cost memory and win nothing: a turn is one short sentence.
THRIFT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_INTRA_OP_PARALLELISM_THREADS": "1",
    "TF_INTER_OP_PARALLELISM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "TOKENIZERS_PARALLELISM": "false",
    "MALLOC_ARENA_MAX": "2",
    "RASA_TELEMETRY_ENABLED": "false",
    "PYTHONUNBUFFERED": "1",
    # Rasa's old pins warn of their own deprecations in a hundred lines.
    "PYTHONWARNINGS": "ignore",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}


@dataclass(frozen=True)
class Machine:
    """One set of processes: the checkout, its settings, the environment that its children get, and the local vendors
    if they run beside."""

    root: Path
    settings: Settings
    env: Mapping[str, str]
    vendors: Program | None = None

    @property
    def logs(self) -> Path:
        return self.settings.data_dir / "log"

    def programs(self) -> list[Program]:
        """The processes, in the order in which their log lines first come."""
        app, rasa = str(self.root / ".venv/bin/python"), str(self.root / ".venv-rasa/bin/python")
        store = str(self.settings.data_dir / "tracker.db")
        commands = {
            "rasa": [rasa, "-m", "bot.server", "--port", str(_port(self.settings.rasa_url)), "--store", store],
            "actions": [app, "-m", "actions.server", "--port", str(_port(self.settings.actions_url))],
            "gateway": [app, "-m", "channels.gateway"],
        }
        programs = [Program(name, argv, self.env, self.root) for name, argv in commands.items()]
        return [*programs, self.vendors] if self.vendors else programs


def read_machine(root: Path, demo: bool) -> Machine:
    """Read the settings and complete the secrets; SetupError where `make serve` misses one."""
    try:
        settings = Settings()
    except ValidationError as error:
        wrong = "; ".join(f"{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
        raise SetupError(f"A setting is wrong: {wrong}. Correct it in the environment or in .env.") from error
    env = {name: value for name, value in dotenv_values(root / ".env").items() if value}
    env |= os.environ | THRIFT | {"SAATHI_DEMO": "1" if demo else "0", "DATA_DIR": str(settings.data_dir)}
    # Without its bytecode Rasa takes four times as long to start.
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    missing = settings.missing_secrets()
    if missing and not demo:
        raise SetupError(
            f"{', '.join(missing)} must be set, each to a secret of its own with at least 32 characters, in the "
            "environment or in .env: `openssl rand -hex 32` makes one."
        )
    if demo and not settings.crm_events_secret.get_secret_value():
        missing.append("CRM_EVENTS_SECRET")  # which an operator may leave out: /api/crm/events is off then
    if missing:
        env |= keep_secrets(settings.data_dir / "secrets.env", missing)
    return Machine(root, settings, env)


def gateway_address(settings: Settings) -> str:
    """Where the gateway listens, as seen from this machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104
    return f"http://{host}:{settings.port}"


def check_ports(settings: Settings) -> None:
    """SetupError naming the first port that another program holds."""
    wanted = [("PORT", settings.host, settings.port)]
    for name, url in (("RASA_URL", settings.rasa_url), ("ACTIONS_URL", settings.actions_url)):
        wanted.append((name, urlsplit(url).hostname or "127.0.0.1", _port(url)))
    for name, host, port in wanted:
        if port_is_taken(host, port):
            raise SetupError(
                f"Port {port} on {host} is taken by another program: stop it, or set {name} to a free one."
            )


def _port(url: str) -> int:
    return urlsplit(url).port or 80
