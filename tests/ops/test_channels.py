"""The local vendors beside the assistant: accounts of this run, on free ports."""

import socket
from pathlib import Path

import pytest

from ops.channels import add_vendors, vendors_address
from ops.jobs import SetupError
from ops.machine import Machine, read_machine
from saathi.settings import Settings


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "of a real account")
    monkeypatch.setenv("TWILIO_API_BASE", f"http://127.0.0.1:{free_port()}")
    return read_machine(tmp_path, demo=True)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_no_real_account_is_used(machine: Machine) -> None:
    both = add_vendors(machine, None)
    assert both.env["TWILIO_AUTH_TOKEN"] != "of a real account"
    assert both.env["TWILIO_API_BASE"] == both.env["TELEGRAM_API_BASE"] == vendors_address(both)
    assert add_vendors(machine, None).env["TWILIO_AUTH_TOKEN"] != both.env["TWILIO_AUTH_TOKEN"]


def test_vendors_run_beside_the_three(machine: Machine) -> None:
    assert [program.name for program in machine.programs()] == ["rasa", "actions", "gateway"]
    programs = add_vendors(machine, Path("documents")).programs()
    assert [program.name for program in programs] == ["rasa", "actions", "gateway", "vendors"]
    assert programs[3].argv[-2:] == ["--specs", "documents"]
    assert all(secret not in " ".join(programs[3].argv) for secret in (programs[3].env["TWILIO_AUTH_TOKEN"],))
    assert all(
        program.env["TELEGRAM_SECRET_TOKEN"] == programs[3].env["TELEGRAM_SECRET_TOKEN"] for program in programs[:1]
    )


def test_taken_port_and_real_vendor_are_named(machine: Machine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        base = f"http://127.0.0.1:{server.getsockname()[1]}"
        settings = machine.settings.model_copy(update={"twilio_api_base": base})
        with pytest.raises(SetupError, match=r"is taken.*TWILIO_API_BASE"):
            add_vendors(Machine(machine.root, settings, machine.env), None)
    settings = machine.settings.model_copy(update={"twilio_api_base": "https://api.twilio.com"})
    with pytest.raises(SetupError, match="TWILIO_API_BASE is"):
        add_vendors(Machine(machine.root, settings, machine.env), None)
