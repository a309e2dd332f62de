"""A real PgBouncer for the tests, which gives each transaction another connection."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.postgres import PostgresServer
from tests.support.redis import free_port

__all__ = ["find_pgbouncer", "run_pgbouncer"]

_PATIENCE_SECONDS = 20


def find_pgbouncer() -> str | None:
    """Where it is installed."""
    return shutil.which("pgbouncer", path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")


@contextmanager
def run_pgbouncer(server: PostgresServer) -> Generator[str]:
    """Runs one before the server for as long as this lasts; gives its address."""
    binary = find_pgbouncer()
    assert binary is not None
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        users, config = Path(folder) / "users.txt", Path(folder) / "pgbouncer.ini"
        users.write_text('"tests" ""\n')
        config.write_text(
            f"[databases]\npostgres = host=127.0.0.1 port={server.port}\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
            f"auth_type = trust\nauth_file = {users}\npool_mode = transaction\n"
            "ignore_startup_parameters = extra_float_digits,options\n"
        )
        as_user = ["-u", "nobody"] if os.geteuid() == 0 else []  # it refuses to run as root
        process = subprocess.Popen([binary, *as_user, "-q", str(config)], stderr=subprocess.DEVNULL)
        try:
            _wait_for(port)
            yield server.url.replace(f":{server.port}/", f":{port}/")
        finally:
            process.terminate()
            process.wait(_PATIENCE_SECONDS)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise TimeoutError("PgBouncer did not start")
