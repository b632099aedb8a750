"""Settings of a gateway under test."""

from pathlib import Path
from typing import Any

from saathi.settings import Settings

JWT = "j" * 32


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
