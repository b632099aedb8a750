"""The secrets that `make run` makes once, in a file that only the owner can read."""

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from dotenv import dotenv_values


def keep_secrets(file: Path, names: Iterable[str]) -> dict[str, str]:
    """The named secrets of the file, mode 0600; one that is missing there is made (256 bits) and written."""
    kept = {name: value for name, value in dotenv_values(file).items() if value}
    missing = [name for name in names if name not in kept]
    if missing:
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as out:
            for name in missing:
                kept[name] = secrets.token_urlsafe(32)
                out.write(f"{name}={kept[name]}\n")
    file.chmod(0o600)
    return {name: kept[name] for name in names}
