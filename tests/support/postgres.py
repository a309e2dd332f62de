"""A real PostgreSQL for the tests: its own data folder, a free port of the loopback address, gone afterwards."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["PostgresServer", "find_binaries", "run_postgres", "unprivileged_user"]

_USERS = ("postgres", "nobody")  # PostgreSQL refuses to run as root
_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "150",
    "listen_addresses": "127.0.0.1",
}


def find_binaries() -> Path | None:
    """The folder of `initdb` and `pg_ctl`: what `pg_config` says, the newest of Debian's, or that of the path."""
    found: list[Path] = []
    if pg_config := shutil.which("pg_config"):
        answer = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        found.append(Path(answer.stdout.strip()))
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    found += sorted(debian, key=lambda folder: [int(n) for n in folder.parent.name.split(".")], reverse=True)
    if pg_ctl := shutil.which("pg_ctl"):
        found.append(Path(pg_ctl).parent)
    return next((folder for folder in found if (folder / "initdb").exists() and (folder / "pg_ctl").exists()), None)


def unprivileged_user() -> pwd.struct_passwd | None:
    """The user to run a server as that refuses to be root's, when the tests run as root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next(known[name] for name in _USERS if name in known)


class PostgresServer:
    """One server. `start` and `stop` may be called in turns: the port and the data stay."""

    def __init__(self, binaries: Path, folder: Path, user: pwd.struct_passwd | None) -> None:
        self._binaries = binaries
        self._folder = folder
        self._user = user
        self.port = _free_port()
        self.running = False

    @property
    def url(self) -> str:
        """The address, for `SQLStore`."""
        return f"postgresql+psycopg://tests@127.0.0.1:{self.port}/postgres"

    def create(self) -> None:
        """Makes the data folder."""
        self._run("initdb", "--auth=trust", "--username=tests", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")

    def start(self) -> None:
        """Returns when the server takes connections."""
        options = " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items())
        options += f" -p {self.port} -k {self._folder}"
        self._run("pg_ctl", "-w", "-s", "-l", str(self._folder / "log"), "-o", options, "start")
        self.running = True

    def stop(self) -> None:
        """Returns when the server is gone. Open connections are cut."""
        if self.running:
            self._run("pg_ctl", "-w", "-s", "-m", "fast", "stop")
            self.running = False

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Inside, the server takes connections, as its kernel does, and says nothing."""
        first = int((self._folder / "data" / "postmaster.pid").read_text().split()[0])
        stopped = [first, *_children(first)]
        for process in stopped:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in stopped:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGCONT)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._binaries / program), "-D", str(self._folder / "data"), *arguments]
        if self._user is not None:
            command = ["runuser", "-u", self._user.pw_name, "--", *command]
        # A server keeps what it inherits: pipes would keep this process waiting for it.
        with (self._folder / "output").open("w+") as output:
            done = subprocess.run(command, stdout=output, stderr=output, cwd=self._folder, check=False)
            output.seek(0)
            if done.returncode:
                raise RuntimeError(f"{program} failed: {output.read()}")


def _children(parent: int) -> list[int]:
    found: list[int] = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            after_name = status.read_text().rpartition(")")[2].split()
            if int(after_name[1]) == parent:
                found.append(int(status.parent.name))
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def run_postgres() -> Iterator[PostgresServer]:
    """A running server. Raises `FileNotFoundError` when PostgreSQL is not installed."""
    binaries = find_binaries()
    if binaries is None:
        raise FileNotFoundError("PostgreSQL is not installed: no initdb was found.")
    user = unprivileged_user()
    folder = Path(tempfile.mkdtemp(prefix="open-chatkit-postgres-", dir="/tmp"))  # short: it holds the socket
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    server = PostgresServer(binaries, folder, user)
    try:
        server.create()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
