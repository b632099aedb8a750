import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.assistant import Assistant, run_assistant


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory, built_index: Path) -> Iterator[Assistant]:
    data_dir = tmp_path_factory.mktemp("assistant")
    shutil.copytree(built_index, data_dir / "knowledge")
    with run_assistant(data_dir) as running:
        yield running
