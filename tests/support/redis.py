"""A real Redis for the tests: on a free port of the loopback address, keeping nothing, gone afterwards."""

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager

from tests.support.ports import free_port

__all__ = ["RedisServer", "run_redis"]

_PATIENCE_SECONDS = 20


class RedisServer:
    """One that can be stopped and started again, and has then forgotten everything."""

    def __init__(self, port: int | None = None, password: str | None = None, *options: str) -> None:
        self._port = port or free_port()
        self._options = [*options, *(["--requirepass", password] if password else [])]
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"redis://{f':{password}@' if password else ''}127.0.0.1:{self._port}/0"

    @property
    def running(self) -> bool:
        return self._process is not None

    def start(self) -> None:
        """Returns when it answers."""
        binary = shutil.which("redis-server")
        assert binary is not None, "redis-server is not installed; scripts/test installs it"
        where = ["--port", str(self._port), "--bind", "127.0.0.1"]
        command = [binary, *where, "--save", "", "--appendonly", "no", *self._options]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _wait_for(self._port)

    def pause(self) -> None:
        """It says nothing any more, and forgets nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """It goes on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """Returns when it is gone."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            process.wait(_PATIENCE_SECONDS)


@contextmanager
def run_redis(port: int | None = None, password: str | None = None) -> Generator[str]:
    """Runs one for as long as this lasts; gives its address."""
    server = RedisServer(port, password)
    try:
        server.start()
        yield server.url
    finally:
        server.stop()


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
