"""Server-sent events over ASGI.

Two tasks share the work. The turn has one of its own, from its first step to its close: hooks may have timeouts, task
groups and context variables open across their events. It puts its frames into a small buffer. The request's task writes
what is there as soon as the turn waits: one event at once, several that came without waiting in one write. A reader
that is slow makes the turn wait for room, so that nothing piles up. A third task waits for the client to leave.

Who ends a stream early matters. A client that leaves cancels the turn: the user stopped it. When the request's task is
cancelled (a server that shuts down and has run out of patience), or a reader takes nothing any more, the turn is only
interrupted.
"""

import asyncio
import types
from collections.abc import AsyncIterable, Callable, Generator
from typing import Any

from starlette.types import Receive, Send

from chatkit._iterators import close
from chatkit._steps import Steps, rest_of
from chatkit.http.connection import HEARTBEAT, Connection
from chatkit.http.pulse import Pulse
from chatkit.logger import logger

__all__ = ["JOIN_LIMIT", "EventStream"]

JOIN_LIMIT = 64 * 1024
"""Bytes that wait to be written, and are joined into one write, at most; the frame that passes the limit still fits."""

_BROKEN_OFF = b'data: {"type":"error","code":"stream.error","allow_retry":true}\n\n'


class EventStream(Connection):
    """One streamed answer. `open()` it, and if that says so, call it like any ASGI response.

    `frames` is a turn as `ChatKitServer.process()` gives it: whole frames of server-sent events. `on_leave` is called
    when the client leaves, before the turn is cancelled for it. `goes_on`: when it has to be broken off it just ends,
    and the client comes again.
    """

    __slots__ = ("_buffer", "_frames", "_goes_on", "_on_leave", "_opened", "_stopping", "_turn")

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
        super().__init__(receive, pulse, headers)
        self._frames = aiter(frames)
        self._goes_on = goes_on
        self._on_leave = on_leave
        self._buffer = _Buffer()
        self._opened = False
        """Whether the answer has begun, so that an error has no other place than the log."""
        self._stopping = False
        """Whether the turn was told to end."""
        self._turn = asyncio.get_running_loop().create_task(self._run())
        self._turn.add_done_callback(self._on_turn_done)
        self._watch_client()

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
        self._write_directly(self._direct, buffer.take())

    def _ring(self) -> None:
        self._buffer.ring()

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
        buffer, more = self._buffer, True
        await self._begin(send)
        while more:
            if await self._finish_write():
                continue
            if buffer.frames:
                body = buffer.take()
            elif self._turn.done():
                body, more = b"" if self._goes_on or self._went_well() else _BROKEN_OFF, False
            elif self._beat_due:
                body = HEARTBEAT
            else:
                self._since, self._writing = self._pulse.tick, False
                await buffer.news()
                continue
            await self._send(send, body, more=more)

    def _went_well(self) -> bool:
        return not self._turn.cancelled() and self._turn.exception() is None

    async def _break_off(self, send: Send) -> None:
        """The request was cancelled. The client is told, unless it was just being written to: then all is open."""
        in_doubt = self._writing
        await self._end()
        if not (in_doubt or self._writing or self._given_up):
            await self._send_last_word(send, self._buffer.take() + (b"" if self._goes_on else _BROKEN_OFF))

    # The end

    def _leave(self) -> None:
        if not self._turn.done():
            self._on_leave()
        super()._leave()

    def _give_up(self) -> None:
        if not self._given_up:
            self._stop_turn()
        super()._give_up()

    def _stop_turn(self) -> None:
        """Cancels the turn, once: what a hook does about it must not be cancelled too."""
        if not self._stopping:
            self._stopping = True
            self._turn.cancel()

    async def _end(self) -> None:
        """Ends what still runs, and waits until the turn has stored what it had, however often it is cancelled."""
        await super()._end()
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
