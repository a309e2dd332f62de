"""Server-sent events over ASGI, lean: no task and no timer per event, no queue.

One task steps the turn and writes. What the turn has ready without waiting is joined into one write; as soon as the
turn waits, what is ready goes out. A reader that is slow makes the write wait, and the turn with it, so that nothing
piles up. Beside that task there are the request's own and one that waits for the client to leave.

Who ends a stream early matters. A client that leaves cancels the turn: the user stopped it. When the request's task is
cancelled (a server that shuts down and has run out of patience), the turn is only interrupted.
"""

import asyncio
import sys
import types
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import suppress
from typing import Any, Protocol, runtime_checkable

from starlette.types import Receive, Scope, Send

from chatkit.http.heartbeats import TICKS, Heartbeats
from chatkit.logger import logger

__all__ = ["EventStream", "Events"]

JOIN_LIMIT = 64 * 1024
"""Bytes that are joined into one write at most."""

_WRITING = sys.maxsize
"""In the place of the tick of the last write while one goes on, which is no silence however long the reader takes."""

_BODY = "http.response.body"
_HEARTBEAT = b": \n\n"
_BROKEN_OFF = b'data: {"type":"error","code":"stream.error","allow_retry":true}\n\n'
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]

Step = Generator[Any, Any, bytes]
"""What drives an awaitable: yields what the task has to wait for, returns the event."""


class Events(Protocol):
    """A turn's frames, each a whole one, as `ChatKitServer.process()` gives them."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Starts the turn."""
        ...


@runtime_checkable
class _Closable(Protocol):
    """An iterator that has an end to be told of, as async generators do."""

    async def aclose(self) -> None: ...


class EventStream:
    """One streamed answer. `open()` it, and if that says so, call it like any ASGI response.

    In silence a comment is sent as often as `heartbeats` says. `on_leave` is called when the client leaves, before the
    turn is cancelled for it.
    """

    __slots__ = (
        "_beat",
        "_events",
        "_headers",
        "_heartbeats",
        "_left",
        "_on_leave",
        "_opened",
        "_pump",
        "_receive",
        "_send",
        "_watch",
        "_written_at",
    )

    def __init__(
        self,
        events: Events,
        receive: Receive,
        *,
        heartbeats: Heartbeats,
        headers: list[tuple[bytes, bytes]],
        on_leave: Callable[[], None],
    ) -> None:
        self._events = aiter(events)
        self._receive = receive
        self._heartbeats = heartbeats
        self._headers = headers
        self._on_leave = on_leave
        loop = asyncio.get_running_loop()
        self._opened: asyncio.Future[None] = loop.create_future()
        self._send: asyncio.Future[Send] = loop.create_future()
        self._left = False
        self._written_at = heartbeats.tick
        self._beat: asyncio.Task[None] | None = None
        self._pump = loop.create_task(self._run())
        self._watch = loop.create_task(self._wait_for_leave())

    async def open(self) -> bool:
        """Waits for the first event, so that an error before it can still become a status. False: the client left."""
        try:
            await asyncio.wait([self._opened, self._pump], return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            await self._end()
            raise
        if self._opened.done():
            return True
        await self._end()
        if not self._left:
            self._pump.result()
        return False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the answer. Returns early, without an error, when the client leaves."""
        try:
            await send({"type": "http.response.start", "status": 200, "headers": [*_HEADERS, *self._headers]})
            self._written_at = self._heartbeats.tick
            self._heartbeats.add(self)
            self._send.set_result(send)
            await asyncio.wait([self._pump])
            await self._end()
            if not self._left:
                await send({"type": _BODY, "body": b"" if self._went_well() else _BROKEN_OFF})
        except asyncio.CancelledError:
            await self._end()
            if not self._left:
                await send({"type": _BODY, "body": _BROKEN_OFF})
            raise
        except OSError:
            self._leave()
            await self._end()

    def _went_well(self) -> bool:
        return not self._pump.cancelled() and self._pump.exception() is None

    async def _end(self) -> None:
        """Ends what still runs, and waits until the turn has stored what it had."""
        self._watch.cancel()
        self._heartbeats.discard(self)
        self._pump.cancel()
        await asyncio.wait([self._pump])
        await self._settle_beat()

    # The task that steps the turn

    async def _run(self) -> None:
        """All of the turn runs in this task, first event included: hooks may have timeouts and task groups open."""
        try:
            first = await anext(self._events, None)
            self._opened.set_result(None)
            if first is not None:
                await self._deliver(first, await self._send)
        except Exception:
            if self._opened.done():
                logger.exception("A stream broke off.")
            raise
        finally:
            if isinstance(self._events, _Closable):
                await self._events.aclose()

    @types.coroutine
    def _deliver(self, first: bytes, send: Send) -> Generator[Any, Any, None]:
        """Steps the turn to its end. Written as a generator, so as to see the moment at which the turn waits."""
        ready, size = [first], len(first)
        advance, heartbeats = self._events.__anext__, self._heartbeats
        while True:
            step: Step = advance().__await__()  # pyright: ignore[reportAssignmentType] - what drives an awaitable is one
            try:
                waits_for = step.send(None)
                # Nothing more is ready: out with what is, then wait for what the step waits for.
                interruption: BaseException | None = None
                try:
                    if len(ready) == 1 and self._beat is None:  # `_write`, without a call: this is nearly every event
                        self._written_at = _WRITING
                        yield from send({"type": _BODY, "body": ready[0], "more_body": True}).__await__()
                        self._written_at = heartbeats.tick
                        del ready[0]
                    elif ready:
                        yield from self._write(ready, send)
                    size = 0
                    yield waits_for
                except BaseException as error:  # noqa: BLE001 - the step's own affair: it may be a hook's timeout
                    interruption = self._as_cancellation(error)
                if interruption is None:
                    event = yield from step
                else:
                    event = yield from _rest(step, step.throw(interruption))
            except StopIteration as stop:
                event = stop.value
            except StopAsyncIteration:
                break
            except Exception:
                if ready:  # what came before the failure is the client's all the same
                    yield from self._write(ready, send)
                raise
            if self._left:  # a hook that catches its cancellation and goes on is closed
                raise asyncio.CancelledError
            ready.append(event)
            size += len(event)
            if size >= JOIN_LIMIT:
                yield from self._write(ready, send)
                size = 0
                yield  # a turn that never waits must not keep the others from running
        if ready:
            yield from self._write(ready, send)

    def _write(self, ready: list[bytes], send: Send) -> Generator[Any, Any, None]:
        """Writes what is ready, and empties the list. Interrupted, it leaves the list as it is."""
        if self._beat is not None:
            yield from self._settle_beat().__await__()
        body = ready[0] if len(ready) == 1 else b"".join(ready)
        self._written_at = _WRITING
        yield from send({"type": _BODY, "body": body, "more_body": True}).__await__()
        self._written_at = self._heartbeats.tick
        ready.clear()

    def _as_cancellation(self, error: BaseException) -> BaseException:
        """Some servers tell of a client that left by failing to write."""
        if not isinstance(error, OSError):
            return error
        self._leave()
        return asyncio.CancelledError("The client left.")

    # The client's leaving

    async def _wait_for_leave(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        if not self._pump.done():
            self._leave()
            self._pump.cancel("The client left.")

    def _leave(self) -> None:
        self._left = True
        self._on_leave()

    # Heartbeats

    def on_tick(self) -> None:
        """Sends a comment if there was silence for long enough and the reader is not just slow."""
        silent = self._heartbeats.tick - self._written_at >= TICKS
        if silent and self._beat is None:
            self._beat = asyncio.get_running_loop().create_task(self._send_beat())

    async def _send_beat(self) -> None:
        send = await self._send
        try:
            with suppress(OSError):  # the client left; the next write, or the watch, will say so
                await send({"type": _BODY, "body": _HEARTBEAT, "more_body": True})
            self._written_at = self._heartbeats.tick
        finally:
            self._beat = None

    async def _settle_beat(self) -> None:
        """Waits until a heartbeat that is being written is out, so that writes stay in order."""
        if self._beat is not None:
            await asyncio.wait([self._beat])


def _rest(step: Step, waits_for: object) -> Generator[Any, Any, bytes]:
    """Goes on with a step that waits once more, as `yield from` would had it started the step."""
    try:
        while True:
            try:
                yield waits_for
            except BaseException as error:  # noqa: BLE001 - handed on
                waits_for = step.throw(error)
            else:
                waits_for = step.send(None)
    except StopIteration as stop:
        return stop.value
