"""`python -m bot.server`: Rasa with the door and nothing else, on loopback.

Environment: `RASA_SECRET`, `ACTIONS_URL`, `ACTIONS_SECRET`; `DATABASE_URL` where it names PostgreSQL; the port of
`RASA_URL` where none is given.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from pathlib import Path
from urllib.parse import urlsplit


def main() -> int:
    """Serve until a signal comes; return the exit status."""
    arguments = _read_arguments()
    missing = [name for name in ("RASA_SECRET", "ACTIONS_SECRET") if not os.environ.get(name)]
    if missing:
        sys.stderr.write(f"set {' and '.join(missing)} in the environment\n")
        return 2
    _prepare_imports()
    with warnings.catch_warnings(record=True):  # old libraries speak of themselves while they are imported
        # imported late: Rasa takes seconds, and reads the environment while it is imported
        from bot.app import build_app, open_store  # noqa: PLC0415
        from bot.logs import configure_logs  # noqa: PLC0415

    configure_logs()
    store = open_store(os.environ.get("DATABASE_URL", ""), arguments.store)
    actions_url = os.environ.get("ACTIONS_URL", "http://127.0.0.1:5055")
    secrets = os.environ["ACTIONS_SECRET"], os.environ["RASA_SECRET"]
    app = build_app(arguments.models, store, actions_url, *secrets)
    app.run(host="127.0.0.1", port=arguments.port, access_log=False, debug=False, motd=False)
    return 0


def _prepare_imports() -> None:
    """Keep Rasa from calling home and TensorFlow, which Rasa imports for models we do not use, from costing more.

    TensorFlow's converter imports jax where it is installed; without it the start is a second shorter and 60 MB
    smaller, and nothing is converted here.
    """
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    for name, value in (("TF_CPP_MIN_LOG_LEVEL", "3"), ("OMP_NUM_THREADS", "1"), ("OPENBLAS_NUM_THREADS", "1")):
        os.environ.setdefault(name, value)
    sys.modules["jax"] = None  # type: ignore[assignment]  # Python's way to make an import fail


def _read_arguments() -> argparse.Namespace:
    port = urlsplit(os.environ.get("RASA_URL", "")).port or 5005
    parser = argparse.ArgumentParser(prog="python -m bot.server", description=__doc__)
    parser.add_argument("--model", type=Path, default=Path("models"), dest="models", help="folder of trained models")
    parser.add_argument("--port", type=int, default=port)
    parser.add_argument("--store", type=Path, default=Path("var/tracker.db"), help="the SQLite tracker store")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
