"""Server-sent events of a run over ASGI: what a follower gets, written as it comes.

The run has a task of its own, elsewhere, and keeps what it has said. So there is nothing to buffer here, no turn to
hold up, and nothing to tell a hook when the client leaves: it just is not written to any more.
"""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any

from starlette.types import Receive, Scope, Send

from chatkit._runs import Follower
from chatkit.http.direct import going_on, is_uvicorns
from chatkit.http.event_stream import BODY, HEADERS, HEARTBEAT, LAST_WORD_SECONDS
from chatkit.http.pulse import Pulse
from chatkit.logger import logger

__all__ = ["RunStream"]


class RunStream:
    """One connection that follows a run. `open()` it, and if that says so, call it like any ASGI response.

    In silence a comment is sent, and a write that takes too long ends the connection, both as `pulse` has it. When the
    server has to break off it just ends: the client comes again.
    """

    __slots__ = (
        "_beat_due",
        "_direct",
        "_follower",
        "_given_up",
        "_headers",
        "_loop",
        "_patience",
        "_pulse",
        "_receive",
        "_since",
        "_stalled",
        "_unfinished",
        "_waiter",
        "_watch",
        "_writing",
    )

    def __init__(
        self, follower: Follower, receive: Receive, *, pulse: Pulse, headers: list[tuple[bytes, bytes]]
    ) -> None:
        self._follower = follower
        self._receive = receive
        self._pulse = pulse
        self._headers = headers
        self._loop = asyncio.get_running_loop()
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
        """For whoever brings news to write to itself."""
        self._unfinished: Awaitable[None] | None = None
        """What is left of a write that was begun in the middle of something else."""
        self._waiter: asyncio.Future[None] | None = None
        """Of the request's task, while there is nothing for it to do."""
        self._watch = self._loop.create_task(self._wait_for_leave())

    async def open(self) -> bool:
        """Finds the run; what is wrong with the request is raised. False: the client left."""
        opening = self._loop.create_task(self._follower.open())
        try:
            await asyncio.wait({opening, self._watch}, return_when=asyncio.FIRST_COMPLETED)
            if opening.done():
                opening.result()
            return opening.done() and not self._given_up
        except BaseException:
            self._end()
            raise
        finally:
            if not opening.done():
                opening.cancel()
                self._end()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends what comes. Returns early, without an error, when the client leaves or takes nothing any more."""
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
                logger.warning("A client took nothing of its stream for too long: it has to come again.")
        finally:
            self._end()

    async def _write(self, send: Send) -> None:
        follower, pulse = self._follower, self._pulse
        self._since, self._writing = pulse.tick, True
        heartbeat = (b"chatkit-heartbeat", f"{pulse.silence:g}".encode())
        await send({"type": "http.response.start", "status": 200, "headers": [*HEADERS, heartbeat, *self._headers]})
        follower.listen(self._on_news)
        self._direct = send if is_uvicorns(send) else None
        while True:
            if self._unfinished is not None:
                unfinished, self._unfinished = self._unfinished, None
                await unfinished
                continue
            body = follower.take()
            if not body and self._beat_due:
                body = HEARTBEAT
            if body or follower.ended:
                self._beat_due = False
                self._since, self._writing = pulse.tick, True
                await send({"type": BODY, "body": body, "more_body": bool(body)})
                if not body:
                    return
                continue
            self._since, self._writing = pulse.tick, False
            await self._wait()

    async def _wait(self) -> None:
        """Waits until it rings. What a follower does while there is no news comes first."""
        self._waiter = waiter = self._loop.create_future()
        if await self._follower.pause():
            await waiter

    def _ring(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    def _on_news(self) -> None:
        """Writes what has come, unless the request's task is at it already."""
        if self._writing or self._given_up:
            return
        if self._direct is not None:
            while body := self._follower.take():
                if not self._write_directly(self._direct, body):
                    return
        if self._direct is None or self._follower.ended or self._follower.pauses:
            self._ring()

    def _write_directly(self, send: Send, body: bytes) -> bool:
        """Whether it was written at once, and more can be."""
        write: Any = send({"type": BODY, "body": body, "more_body": True})  # a coroutine: uvicorn's
        try:
            waits_for = write.send(None)
        except StopIteration:
            self._since = self._pulse.tick
            return True
        except OSError:
            self._give_up()
        except Exception:  # noqa: BLE001 - the server's failure, which must not be whoever brings news
            logger.exception("A stream could not be written.")
            self._give_up()
        else:
            self._since, self._writing = self._pulse.tick, True
            self._unfinished = going_on(write, waits_for)
            self._ring()
        return False

    def on_tick(self) -> None:
        """Has a comment sent when there was silence for long enough, and ends a write that takes too long."""
        waited, pulse = self._pulse.tick - self._since, self._pulse
        if not self._writing:
            if waited >= pulse.silent_ticks:
                self._beat_due = True
                self._ring()
        elif pulse.stalled_ticks is not None and waited >= pulse.stalled_ticks and not self._given_up:
            self._stalled = True
            self._give_up()

    # The end

    async def _wait_for_leave(self) -> None:
        with suppress(OSError):  # some servers fail to read from a client that is gone
            while (await self._receive())["type"] != "http.disconnect":
                pass
        self._give_up()

    def _give_up(self) -> None:
        """Nothing is written from here on."""
        if not self._given_up:
            self._given_up = True
            self._direct = None
            if self._patience is not None:
                self._patience.reschedule(0)

    async def _break_off(self, send: Send) -> None:
        """The request was cancelled. The stream is ended, unless it was just being written to: then all is open."""
        if not (self._writing or self._given_up):
            with suppress(OSError):
                async with asyncio.timeout(LAST_WORD_SECONDS):
                    await send({"type": BODY, "body": self._follower.take(), "more_body": False})

    def _end(self) -> None:
        self._pulse.discard(self)
        self._watch.cancel()
        self._follower.close()
