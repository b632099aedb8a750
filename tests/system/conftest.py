from collections.abc import Iterator

import pytest

from tests.support.assistant import Assistant, run_assistant


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with run_assistant(tmp_path_factory.mktemp("assistant")) as running:
        yield running
