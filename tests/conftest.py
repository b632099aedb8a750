"""Fixtures that several rooms use."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from knowledge.articles import Library, read_articles
from saathi.store import open_database
from saathi.store.migrate import migrate
from tests.support import postgresql


def pytest_configure() -> None:
    """The processes of a run may write bytecode; else each compiles anew what it imports, seconds at every start."""
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """What `pytest -n 2` spreads by; without `-n` there is one process and nothing to spread."""
    from tests.support.spreading import Spreading

    return Spreading(config, log)


@pytest.fixture(scope="session")
def library() -> Library:
    """All articles of the project, more than a second of reading. Nothing changes them."""
    return read_articles()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgresql.Server]:
    with postgresql.run_server() as server:
        yield server


@pytest.fixture
def new_postgresql_database(postgresql_server: postgresql.Server) -> Callable[[], str]:
    return postgresql_server.new_database


@pytest.fixture(scope="session")
def _postgresql_with_tables(postgresql_server: postgresql.Server) -> str:
    url = postgresql_server.new_database()
    _make_tables(url)
    return url


@pytest.fixture(scope="session")
def _sqlite_with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("sqlite") / "saathi.db"
    _make_tables(f"sqlite:///{file}")
    return file


def _make_tables(url: str) -> None:
    async def make() -> None:
        database = open_database(url)
        await migrate(database)
        await database.close()

    with ThreadPoolExecutor(1) as thread:  # the test that asks first may have a loop of its own
        thread.submit(asyncio.run, make()).result()


@pytest.fixture
def new_database_with_tables(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], str]:
    """Gives the address of a new `sqlite` or `postgresql` database: a copy of one that was migrated once, for each
    migration takes a tenth of a second of a core."""

    def make(kind: str) -> str:
        if kind == "sqlite":
            file: Path = request.getfixturevalue("_sqlite_with_tables")
            return f"sqlite:///{shutil.copy(file, tmp_path / 'saathi.db')}"
        server: postgresql.Server = request.getfixturevalue("postgresql_server")
        return server.new_database(like=request.getfixturevalue("_postgresql_with_tables"))

    return make


@pytest.fixture(scope="session")
def built_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the index of all articles, most of a minute of work. Copy it: one process opens it at a time."""
    folder = tmp_path_factory.mktemp("index")
    subprocess.run([sys.executable, "-m", "knowledge.build", str(folder)], check=True)
    return folder


@pytest.fixture(scope="session")
def small_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same of the tests' own three articles, seconds of work."""
    folder = tmp_path_factory.mktemp("small_index")
    articles = Path(__file__).parent / "knowledge" / "articles"
    subprocess.run([sys.executable, "-m", "knowledge.build", str(folder), "--articles", str(articles)], check=True)
    return folder
