"""Server-sent events over ASGI.

Two tasks share the work. The turn has one of its own, from its first step to its close: hooks may have timeouts, task
groups and context variables open across their events. It puts its frames into a small buffer. The request's task writes
what is there as soon as the turn waits: one event at once, several that came without waiting in one write. A reader
that is slow makes the turn wait for room, so that nothing piles up. A third task waits for the client to leave.

There is one shortcut, which `docs/performance.md` has the figures of: under uvicorn the turn's task makes the write
itself, as far as it needs no waiting, in place of waking the request's task for it.

Who ends a stream early matters. A client that leaves cancels the turn: the user stopped it. When the request's task is
cancelled (a server that shuts down and has run out of patience), or a reader takes nothing any more, the turn is only
interrupted.
"""

import asyncio
import types
from collections.abc import AsyncIterable, Awaitable, Callable, Generator
from contextlib import suppress
from typing import Any

from starlette.types import Receive, Scope, Send

from chatkit._iterators import close
from chatkit._steps import Steps, rest_of
from chatkit.http.direct import going_on, is_uvicorns
from chatkit.http.pulse import Pulse
from chatkit.logger import logger

__all__ = ["BODY", "HEADERS", "HEARTBEAT", "JOIN_LIMIT", "LAST_WORD_SECONDS", "EventStream"]

JOIN_LIMIT = 64 * 1024
"""Bytes that wait to be written, and are joined into one write, at most; the frame that passes the limit still fits."""

LAST_WORD_SECONDS = 1.0
"""How long a server that shuts down waits for a reader to take the news."""

BODY = "http.response.body"
HEARTBEAT = b": \n\n"
_BROKEN_OFF = b'data: {"type":"error","code":"stream.error","allow_retry":true}\n\n'
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store, no-transform"),  # proxies that compress would hold events back
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


class EventStream:
    """One streamed answer. `open()` it, and if that says so, call it like any ASGI response.

    `frames` is a turn as `ChatKitServer.process()` gives it: whole frames of server-sent events. In silence a comment
    is sent, and a write that takes too long ends the stream, both as `pulse` has it. `on_leave` is called when the
    client leaves, before the turn is cancelled for it. `goes_on`: the frames are a run's, which goes on without this
    stream; when it has to be broken off it just ends, and the client comes again.
    """

    __slots__ = (
        "_beat_due",
        "_buffer",
        "_direct",
        "_frames",
        "_given_up",
        "_goes_on",
        "_headers",
        "_on_leave",
        "_opened",
        "_patience",
        "_pulse",
        "_receive",
        "_since",
        "_stalled",
        "_stopping",
        "_turn",
        "_unfinished",
        "_watch",
        "_writing",
    )

    def __init__(
        self,
        frames: AsyncIterable[bytes],
        receive: Receive,
        *,
        pulse: Pulse,
        headers: list[tuple[bytes, bytes]],
        on_leave: Callable[[], None],
        goes_on: bool = False,
    ) -> None:
        self._goes_on = goes_on
        self._frames = aiter(frames)
        self._receive = receive
        self._pulse = pulse
        self._headers = headers
        self._on_leave = on_leave
        self._buffer = _Buffer()
        self._opened = False
        """Whether the answer has begun, so that an error has no other place than the log."""
        self._stopping = False
        """Whether the turn was told to end."""
        self._given_up = False
        """Whether nothing is to be written any more."""
        self._stalled = False
        self._patience: asyncio.Timeout | None = None
        """Around the writing: what ends it from outside."""
        self._writing = False
        self._since = pulse.tick
        """The tick at which the write under way began, or else the last one ended."""
        self._beat_due = False
        self._direct: Send | None = None
        """For the turn's task to write to itself, once the answer has begun."""
        self._unfinished: Awaitable[None] | None = None
        """What is left of a write that the turn's task began."""
        loop = asyncio.get_running_loop()
        self._turn = loop.create_task(self._run())
        self._turn.add_done_callback(self._on_turn_done)
        self._watch = loop.create_task(self._wait_for_leave())

    async def open(self) -> bool:
        """Waits for the first event, so that an error before it can still become a status: it is raised.

        False: the client left.
        """
        try:
            while not (self._turn.done() or self._buffer.frames):
                await self._buffer.news()
        except asyncio.CancelledError:
            await self._end()
            raise
        if self._given_up or not self._buffer.frames:
            await self._end()
            if not self._buffer.frames:
                self._raise_failure()
        self._opened = True
        return not self._given_up

    def _raise_failure(self) -> None:
        if not self._turn.cancelled():
            self._turn.result()
        elif not self._given_up:  # no cancellation of the request, which must not be taken for one
            raise RuntimeError("The turn was cancelled from inside before its first event.")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the answer. Returns early, without an error, when the client leaves or takes nothing any more."""
        try:
            async with asyncio.timeout(None) as self._patience:
                self._pulse.add(self)
                try:
                    await self._write(send)
                finally:
                    self._patience = None
        except asyncio.CancelledError:
            await self._break_off(send)
            raise
        except OSError:  # of the server that fails to write, or of our own patience, which has run out
            if self._stalled:
                logger.warning("A client took nothing of its stream for too long: the answer is broken off.")
            elif not self._given_up:
                self._leave()
        finally:
            await self._end()

    # The turn

    async def _run(self) -> None:
        """All of the turn runs here, its close included."""
        try:
            try:
                await self._step()
            finally:
                await close(self._frames)
        except Exception:
            if self._opened or self._buffer.frames:
                logger.exception("A stream broke off.")
            raise

    @types.coroutine
    def _step(self) -> Generator[Any, Any, None]:
        """Steps the turn to its end: by hand, so as to see when it begins to wait."""
        buffer, advance, flush = self._buffer, self._frames.__anext__, self._flush
        put = buffer.frames.append
        while True:
            step: Steps[bytes] = advance().__await__()
            try:
                waits_for = step.send(None)
                flush()
                try:
                    yield waits_for
                except BaseException as error:  # noqa: BLE001 - the turn's affair: it may be a hook's timeout
                    frame = yield from rest_of(step, step.throw(error))
                else:
                    frame = yield from step
            except StopIteration as stop:
                frame = stop.value
            except StopAsyncIteration:
                return
            if self._stopping:  # a hook that catches its cancellation and goes on is closed
                raise asyncio.CancelledError
            put(frame)
            buffer.size += len(frame)
            del frame  # many turns wait, and none needs to hold what it has handed on
            if buffer.size >= JOIN_LIMIT:
                yield from self._wait_for_room().__await__()

    def _flush(self) -> None:
        """The turn waits: has written what it has put into the buffer, unless the request's task is at it already."""
        buffer = self._buffer
        if self._writing or not buffer.frames:
            return
        if self._direct is None:
            buffer.ring()
            return
        write: Any = self._direct({"type": BODY, "body": buffer.take(), "more_body": True})  # a coroutine: uvicorn's
        try:
            waits_for = write.send(None)
        except StopIteration:
            self._since = self._pulse.tick
        except OSError:
            self._leave()
        except Exception:  # noqa: BLE001 - the server's failure, which must not be the turn's
            logger.exception("A stream could not be written.")
            self._give_up()
        else:
            self._since, self._writing = self._pulse.tick, True
            self._unfinished = going_on(write, waits_for)
            buffer.ring()

    async def _wait_for_room(self) -> None:
        """Waits until the reader has caught up.

        A cancellation that comes meanwhile and is not this stream's is for the hook, which has a timeout or a task
        group open around its event. It is put off until the hook has run on and waits for something itself: so it comes
        where it belongs, or not at all when the hook is out of there by then.
        """
        self._buffer.ring()
        put_off = False
        while self._buffer.size >= (2 * JOIN_LIMIT if put_off else JOIN_LIMIT):
            try:
                await self._buffer.room()
            except asyncio.CancelledError:
                if self._stopping:
                    raise
                put_off = True
        if put_off:
            asyncio.get_running_loop().call_soon(self._cancel_again)

    def _cancel_again(self) -> None:
        if self._turn.cancelling() and not self._stopping:
            self._turn.uncancel()
            self._turn.cancel()

    def _on_turn_done(self, turn: asyncio.Task[None]) -> None:
        self._buffer.ring()

    # Writing

    async def _write(self, send: Send) -> None:
        buffer, pulse, more = self._buffer, self._pulse, True
        self._since, self._writing = pulse.tick, True
        heartbeat = (b"chatkit-heartbeat", f"{pulse.silence:g}".encode())
        await send({"type": "http.response.start", "status": 200, "headers": [*HEADERS, heartbeat, *self._headers]})
        self._direct = send if is_uvicorns(send) else None
        while more:
            if self._unfinished is not None:
                unfinished, self._unfinished = self._unfinished, None
                await unfinished
                continue
            if buffer.frames:
                body = buffer.take()
            elif self._turn.done():
                body, more = b"" if self._goes_on or self._went_well() else _BROKEN_OFF, False
            elif self._beat_due:
                body = HEARTBEAT
            else:
                self._since, self._writing = pulse.tick, False
                await buffer.news()
                continue
            self._beat_due = False
            self._since, self._writing = pulse.tick, True
            await send({"type": BODY, "body": body, "more_body": more})

    def _went_well(self) -> bool:
        return not self._turn.cancelled() and self._turn.exception() is None

    async def _break_off(self, send: Send) -> None:
        """The request was cancelled. The client is told, unless it was just being written to: then all is open."""
        in_doubt = self._writing
        await self._end()
        if not (in_doubt or self._writing or self._given_up):
            body = self._buffer.take() + (b"" if self._goes_on else _BROKEN_OFF)
            with suppress(OSError):
                async with asyncio.timeout(LAST_WORD_SECONDS):
                    await send({"type": BODY, "body": body, "more_body": False})

    def on_tick(self) -> None:
        """Has a comment sent when there was silence for long enough, and ends a write that takes too long."""
        waited, pulse = self._pulse.tick - self._since, self._pulse
        if not self._writing:
            if waited >= pulse.silent_ticks:
                self._beat_due = True
                self._buffer.ring()
        elif pulse.stalled_ticks is not None and waited >= pulse.stalled_ticks and not self._given_up:
            self._stalled = True
            self._give_up()

    # The end

    async def _wait_for_leave(self) -> None:
        with suppress(OSError):  # some servers fail to read from a client that is gone
            while (await self._receive())["type"] != "http.disconnect":
                pass
        self._leave()

    def _leave(self) -> None:
        if not self._turn.done():
            self._on_leave()
        self._give_up()

    def _give_up(self) -> None:
        """Nothing is written from here on."""
        if not self._given_up:
            self._given_up = True
            self._direct = None
            self._stop_turn()
            if self._patience is not None:
                self._patience.reschedule(0)

    def _stop_turn(self) -> None:
        """Cancels the turn, once: what a hook does about it must not be cancelled too."""
        if not self._stopping:
            self._stopping = True
            self._turn.cancel()

    async def _end(self) -> None:
        """Ends what still runs, and waits until the turn has stored what it had, however often it is cancelled."""
        self._pulse.discard(self)
        self._watch.cancel()
        self._stop_turn()
        cancelled: asyncio.CancelledError | None = None
        while not self._turn.done():
            try:
                await asyncio.wait([self._turn])
            except asyncio.CancelledError as error:
                cancelled = error
        if cancelled is not None:
            raise cancelled


class _Buffer:
    """Frames between the turn, which puts them in one by one, and the request, which takes all there are."""

    __slots__ = ("_room", "frames", "size", "waiter")

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.size = 0
        """Bytes of the frames."""
        self.waiter: asyncio.Future[None] | None = None
        """Of the request's task, while there is nothing for it to do."""
        self._room: asyncio.Future[None] | None = None

    def take(self) -> bytes:
        """All there is, as one."""
        frames = self.frames
        if len(frames) == 1:
            body = frames.pop()
        else:
            body = b"".join(frames)
            frames.clear()
        self.size = 0
        if self._room is not None:
            self._make_room()
        return body

    def _make_room(self) -> None:
        room, self._room = self._room, None
        if room is not None and not room.done():
            room.set_result(None)

    def ring(self) -> None:
        """Wakes the request's task, if it waits: there is something to do."""
        waiter, self.waiter = self.waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    def news(self) -> asyncio.Future[None]:
        """Comes true when it rings. To be awaited at once, by one task."""
        self.waiter = waiter = asyncio.get_running_loop().create_future()
        return waiter

    async def room(self) -> None:
        """Waits until what is here is taken. For one task."""
        self._room = asyncio.get_running_loop().create_future()
        await self._room
