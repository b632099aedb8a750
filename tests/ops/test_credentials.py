"""The secrets that `make run` keeps."""

import stat
from pathlib import Path

from ops.credentials import keep_secrets

NAMES = ["RASA_SECRET", "JWT_SECRET"]


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def test_secrets_are_made_long_and_different_in_a_file_of_mode_0600(tmp_path: Path) -> None:
    file = tmp_path / "var" / "secrets.env"
    made = keep_secrets(file, NAMES)
    assert mode(file) == 0o600
    assert set(made) == set(NAMES)
    assert len(set(made.values())) == 2
    assert all(len(secret) >= 32 for secret in made.values())


def test_secrets_that_are_there_stay_and_only_missing_ones_are_added(tmp_path: Path) -> None:
    file = tmp_path / "secrets.env"
    file.write_text("JWT_SECRET=kept-as-it-was\nRASA_SECRET=\n")
    file.chmod(0o644)
    made = keep_secrets(file, NAMES)
    assert made["JWT_SECRET"] == "kept-as-it-was"
    assert keep_secrets(file, NAMES) == made
    assert mode(file) == 0o600
