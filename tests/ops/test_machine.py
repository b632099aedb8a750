"""Settings, secrets and ports before anything starts."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from dotenv import dotenv_values

from channels.crm_events import SHORTEST_SECRET
from ops.jobs import SetupError
from ops.machine import check_ports, read_machine
from saathi.settings import ROOT, Settings

SECRETS = ("RASA_SECRET", "ACTIONS_SECRET", "JWT_SECRET")


@pytest.fixture(autouse=True)
def _no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setitem(Settings.model_config, "env_file", None)


def test_serve_refuses_absent_and_short_secrets_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RASA_SECRET", "r" * 32)
    monkeypatch.setenv("JWT_SECRET", "changeme")
    with pytest.raises(SetupError, match=r"^ACTIONS_SECRET, JWT_SECRET must be set"):
        read_machine(tmp_path, demo=False)
    assert not (tmp_path / "var").exists()


def test_serve_takes_secrets_of_the_operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SECRETS:
        monkeypatch.setenv(name, name * 4)
    machine = read_machine(tmp_path, demo=False)
    assert [machine.env[name] for name in SECRETS] == [name * 4 for name in SECRETS]
    assert "CRM_EVENTS_SECRET" not in machine.env  # what the CRM tells is taken only where the operator wants it
    assert machine.env["SAATHI_DEMO"] == "0"


def test_demo_makes_missing_secrets_and_keeps_the_given_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JWT_SECRET", "j" * 40)
    machine = read_machine(tmp_path, demo=True)
    assert machine.env["JWT_SECRET"] == "j" * 40
    made = dotenv_values(tmp_path / "var" / "secrets.env")
    assert set(made) == {"RASA_SECRET", "ACTIONS_SECRET", "CRM_EVENTS_SECRET"}
    assert len(made["CRM_EVENTS_SECRET"] or "") >= SHORTEST_SECRET
    assert read_machine(tmp_path, demo=True).env["RASA_SECRET"] == machine.env["RASA_SECRET"]
    assert machine.env["SAATHI_DEMO"] == "1"


def test_demo_keeps_the_secret_that_the_crm_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_EVENTS_SECRET", "e" * 40)
    assert read_machine(tmp_path, demo=True).env["CRM_EVENTS_SECRET"] == "e" * 40
    assert "CRM_EVENTS_SECRET" not in dotenv_values(tmp_path / "var" / "secrets.env")


def test_wrong_setting_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "eighty")
    with pytest.raises(SetupError, match="A setting is wrong: PORT: "):
        read_machine(tmp_path, demo=True)


def test_values_of_the_dotenv_file_reach_the_processes(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DATABASE_URL=postgresql://a@b/c\nPUBLIC_URL=\n")
    machine = read_machine(tmp_path, demo=True)
    assert machine.env["DATABASE_URL"] == "postgresql://a@b/c"
    assert "PUBLIC_URL" not in machine.env


def test_taken_port_is_named_with_the_setting_that_moves_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        settings = Settings(port=0, rasa_url="http://127.0.0.1:1", actions_url=f"http://127.0.0.1:{port}")
        with pytest.raises(SetupError, match=f"Port {port} on 127.0.0.1 is taken.*ACTIONS_URL"):
            check_ports(settings.model_copy(update={"rasa_url": f"http://127.0.0.1:{free_port()}"}))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_serve_without_secrets_ends_with_a_sentence(tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if name not in SECRETS}
    ended = subprocess.run(
        [sys.executable, "-m", "ops.run"],
        cwd=ROOT,
        env=env | dict.fromkeys(SECRETS, "short"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("saathi: RASA_SECRET, ACTIONS_SECRET, JWT_SECRET must be set")
    assert "Traceback" not in ended.stderr


def test_example_lists_every_setting_with_its_default() -> None:
    example = dotenv_values(ROOT / ".env.example")
    assert set(example) == {name.upper() for name in Settings.model_fields}
    defaults = Settings()
    for name, value in example.items():
        if value:
            assert value == str(getattr(defaults, name.lower())), name
    assert not any(example[name] for name in SECRETS)


def test_example_explains_every_setting() -> None:
    lines = [line for line in (ROOT / ".env.example").read_text().splitlines() if "=" in line and line[0] != "#"]
    assert [line for line in lines if " # " not in line] == []
