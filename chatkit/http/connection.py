"""A connection on which server-sent events are written over ASGI: what turns and runs have in common.

There is one shortcut, which `docs/performance.md` has the figures of: under uvicorn whoever has something to say makes
the write itself, as far as it needs no waiting, in place of waking the request's task for it.
"""

import asyncio
import types
from abc import ABC, abstractmethod
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any

from starlette.types import Receive, Scope, Send

from chatkit._steps import rest_of
from chatkit.http.pulse import Pulse
from chatkit.logger import logger

__all__ = ["BODY", "HEARTBEAT", "Connection"]

BODY = "http.response.body"
HEARTBEAT = b": \n\n"

_LAST_WORD_SECONDS = 1.0
"""How long a server that shuts down waits for a reader to take the news."""
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store, no-transform"),  # proxies that compress would hold events back
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


class Connection(ABC):
    """Called like any ASGI response, once it is known that there is something to send.

    In silence a comment is sent, and a write that takes too long ends the connection, both as `pulse` has it.
    """

    __slots__ = (
        "_beat_due",
        "_direct",
        "_given_up",
        "_headers",
        "_patience",
        "_pulse",
        "_receive",
        "_since",
        "_stalled",
        "_unfinished",
        "_watch",
        "_writing",
    )

    def __init__(self, receive: Receive, pulse: Pulse, headers: list[tuple[bytes, bytes]]) -> None:
        self._receive = receive
        self._pulse = pulse
        self._headers = headers
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
        """For whoever has something to say to write to itself, once the answer has begun."""
        self._unfinished: Awaitable[None] | None = None
        """What is left of a write that was begun there."""
        self._watch: asyncio.Task[None] | None = None
        """Waits for the client to leave."""

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
                logger.warning("A client took nothing of its stream for too long: it is broken off.")
            elif not self._given_up:
                self._leave()
        finally:
            await self._end()

    # What differs

    @abstractmethod
    async def _write(self, send: Send) -> None:
        """Writes to the end of what there is."""

    @abstractmethod
    async def _break_off(self, send: Send) -> None:
        """The request was cancelled."""

    @abstractmethod
    def _ring(self) -> None:
        """Wakes the request's task, if it waits: there is something to do."""

    async def _end(self) -> None:
        """Ends what still runs."""
        self._pulse.discard(self)
        if self._watch is not None:
            self._watch.cancel()

    def _leave(self) -> None:
        """The client is gone."""
        self._give_up()

    def _give_up(self) -> None:
        """Nothing is written from here on."""
        if not self._given_up:
            self._given_up = True
            self._direct = None
            if self._patience is not None:
                self._patience.reschedule(0)

    # Writing

    async def _begin(self, send: Send) -> None:
        self._since, self._writing = self._pulse.tick, True
        heartbeat = (b"chatkit-heartbeat", f"{self._pulse.silence:g}".encode())
        await send({"type": "http.response.start", "status": 200, "headers": [*_HEADERS, heartbeat, *self._headers]})
        self._direct = send if _is_uvicorns(send) else None

    async def _send(self, send: Send, body: bytes, *, more: bool) -> None:
        self._beat_due = False
        self._since, self._writing = self._pulse.tick, True
        await send({"type": BODY, "body": body, "more_body": more})

    async def _finish_write(self) -> bool:
        """Finishes a write that was begun by whoever had something to say. Whether there was one."""
        if self._unfinished is None:
            return False
        unfinished, self._unfinished = self._unfinished, None
        await unfinished
        return True

    def _write_directly(self, send: Send, body: bytes) -> bool:
        """Writes from where something is said. Whether that is done, so that more can be."""
        write: Any = send({"type": BODY, "body": body, "more_body": True})  # a coroutine: uvicorn's
        try:
            waits_for = write.send(None)
        except StopIteration:
            self._since = self._pulse.tick
            return True
        except OSError:
            self._leave()
        except Exception:  # noqa: BLE001 - the server's failure, which must not be whoever's that says something
            logger.exception("A stream could not be written.")
            self._give_up()
        else:
            self._since, self._writing = self._pulse.tick, True
            self._unfinished = _going_on(write, waits_for)
            self._ring()
        return False

    async def _send_last_word(self, send: Send, body: bytes) -> None:
        with suppress(OSError):
            async with asyncio.timeout(_LAST_WORD_SECONDS):
                await send({"type": BODY, "body": body, "more_body": False})

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

    def _watch_client(self) -> asyncio.Task[None]:
        """Has it noticed when the client leaves, from now on."""
        self._watch = asyncio.get_running_loop().create_task(self._wait_for_leave())
        return self._watch

    async def _wait_for_leave(self) -> None:
        with suppress(OSError):  # some servers fail to read from a client that is gone
            while (await self._receive())["type"] != "http.disconnect":
                pass
        self._leave()


def _is_uvicorns(send: Send) -> bool:
    """Whether it is the server's own, with no layer around it that might not bear to change tasks in its middle."""
    return isinstance(send, types.MethodType) and type(send.__self__).__module__.startswith("uvicorn.protocols.")


_going_on = types.coroutine(rest_of)
