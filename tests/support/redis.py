"""A real Redis for the tests: on a free port of the loopback address, keeping nothing, gone afterwards."""

import shutil
import socket
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager

__all__ = ["run_redis"]

_PATIENCE_SECONDS = 20


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def run_redis(port: int | None = None, password: str | None = None) -> Generator[str]:
    """Runs one for as long as this lasts; gives its address."""
    binary = shutil.which("redis-server")
    assert binary is not None, "redis-server is not installed; scripts/test installs it"
    port = port or free_port()
    options = ["--requirepass", password] if password else []
    command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", *options]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield f"redis://{f':{password}@' if password else ''}127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(_PATIENCE_SECONDS)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                if connection.recv(16):
                    return
        except OSError:
            time.sleep(0.02)
    raise TimeoutError("Redis did not start")
