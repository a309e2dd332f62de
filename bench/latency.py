"""How long a short request takes over a connection that is kept: `chatkit serve` beside bare uvicorn.

Three servers in one run, each a process of its own: uvicorn with an application that answers at once, `chatkit serve`,
and `chatkit serve --workers 2`. Two requests are timed: `GET /health`, which bare uvicorn answers with as many bytes,
and `threads.list`, one of the protocol's. One client sends one request after the other, to the servers in turns, so
that what changes on the machine meanwhile meets all of them alike.

    python -m bench.latency
"""

import argparse
import asyncio
import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path

APPLICATION = """
from chatkit.server import ChatKitServer
from chatkit.stores import MemoryStore
from chatkit.types import ProgressUpdateEvent


class Server(ChatKitServer):
    async def respond(self, thread, input_user_message, context):
        yield ProgressUpdateEvent(text="here")


server = Server(MemoryStore())
ANSWER = b'{"status":"ok","checks":{"store":{"status":"ok"}}}'


async def bare(scope, receive, send):
    if scope["type"] == "http":
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(ANSWER))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": ANSWER})
"""
LIST = json.dumps({"type": "threads.list", "params": {}}).encode()
REQUESTS = {
    "GET /health": b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "threads.list": b"POST /chatkit HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "
    + str(len(LIST)).encode()
    + b"\r\n\r\n"
    + LIST,
}
SERVERS = {
    "uvicorn, bare": ("-m", "uvicorn", "latency_app:bare", "--log-level", "error"),
    "chatkit serve": ("-c", "from chatkit.cli import main; main()", "serve", "latency_app:server"),
    "the same, --workers 2": (
        "-c",
        "from chatkit.cli import main; main()",
        "serve",
        "latency_app:server",
        "--workers",
        "2",
    ),
}
ROUND = 50


@dataclass
class Server:
    """A running server, and the seconds that each request to it took."""

    name: str
    port: int
    seconds: dict[str, list[float]] = field(default_factory=dict[str, list[float]])

    async def take_turn(self) -> None:
        """A round of each request, over one connection."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        for name, request in REQUESTS.items():
            self.seconds.setdefault(name, []).extend([await _ask(reader, writer, request) for _ in range(ROUND)])
        writer.close()


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> float:
    """Sends it, head first and the body after it, as many clients do, and reads the answer."""
    began = time.perf_counter()
    head, end, body = request.partition(b"\r\n\r\n")
    writer.write(head + end)
    if body:
        writer.write(body)
    answer = await reader.readuntil(b"\r\n\r\n")
    length = next(line for line in answer.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    await reader.readexactly(int(length.split(b":")[1]))
    return time.perf_counter() - began


@contextlib.asynccontextmanager
async def running(name: str, folder: Path) -> AsyncGenerator[Server]:
    """Starts a server, and waits until it takes connections."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = Server(name, free.getsockname()[1])
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *(*SERVERS[name], "--port", str(server.port)),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(Path(__file__).parent.parent)])},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        await asyncio.wait_for(_until_up(server.port), 30)
        yield server
    finally:
        process.terminate()
        await process.wait()


async def _until_up(port: int) -> None:
    while True:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0.05)


async def compare(rounds: int) -> None:
    """Has the servers answer in turns, and prints the figures."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "latency_app.py").write_text(APPLICATION)
        async with contextlib.AsyncExitStack() as stack:
            servers = [await stack.enter_async_context(running(name, Path(folder))) for name in SERVERS]
            for server in servers:
                await server.take_turn()  # warm
                server.seconds.clear()
            for _ in range(rounds):
                for server in servers:
                    await server.take_turn()
    print(f"{rounds * ROUND} requests each, one after the other")
    print(f"{'server':<24}{'request':<16}{'p50':>10}{'p95':>10}")
    for server in servers:
        for request, seconds in server.seconds.items():
            cuts = statistics.quantiles(seconds, n=20)
            print(f"{server.name:<24}{request:<16}{cuts[9] * 1000:>7.2f} ms{cuts[18] * 1000:>7.2f} ms")


def main() -> None:
    """Reads the options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    asyncio.run(compare(parser.parse_args().rounds))


if __name__ == "__main__":
    main()
