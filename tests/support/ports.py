"""Ports of the loopback address, for servers that a test starts."""

import socket
import subprocess
import time

__all__ = ["free_port", "wait_for_port"]

_PATIENCE_SECONDS = 20


def free_port() -> int:
    """One that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Returns when the process takes connections there. Raises when it has ended, or takes too long."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if process.poll() is not None:
                raise RuntimeError(f"{process.args!r} ended with {process.returncode}.") from None
            time.sleep(0.02)  # nothing tells
        else:
            return
    raise TimeoutError(f"{process.args!r} did not start.")
