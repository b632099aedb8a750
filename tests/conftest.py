"""Fixtures that several rooms use."""

from collections.abc import Callable, Iterator

import pytest

from tests.support import postgresql


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgresql.Server]:
    with postgresql.run_server(tmp_path_factory.mktemp("postgresql")) as server:
        yield server


@pytest.fixture
def new_postgresql_database(postgresql_server: postgresql.Server) -> Callable[[], str]:
    return postgresql_server.new_database
