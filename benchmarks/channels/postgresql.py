"""A PostgreSQL server of the run's own, with its usual durability, where one is installed."""

import contextlib
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.servers import free_port


def find_programs() -> Path | None:
    """The folder of PostgreSQL's programs, the newest; None where it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    on_path = shutil.which("initdb")
    return found[-1] if found else Path(on_path).parent if on_path else None


@contextlib.contextmanager
def run_server(programs: Path) -> Iterator[str]:
    """A server on loopback, in a temporary folder; the address of its database."""
    port = free_port()
    account = pwd.getpwnam("postgres") if os.geteuid() == 0 else None  # its programs refuse root
    owner = (account.pw_uid, account.pw_gid) if account else (None, None)

    def call(program: str, *arguments: str) -> None:
        subprocess.run(
            [programs / program, *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=60,
            cwd="/",
            user=owner[0],
            group=owner[1],
        )

    with TemporaryDirectory(prefix="saathi-bench-") as folder:
        if account:
            os.chown(folder, account.pw_uid, account.pw_gid)
        call("initdb", "-D", folder, "-U", "saathi", "-A", "trust", "-E", "UTF8", "--no-locale")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        call("pg_ctl", "-D", folder, "-l", f"{folder}/log", "-w", "-o", options, "start")
        try:
            yield f"postgresql://saathi@127.0.0.1:{port}/postgres"
        finally:
            call("pg_ctl", "-D", folder, "-m", "immediate", "-w", "stop")
