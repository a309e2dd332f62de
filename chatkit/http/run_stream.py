"""Server-sent events of a run over ASGI: what a follower gets, written as it comes.

The run has a task of its own, elsewhere, and keeps what it has said. So there is nothing to buffer here, no turn to
hold up, and nothing to tell a hook when the client leaves: it just is not written to any more.
"""

import asyncio

from starlette.types import Receive, Send

from chatkit._runs import Follower
from chatkit.http.connection import HEARTBEAT, Connection
from chatkit.http.pulse import Pulse

__all__ = ["RunStream"]


class RunStream(Connection):
    """One connection that follows a run. `open()` it, and if that says so, call it like any ASGI response.

    When the server has to break off it just ends: the client comes again.
    """

    __slots__ = ("_follower", "_waiter")

    def __init__(
        self, follower: Follower, receive: Receive, *, pulse: Pulse, headers: list[tuple[bytes, bytes]]
    ) -> None:
        super().__init__(receive, pulse, headers)
        self._follower = follower
        self._waiter: asyncio.Future[None] | None = None
        """Of the request's task, while there is nothing for it to do."""

    async def open(self) -> bool:
        """Finds the run; what is wrong with the request is raised. False: the client left."""
        opening = asyncio.get_running_loop().create_task(self._follower.open())
        is_open = False
        try:
            await asyncio.wait({opening, self._watch_client()}, return_when=asyncio.FIRST_COMPLETED)
            if opening.done():
                opening.result()
                is_open = not self._given_up
        finally:
            if not is_open:
                opening.cancel()
                await self._end()
        return is_open

    async def _write(self, send: Send) -> None:
        follower = self._follower
        await self._begin(send)
        follower.listen(self._on_news)
        while True:
            if await self._finish_write():
                continue
            body = follower.take()
            if not body and self._beat_due:
                body = HEARTBEAT
            if body:
                await self._send(send, body, more=True)
            elif follower.ended:
                await self._send(send, b"", more=False)
                return
            else:
                self._since, self._writing = self._pulse.tick, False
                await self._wait()

    async def _wait(self) -> None:
        """Waits until it rings. What a follower does while there is no news comes first."""
        self._waiter = waiter = asyncio.get_running_loop().create_future()
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

    async def _break_off(self, send: Send) -> None:
        """The stream is ended, unless it was just being written to: then all is open."""
        if not (self._writing or self._given_up):
            await self._send_last_word(send, self._follower.take())

    async def _end(self) -> None:
        await super()._end()
        self._follower.close()
