import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.assistant import ROOT, Assistant, run_assistant
from tests.support.training import COMMAND

HERE = Path(__file__).parent
TRAINING = pytest.StashKey[subprocess.Popen[bytes]]()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Where one of these tests is to run, the training begins beside the tests that need no model."""
    is_first_process = os.environ.get("PYTEST_XDIST_WORKER", "gw0") == "gw0"
    is_needed = any(item.path.is_relative_to(HERE) for item in session.items)
    if is_first_process and is_needed and not session.config.option.collectonly:
        quiet = subprocess.DEVNULL  # what goes wrong is told to the fixture below, which tries again
        session.config.stash[TRAINING] = subprocess.Popen(COMMAND, cwd=ROOT, stdout=quiet, stderr=quiet)


def pytest_unconfigure(config: pytest.Config) -> None:
    training = config.stash.get(TRAINING, None)
    if training:
        training.terminate()
        training.wait()


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory, built_index: Path) -> Iterator[Assistant]:
    data_dir = tmp_path_factory.mktemp("assistant")
    shutil.copytree(built_index, data_dir / "knowledge")
    subprocess.run(COMMAND, cwd=ROOT, check=True)
    with run_assistant(data_dir) as running:
        yield running
