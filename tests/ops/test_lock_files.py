"""The lock files: every requirement pinned with a hash, and no index or download address in any."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def requirements(lock: Path) -> list[str]:
    text = "\n".join(line for line in lock.read_text().splitlines() if not line.lstrip().startswith("#"))
    return [line for line in text.replace("\\\n", " ").splitlines() if line.strip()]


def test_three_lock_files_are_there() -> None:
    assert {"app.txt", "dev.txt", "rasa.txt"} <= {lock.name for lock in LOCKS}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_requirement_is_pinned_with_a_hash(lock: Path) -> None:
    wanted = re.compile(r"^[a-z0-9][a-z0-9._-]*(\[[a-z,_-]+\])?==[^\s;]+( ;[^\\]+?)?(\s+--hash=sha256:[0-9a-f]{64})+$")
    assert len(requirements(lock)) > 10
    assert [line for line in requirements(lock) if not wanted.match(line.rstrip())] == []


@pytest.mark.parametrize("file", [*LOCKS, ROOT / "channels/web/package-lock.json"], ids=lambda file: file.name)
def test_lock_file_names_no_index_and_no_download_address(file: Path) -> None:
    lines = file.read_text().splitlines()
    found = [line for line in lines if re.search(r"--(extra-)?index-url|--find-links|\"resolved\"|file://", line)]
    addresses = [line for line in lines if "://" in line and "funding" not in line and '"url"' not in line]
    assert found == []
    assert addresses == []
