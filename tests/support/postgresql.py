"""A PostgreSQL server on loopback, on a free port, for the length of a test session."""

import os
import pwd
import shutil
import socket
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


class Server:
    """A running server whose databases are made on demand."""

    def __init__(self, programs: Path, folder: Path, port: int) -> None:
        self._programs = programs
        self._folder = folder
        self.port = port

    def new_database(self, like: str | None = None) -> str:
        """The address of a fresh database: empty, or a copy of the one at the address `like`, which nobody may use."""
        name = f"t{uuid.uuid4().hex}"
        template = ["-T", like.rpartition("/")[2]] if like else []
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "saathi", *template, name)
        return f"postgresql+asyncpg://saathi@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        options += " -c autovacuum=off"  # it would visit each of hundreds of small databases every minute
        self._run("pg_ctl", "-D", str(self._folder), "-l", str(self._folder / "log"), "-w", "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        self._run("pg_ctl", "-D", str(self._folder), "-m", mode, "-w", "stop")

    def make(self) -> None:
        self._run("initdb", "-D", str(self._folder), "-U", "saathi", "-A", "trust", "-E", "UTF8", "--no-locale")

    def _run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs; they refuse root, who therefore becomes somebody else."""
        account = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        subprocess.run(
            [self._programs / program, *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=60,
            cwd="/",
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
        )


def find_programs() -> Path | None:
    """The folder of PostgreSQL's programs, newest first; None when it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if found:
        return found[-1]
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


@contextmanager
def run_server() -> Iterator[Server]:
    """A server with its data in a temporary folder: not in pytest's, which each session closes to other accounts."""
    programs = find_programs()
    if programs is None:
        raise RuntimeError("PostgreSQL is not installed; on Debian: apt-get install postgresql")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with TemporaryDirectory(prefix="saathi-postgresql-") as folder:
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(folder, account.pw_uid, account.pw_gid)
        server = Server(programs, Path(folder), port)
        server.make()
        server.start()
        try:
            yield server
        finally:
            server.stop("immediate")
