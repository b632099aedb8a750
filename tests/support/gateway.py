"""Settings of a gateway under test, and on which database it runs."""

from pathlib import Path
from typing import Any

import pytest

from saathi.settings import Settings

JWT = "j" * 32

# For what does not hang on the database: what is asked of the store here is asked of both databases elsewhere.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def make_settings(door: str, data_dir: Path, **chosen: Any) -> Settings:
    """A demo gateway with its data in a folder and Rasa's door at an address; nothing comes from the environment."""
    return Settings(
        _env_file=None,
        saathi_demo=True,
        data_dir=data_dir,
        rasa_url=door,
        rasa_secret="r" * 32,
        actions_url="http://127.0.0.1:9",
        actions_secret="a" * 32,
        jwt_secret=JWT,
        **chosen,
    )
