"""Server-sent events over ASGI, lean: no task and no timer per event, no queue.

The request's own task steps the turn. What the turn has ready without waiting is joined into one write; as soon as it
waits, what is ready goes out. A reader that is slow makes the write wait, and the turn with it, so that nothing piles
up. Beside the request's task there is one that waits for the client to leave, and one timer for heartbeats.

Who ends a stream early matters. A client that leaves cancels the turn: the user stopped it. Anything else that cancels
the request's task (a server that shuts down and has run out of patience) only interrupts the turn.
"""

import asyncio
import types
from collections.abc import AsyncIterator, Callable, Generator
from typing import Any, Protocol, runtime_checkable

from starlette.types import Receive, Scope, Send

from chatkit.logger import logger

__all__ = ["EventStream", "Events"]

JOIN_LIMIT = 64 * 1024
"""Bytes that are joined into one write at most."""

_HEARTBEAT = b": \n\n"
_INTERRUPTED = b'data: {"type":"error","code":"stream.error","allow_retry":true}\n\n'
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]

Awaiting = Generator[Any, Any, bytes]
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
    """One streamed answer. `open()` it, and if that says so, call it like any ASGI response, both in the same task.

    `heartbeat` is the silence in seconds after which a comment is sent. `on_leave` is called when the client leaves,
    before the turn is cancelled for it.
    """

    def __init__(
        self,
        events: Events,
        receive: Receive,
        *,
        heartbeat: float,
        headers: list[tuple[bytes, bytes]],
        on_leave: Callable[[], None],
    ) -> None:
        self._events = aiter(events)
        self._receive = receive
        self._interval = heartbeat
        self._headers = [*_HEADERS, *headers]
        self._on_leave = on_leave
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self._left = False
        self._closed = False
        self._first: bytes | None = None
        self._watch: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._beat: asyncio.Task[None] | None = None
        self._writing = False
        self._written_at = 0.0

    async def open(self) -> bool:
        """Waits for the first event, so that an error before it can still become a status. False: the client left."""
        self._watch = self._loop.create_task(self._wait_for_leave())
        try:
            self._first = await anext(self._events, None)
        except asyncio.CancelledError:
            await self._close()
            if self._was_left():
                return False
            raise
        except BaseException:
            await self._close()
            raise
        return True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the answer. Returns early, without an error, when the client leaves."""
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self._headers})
            if self._first is not None:
                self._written_at = self._loop.time()
                self._timer = self._loop.call_later(self._interval, self._on_silence, send)
                await self._deliver(self._first, send)
            self._finish()
            await self._settle_beat()
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except (asyncio.CancelledError, OSError) as error:
            await self._close()
            if self._was_left() or isinstance(error, OSError):
                return
            await send({"type": "http.response.body", "body": _INTERRUPTED, "more_body": False})
            raise
        except Exception:  # noqa: BLE001 - the boundary of a request
            logger.exception("A stream broke off.")
            await self._close()
            await send({"type": "http.response.body", "body": _INTERRUPTED, "more_body": False})
        finally:
            await self._close()

    # One event after the other ------------------------------------------------------------------------------------

    @types.coroutine
    def _deliver(self, first: bytes, send: Send) -> Generator[Any, Any, None]:
        """Steps the turn to its end. Written as a generator, so as to see the moment at which the turn waits."""
        ready, size = [first], len(first)
        advance = self._events.__anext__
        while True:
            step: Awaiting = advance().__await__()  # pyright: ignore[reportAssignmentType]  # a generator in effect
            interruption: BaseException | None = None
            try:
                waits_for = step.send(None)
            except StopIteration as stop:
                event = stop.value
            except StopAsyncIteration:
                break
            else:
                if ready:
                    try:
                        yield from self._write(ready, send).__await__()
                        ready, size = [], 0
                    except (asyncio.CancelledError, OSError) as error:
                        interruption = self._as_cancellation(error)
                try:
                    event = yield from _resume(step, waits_for, interruption)
                except StopAsyncIteration:
                    break
                if self._left:  # the hook caught the cancellation and went on; closing the turn ends it
                    raise asyncio.CancelledError
            ready.append(event)
            size += len(event)
            if size >= JOIN_LIMIT:
                yield from self._write(ready, send).__await__()
                ready, size = [], 0
                yield  # a turn that never waits must not keep the others from running
        if ready:
            yield from self._write(ready, send).__await__()

    async def _write(self, ready: list[bytes], send: Send) -> None:
        self._writing = True
        try:
            if self._beat is not None:
                await self._settle_beat()
            body = ready[0] if len(ready) == 1 else b"".join(ready)
            await send({"type": "http.response.body", "body": body, "more_body": True})
        finally:
            self._writing = False
        self._written_at = self._loop.time()

    def _as_cancellation(self, error: BaseException) -> asyncio.CancelledError:
        """Some servers tell of a client that left by failing to write."""
        if isinstance(error, asyncio.CancelledError):
            return error
        self._leave()
        return asyncio.CancelledError("The client left.")

    # The client's leaving -------------------------------------------------------------------------------------------

    async def _wait_for_leave(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        if not self._closed and self._task is not None:
            self._leave()
            self._task.cancel("The client left.")

    def _leave(self) -> None:
        self._left = True
        self._on_leave()

    def _was_left(self) -> bool:
        """Whether the stream ended because the client left. Then the task goes on as if nobody had cancelled it."""
        if self._left and self._task is not None and self._task.cancelling():
            self._task.uncancel()
        return self._left

    # Heartbeats -----------------------------------------------------------------------------------------------------

    def _on_silence(self, send: Send) -> None:
        rest = self._written_at + self._interval - self._loop.time()
        if rest <= 0:
            rest = self._interval
            if not self._writing:  # else the reader is slow, and gets no more to read
                self._beat = self._loop.create_task(self._send_beat(send))
        self._timer = self._loop.call_later(rest, self._on_silence, send)

    async def _send_beat(self, send: Send) -> None:
        try:
            await send({"type": "http.response.body", "body": _HEARTBEAT, "more_body": True})
        except OSError:
            return  # the client left; the next write, or the watch, will say so
        self._written_at = self._loop.time()

    async def _settle_beat(self) -> None:
        """Waits until a heartbeat that is being written is out, so that writes stay in order."""
        beat, self._beat = self._beat, None
        if beat is not None:
            await asyncio.wait([beat])

    # The end --------------------------------------------------------------------------------------------------------

    def _finish(self) -> None:
        """From here on, a client that leaves cancels nothing, and no heartbeat is sent."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def _close(self) -> None:
        self._finish()
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        await self._settle_beat()
        if isinstance(self._events, _Closable):
            await self._events.aclose()


def _resume(step: Awaiting, waits_for: object, interruption: BaseException | None) -> Awaiting:
    """Goes on with a step that waits, as `yield from` would had it started the step.

    `interruption` is raised inside the step first. What the step then does is the step's own affair: a hook's timeout
    also arrives as a cancellation of the task, and the hook goes on after it.
    """
    try:
        if interruption is not None:
            waits_for = step.throw(interruption)
        while True:
            try:
                value = yield waits_for
            except GeneratorExit:
                step.close()
                raise
            except BaseException as error:  # noqa: BLE001 - handed on, as `yield from` does
                waits_for = step.throw(error)
            else:
                waits_for = step.send(value)
    except StopIteration as stop:
        return stop.value
