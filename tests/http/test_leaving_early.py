"""Clients that leave, servers that give up, hooks with timeouts: whatever the moment, nothing is left behind."""

import asyncio
import gc
import json
import logging
import random
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import pytest

from chatkit.http import Settings
from chatkit.http.event_stream import JOIN_LIMIT, EventStream
from chatkit.http.pulse import Pulse
from chatkit.types import ProgressUpdateEvent, ThreadItemDoneEvent
from tests.http.servers import EchoServer, chatkit, create, message

PATIENCE = 20
SCOPE: dict[str, Any] = {
    "type": "http",
    "http_version": "1.1",
    "method": "POST",
    "path": "/chatkit",
    "raw_path": b"/chatkit",
    "root_path": "",
    "query_string": b"",
    "scheme": "http",
    "server": ("chat.test", 80),
    "client": ("127.0.0.1", 1),
    "headers": [(b"host", b"chat.test"), (b"content-type", b"application/json")],
}


class Talkative(EchoServer):
    """Waits, speaks and is silent in turns, and counts what runs."""

    running = 0

    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> AsyncIterator[Any]:
        self.running += 1
        try:
            for number in range(8):
                await asyncio.sleep(0)
                yield ProgressUpdateEvent(text=f"{number} " + "x" * 20_000)
            await asyncio.sleep(0.02)  # a silence, with heartbeats
            yield ThreadItemDoneEvent(item=message(self, thread, "done", context))
        finally:
            self.running -= 1


async def steps(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def ask(app: Any, leaves_after: float | None, *, slowness: int, fails: bool, cancelled: bool = False) -> None:
    """One request whose client is gone after some turns of the loop, or whose task is cancelled then."""
    left = asyncio.Event()
    asked = False

    async def receive() -> Any:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": json.dumps(create()).encode(), "more_body": False}
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(sent: Any) -> None:
        await steps(slowness)
        if left.is_set() and fails:
            raise OSError

    request = asyncio.create_task(app({**SCOPE, "state": {}}, receive, send))
    if leaves_after is not None:
        await (asyncio.sleep(leaves_after) if leaves_after < 1 else steps(int(leaves_after)))
        if cancelled:
            request.cancel()
        left.set()
    await asyncio.wait_for(asyncio.wait([request]), PATIENCE)
    if not request.cancelled():
        request.result()


def moments(rng: random.Random) -> dict[str, Any]:
    """Before the first event, between opening and writing, in the middle of a write, in a silence; or not at all."""
    after = rng.choice([rng.randrange(1, 60), rng.random() * 0.04, None])
    return {
        "leaves_after": after,
        "slowness": rng.choice([0, 0, 1, 3]),
        "fails": rng.random() < 0.5,
        "cancelled": rng.random() < 0.3,
    }


async def test_leaving_at_any_moment_leaves_nothing_behind(caplog: pytest.LogCaptureFixture) -> None:
    rng = random.Random(7)  # noqa: S311
    server = Talkative()
    app = chatkit(server, settings=Settings(heartbeat_seconds=0.01, stall_seconds=5, turns_per_minute=0))
    faults: list[Any] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: faults.append(context))
    before = asyncio.all_tasks()
    with caplog.at_level(logging.WARNING):
        for _ in range(20):
            await asyncio.gather(*(ask(app, **moments(rng)) for _ in range(20)))
    await steps(5)
    gc.collect()
    await steps(5)
    assert asyncio.all_tasks() == before
    assert server.running == 0
    assert len(app.streams) == 0
    assert [thing for thing in gc.get_objects() if isinstance(thing, (EventStream, Pulse)) and _beats(thing)] == []
    assert faults == []
    assert caplog.records == []


def _beats(thing: EventStream | Pulse) -> bool:
    return len(thing) > 0 if isinstance(thing, Pulse) else True


class Driven:
    """An `EventStream` over frames of a test's, with a reader that takes writes when it is told to."""

    def __init__(self, frames: Any) -> None:
        self.taking = asyncio.Event()
        self.written: list[bytes] = []
        self.left: list[bool] = []
        self.stream = EventStream(
            frames, self._receive, pulse=Pulse(15), headers=[], on_leave=lambda: self.left.append(True)
        )

    async def _receive(self) -> Any:
        await asyncio.Event().wait()

    async def _send(self, sent: Any) -> None:
        if sent["type"] == "http.response.body":
            await self.taking.wait()
            self.written.append(sent["body"])

    async def play(self) -> list[bytes]:
        assert await self.stream.open()
        await asyncio.wait_for(self.stream({}, self._receive, self._send), PATIENCE)
        return b"".join(self.written).split(b"|")[:-1]


def frame(number: int) -> bytes:
    return b"%d" % number + b"x" * JOIN_LIMIT + b"|"


def numbers(frames: list[bytes]) -> list[int]:
    return [int(one.rstrip(b"x")) for one in frames]


async def test_a_timeout_of_the_hooks_own_comes_where_it_stands_while_the_reader_stalls() -> None:
    driven: Driven

    async def turn() -> AsyncGenerator[bytes]:
        for number in range(3):
            try:
                async with asyncio.timeout(0.01):
                    yield frame(number)
                    await asyncio.Event().wait()
            except TimeoutError:
                driven.taking.set()
        yield frame(3)

    driven = Driven(turn())
    assert numbers(await driven.play()) == [0, 1, 2, 3]


async def test_a_timeout_that_the_hook_has_left_behind_when_it_runs_on_cancels_nothing() -> None:
    """It was up while there was no room; the hook goes on, leaves it, and only then waits."""
    driven: Driven
    cancelled: list[int] = []

    async def turn() -> AsyncGenerator[bytes]:
        for number in range(4):
            async with asyncio.timeout(0.01) as patience:
                yield frame(number)
            try:
                await asyncio.sleep(0.01)
            except asyncio.CancelledError:
                cancelled.append(number)
                raise
            if patience.expired():
                driven.taking.set()

    driven = Driven(turn())
    assert numbers(await driven.play()) == [0, 1, 2, 3]
    assert cancelled == []


async def test_a_task_group_of_the_hooks_own_that_fails_while_the_reader_stalls_is_the_hooks_affair() -> None:
    driven: Driven
    caught: list[str] = []

    async def fail() -> None:
        await asyncio.sleep(0.01)
        raise LookupError("no such book")

    async def turn() -> AsyncGenerator[bytes]:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(fail())
                yield frame(0)
                await asyncio.Event().wait()
        except* LookupError as error:
            caught.append(str(error.exceptions[0]))
            driven.taking.set()
        yield frame(1)

    driven = Driven(turn())
    assert numbers(await driven.play()) == [0, 1]
    assert caught == ["no such book"]


async def test_hooks_with_many_timeouts_do_not_fill_the_memory_of_a_stalled_reader() -> None:
    made = 0
    idle = asyncio.Event()

    async def turn() -> AsyncGenerator[bytes]:
        nonlocal made
        while made < 500:
            try:
                async with asyncio.timeout(0.001):
                    made += 1
                    yield frame(made)
                    await asyncio.Event().wait()
            except TimeoutError:
                pass

    driven = Driven(turn())
    playing = asyncio.create_task(driven.play())
    asyncio.get_running_loop().call_later(0.3, idle.set)
    await idle.wait()
    assert made <= 5
    driven.taking.set()
    assert numbers(await playing) == list(range(1, 501))


@pytest.mark.parametrize("moment", ["before the first event", "between the events"])
async def test_a_hook_that_is_cancelled_from_inside_is_a_failure_and_no_leaving(
    moment: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A hook that awaits a task which somebody cancelled: nobody has left, and nobody is shutting down."""

    async def turn() -> AsyncGenerator[bytes]:
        if moment == "between the events":
            yield b"one|"
        raise asyncio.CancelledError

    driven = Driven(turn())
    driven.taking.set()
    if moment == "before the first event":
        with pytest.raises(RuntimeError, match="cancelled from inside"):
            await driven.stream.open()
    else:
        await driven.play()
        assert b'"stream.error"' in b"".join(driven.written)
    assert driven.left == []


async def test_a_turn_begins_and_ends_in_one_task_whoever_ends_it() -> None:
    """So that what it holds open across its events, as a context variable's token, can be closed."""
    tasks: list[Any] = []

    async def turn() -> AsyncGenerator[bytes]:
        tasks.append(asyncio.current_task())
        try:
            while True:
                yield frame(0)
                await asyncio.sleep(0)
        finally:
            tasks.append(asyncio.current_task())

    driven = Driven(turn())
    assert await driven.stream.open()
    answering = asyncio.create_task(driven.stream({}, driven._receive, driven._send))
    await steps(10)
    answering.cancel()
    await asyncio.wait_for(asyncio.wait([answering]), PATIENCE)
    assert answering.cancelled()
    assert len(tasks) == 2
    assert tasks[0] is tasks[1]


async def test_a_write_that_a_shutdown_cuts_short_is_not_made_again() -> None:
    async def turn() -> AsyncGenerator[bytes]:
        yield b"one|"
        await asyncio.Event().wait()

    driven = Driven(turn())
    assert await driven.stream.open()
    answering = asyncio.create_task(driven.stream({}, driven._receive, driven._send))
    await steps(10)
    answering.cancel()
    await asyncio.wait_for(asyncio.wait([answering]), PATIENCE)
    driven.taking.set()
    await steps(10)
    assert driven.written == []
