"""Live runs: what they cost and how quick they are, each row beside its floor in one run.

- `streams`: CPU per delta over HTTP, 300 streams at 50 deltas a second: `bare` (a Starlette response of ready frames:
  the floor), `ours` without runs, then runs in memory, over web sockets, in SQLite, in PostgreSQL and in Redis.
  As in `http_streams`, all servers stand at once and take turns of half a second.
- `log`: client CPU for a logged delta, round trips per second and deltas per append, with 300 runs in one process; the
  floor is the driver's own `execute` of an insert for each delta, one by one.
- `delay`: from the hook to a follower of the same process and of another, and from `threads.resume` to the first frame,
  here and there; the floor is the same word through a socket between the two processes.
- `memory`: 1,000 open streams, resident bytes for each, without runs and with.

PostgreSQL and Redis are started for it, if they are installed. `redis` has its leases in SQLite.

    python -m bench.live [streams | log | delay | memory] …
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import shutil
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from pathlib import Path
from typing import Any

if __name__ == "__main__" and __package__ is None:  # as the servers call it
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.http_streams import (
    BARE_FRAME,
    PAUSE_SECONDS,
    REQUEST,
    TURN_SECONDS,
    answer_cpu,
    bare_app,
    directed_server,
    our_app,
    print_table,
    running,
)
from chatkit._runs.book import Book
from chatkit._runs.writer import Writer
from chatkit.live import Entry

SCRIPT = Path(__file__).resolve()
KINDS = ("bare", "ours", "memory", "socket", "sqlite", "postgres", "redis")
LIVE_REQUEST = json.dumps({**json.loads(REQUEST), "extensions": ["runs"]}).encode()
DATABASE = "BENCH_LIVE_DATABASE"


def store_of(kind: str) -> Any:
    """A new store of that kind; its database is in the environment."""
    if kind in ("memory", "socket"):
        from chatkit.store.memory import MemoryStore

        return MemoryStore()
    from chatkit.stores import SQLStore

    if kind == "redis":
        return SQLStore(os.environ[f"{DATABASE}_SQLITE"], pool_size=10, live=os.environ[f"{DATABASE}_REDIS"])
    return SQLStore(os.environ[f"{DATABASE}_{kind.upper()}"], pool_size=10)


def live_app(kind: str, deltas: int) -> Any:
    """`ChatKit` with a store that has runs."""
    from starlette.routing import Route

    from chatkit.http import ChatKit, Settings

    server = directed_server(deltas, store_of(kind))
    server.max_active_runs = 0
    app = ChatKit(server, settings=Settings(turns_per_minute=0, websocket=kind == "socket"))
    app.router.routes.insert(0, Route("/cpu", answer_cpu))
    return app


def serve(kind: str, port: int, deltas: int) -> None:
    """What a server process does."""
    import uvicorn

    app = bare_app(deltas) if kind == "bare" else our_app(deltas) if kind == "ours" else live_app(kind, deltas)
    options: dict[str, Any] = {"access_log": False, "timeout_graceful_shutdown": 0}
    sockets: dict[str, Any] = {"ws_per_message_deflate": False, "ws_ping_interval": None}  # readers here answer no ping
    uvicorn.run(app, port=port, log_level="error", **options, **sockets)


async def streams(options: argparse.Namespace, kinds: Sequence[str], turns: int) -> None:
    """CPU per delta."""
    deltas = int((turns * len(kinds) * TURN_SECONDS + 60) / PAUSE_SECONDS)
    async with contextlib.AsyncExitStack() as stack:
        servers = [
            await stack.enter_async_context(
                running(
                    sys.executable,
                    kind,
                    options.streams,
                    deltas,
                    script=SCRIPT,
                    request=REQUEST if kind in ("bare", "ours") else LIVE_REQUEST,
                )
            )
            for kind in kinds
        ]
        for _ in range(turns):
            for server in servers:
                await server.take_turn(TURN_SECONDS)
    print_table(servers, argparse.Namespace(streams=options.streams, turns=turns))


# The log


async def log(kinds: Sequence[str]) -> None:
    """What it costs to keep a delta."""
    print(f"\n{'300 runs at 50 deltas/s':<24}" + "".join(f"{title:>16}" for title in _LOG_TITLES))
    for kind in kinds:
        cells = await _logged(kind)
        print(f"{kind:<24}" + "".join(f"{cell:>16}" for cell in cells))


_LOG_TITLES = ("CPU/delta", "trips/s", "deltas/append", "one by one")


async def _logged(kind: str) -> Sequence[str]:
    """What 300 runs say: the CPU of collecting and appending, apart from saying it; then, by the clock, how often a
    writer goes to the log, and with how much."""
    store = store_of(kind)
    engine = store.live_engine()
    await engine.leases.start(lambda: None)
    books = [await _held_book(engine, number) for number in range(300)]
    cpu, deltas = 0.0, 0
    for _ in range(60):
        for book in books:
            for _ in range(3):
                book.say(BARE_FRAME)
        before = time.process_time()
        entries = [entry for book in books if (entry := book.collect()) is not None]
        await engine.log.append(entries)
        cpu += time.process_time() - before
        deltas += len(entries) * 3
    before, alone = time.process_time(), 300
    for _ in range(alone):
        books[0].say(BARE_FRAME)
        entry = books[0].collect()
        await engine.log.append([entry] if entry is not None else [])
    one_by_one = (time.process_time() - before) / alone
    trips, per_append = await _written_in_time(engine, books)
    await engine.leases.close()
    await engine.log.close()
    if kind != "memory":
        await store.close()
    return f"{cpu / deltas * 1e6:.1f} µs", f"{trips:.1f}", f"{per_append:.1f}", f"{one_by_one * 1e6:.0f} µs"


async def _held_book(engine: Any, number: int) -> Book:
    run_id, thread_id = f"run_{number}_{time.monotonic_ns()}", f"thr_{number}_{time.monotonic_ns()}"
    await engine.leases.open("bench", run_id)
    fence = await engine.leases.acquire(run_id, thread_id)
    await engine.log.hold(fence)
    return Book(run_id, fence.number)


async def _written_in_time(engine: Any, books: Sequence[Book]) -> tuple[float, float]:
    """Trips a second, and deltas in one entry, while every book says 50 deltas a second."""
    counted: Any = _CountingLog(engine.log)
    writer = Writer(counted, lambda _: None)
    before, began = sum(book.last for book in books), time.perf_counter()

    async def say(book: Book) -> None:
        await asyncio.sleep(random.random() * PAUSE_SECONDS)  # noqa: S311 - they are not in step
        for _ in range(150):
            book.say(BARE_FRAME)
            writer.touch(book)
            await asyncio.sleep(PAUSE_SECONDS)

    await asyncio.gather(*(say(book) for book in books))
    await writer.flush()
    said = sum(book.last for book in books) - before
    return counted.trips / (time.perf_counter() - began), said / counted.entries


class _CountingLog:
    """Passes on what is appended."""

    def __init__(self, log: Any) -> None:
        self._log = log
        self.trips = self.entries = 0

    async def append(self, entries: Sequence[Entry]) -> Any:
        self.trips += 1
        self.entries += len(entries)
        return await self._log.append(entries)


# Delays


async def delay(kinds: Sequence[str]) -> None:
    """From a word said to a word heard. Two processes, each with its own clock of the same machine."""
    print(f"\n{'milliseconds, p50 / p95':<24}" + "".join(f"{title:>22}" for title in _DELAY_TITLES))
    print(f"{'a socket (floor)':<24}{await _socket_delay():>22}")
    for kind in kinds:
        print(f"{kind:<24}" + "".join(f"{cell:>22}" for cell in await _delays(kind)))


_DELAY_TITLES = ("own tab", "other process", "resume here", "resume there")


async def _socket_delay() -> str:
    heard: list[float] = []
    done = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            heard.append(time.perf_counter() - float(line))
        writer.close()
        done.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    _, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
    for _ in range(200):
        writer.write(f"{time.perf_counter()}\n".encode())
        await writer.drain()
        await asyncio.sleep(0.005)
    writer.close()
    await done.wait()
    server.close()
    return _spread(heard)


def _spread(seconds: Sequence[float]) -> str:
    ordered = sorted(value * 1000 for value in seconds)
    return f"{statistics.median(ordered):.1f} / {ordered[int(len(ordered) * 0.95)]:.1f}"


async def _delays(kind: str) -> Sequence[str]:
    """One process asks, another follows; the words are the times at which they were said (one machine, one clock)."""
    async with contextlib.AsyncExitStack() as stack:
        here = await stack.enter_async_context(_process(kind))
        there = None if kind == "memory" else await stack.enter_async_context(_process(kind))
        own: list[float] = []
        other: list[float] = []
        began = asyncio.Event()
        named: dict[str, str] = {}

        async def ask() -> None:
            async for event in _events(here, "threads.create", input=json.loads(REQUEST)["params"]["input"]):
                if event["type"] == "thread.created":
                    named["thread_id"] = event["thread"]["id"]
                if event["type"] == "stream_options":
                    began.set()
                own.extend(_lateness(event))

        async def follow(port: int) -> None:
            async for event in _events(port, "threads.resume", **named):
                other.extend(_lateness(event))

        asking = asyncio.create_task(ask())
        await began.wait()
        following = [] if there is None else [asyncio.create_task(follow(there))]
        resumed: dict[int, list[float]] = {}
        for port in (here, *([] if there is None else [there])):
            for _ in range(30):
                await asyncio.sleep(0.02)
                asked = time.perf_counter()
                async for _ in _events(port, "threads.resume", **named):
                    resumed.setdefault(port, []).append(time.perf_counter() - asked)
                    break
        await asyncio.gather(asking, *following)
        other = other[5:]  # what was said before it came
        return (
            _spread(own),
            "" if there is None else _spread(other),
            _spread(resumed[here]),
            "" if there is None else _spread(resumed[there]),
        )


def _lateness(event: dict[str, Any]) -> list[float]:
    """How late the words of a delta are: each is the time at which it was said."""
    now = time.time()
    update = event.get("update", {})
    if update.get("type") != "assistant_message.content_part.text_delta":
        return []
    return [now - float(word) for word in update["delta"].split()]


@contextlib.asynccontextmanager
async def _process(kind: str) -> AsyncGenerator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(sys.executable, str(SCRIPT), "--tell", kind, "--port", str(port))
    try:
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            await asyncio.sleep(0.05)
        yield port
    finally:
        process.kill()
        await process.wait()


def tell(kind: str, port: int) -> None:
    """A server that says the time, 20 times a second for 8 seconds."""
    import uvicorn

    from chatkit.http import ChatKit, Settings
    from chatkit.server import ChatKitServer
    from chatkit.types import ThreadItemAddedEvent, ThreadItemDoneEvent
    from tests.support.runs import delta, message

    class Teller(ChatKitServer[Any]):
        async def respond(self, thread: Any, input_user_message: Any, context: Any) -> AsyncIterator[Any]:
            yield ThreadItemAddedEvent(item=message(thread, "msg"))
            for _ in range(160):
                await asyncio.sleep(0.05)
                yield delta("msg", f"{time.time()} ")
            yield ThreadItemDoneEvent(item=message(thread, "msg"))

    app = ChatKit(Teller(store_of(kind)), context=lambda _: {"user_id": "bench"}, settings=Settings(turns_per_minute=0))
    uvicorn.run(app, port=port, log_level="error", access_log=False, timeout_graceful_shutdown=0)


async def _events(port: int, operation: str, **params: Any) -> AsyncIterator[dict[str, Any]]:
    body = json.dumps({"type": operation, "params": params, "extensions": ["runs"]}).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    head = (
        "POST /chatkit HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    try:
        while line := await reader.readline():
            if line.startswith(b"data: "):
                yield json.loads(line[6:])
                if b'"run.ended"' in line:
                    return
    finally:
        writer.close()


async def memory(kinds: Sequence[str]) -> None:
    """What an open stream takes. They say a word a second: more than a thousand could not be served by one process."""
    os.environ["BENCH_PAUSE_SECONDS"] = "1"
    print(f"\n{'1,000 open streams':<24}{'KiB each':>16}{'first delta':>16}")
    for kind in kinds:
        request = REQUEST if kind in ("bare", "ours") else LIVE_REQUEST
        async with running(sys.executable, kind, 1000, 2000, script=SCRIPT, request=request) as server:
            print(f"{kind:<24}{server.memory:>12.0f} KiB{server.first:>13.0f} ms")


# All of it


async def run(options: argparse.Namespace) -> None:
    """The rows that were asked for."""
    wanted = options.rows or ["streams", "log", "delay", "memory"]
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        os.environ[f"{DATABASE}_SQLITE"] = f"sqlite+aiosqlite:///{folder}/live.db"
        kinds = [kind for kind in KINDS if kind not in ("postgres", "redis")]
        from tests.support.postgres import find_binaries, run_postgres

        if find_binaries() is not None:
            from chatkit.stores.sql import upgrade

            server = stack.enter_context(run_postgres())
            os.environ[f"{DATABASE}_POSTGRES"] = server.url
            await upgrade(server.url)
            kinds.append("postgres")
        if shutil.which("redis-server") is not None:
            from tests.support.redis import run_redis

            os.environ[f"{DATABASE}_REDIS"] = stack.enter_context(run_redis())
            kinds.append("redis")
        engines = [kind for kind in kinds if kind not in ("bare", "ours", "socket")]
        if options.kinds:
            kinds = [kind for kind in kinds if kind in options.kinds]
        if "streams" in wanted:
            await streams(options, kinds, options.turns)
        if "log" in wanted:
            await log(engines)
        if "delay" in wanted:
            await delay(engines)
        if "memory" in wanted:
            await memory(kinds)


def main() -> None:
    """Reads the options; some are what this script calls itself with."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", help="streams, log, delay, memory: all unless named")
    parser.add_argument("--kinds", nargs="*", choices=KINDS, help="only these")
    parser.add_argument("--streams", type=int, default=300)
    parser.add_argument("--turns", type=int, default=60)
    parser.add_argument("--serve", choices=KINDS, help=argparse.SUPPRESS)
    parser.add_argument("--tell", choices=KINDS, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--deltas", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve, options.port, options.deltas)
    elif options.tell:
        tell(options.tell, options.port)
    else:
        asyncio.run(run(options))


if __name__ == "__main__":
    main()
