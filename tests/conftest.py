"""Fixtures that several rooms use."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import postgresql


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """What `pytest -n 2` spreads by; without `-n` there is one process and nothing to spread."""
    from tests.support.spreading import Spreading

    return Spreading(config, log)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgresql.Server]:
    with postgresql.run_server() as server:
        yield server


@pytest.fixture
def new_postgresql_database(postgresql_server: postgresql.Server) -> Callable[[], str]:
    return postgresql_server.new_database


@pytest.fixture(scope="session")
def built_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the index of all articles, most of a minute of work. Copy it: one process opens it at a time."""
    folder = tmp_path_factory.mktemp("index")
    subprocess.run([sys.executable, "-m", "knowledge.build", str(folder)], check=True)
    return folder
