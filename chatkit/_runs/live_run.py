"""A run of this process: a turn in a task of its own, and what becomes of it at the end."""

import asyncio
import types
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Literal

from chatkit._runs.book import Book
from chatkit._steps import Steps, rest_of
from chatkit.live import Fence, Outcome

__all__ = ["Ending", "LiveRun"]

Ending = Literal["stopped", "interrupted"]
"""Why a run is ended from outside: the user wants it, or the server cannot go on."""

_ERROR = b'data: {"type":"error"'
_BREATH = 64
"""Frames after which a hook that never waits has others have their turn."""


class LiveRun:
    """One run. Its task plays the turn to its end, then calls `settle` with how it ended."""

    def __init__(self, run_id: str, owner: str) -> None:
        self.id = run_id
        self.owner = owner
        self.book = Book(run_id)
        self.fence: Fence | None = None
        self.began = False
        """Whether there is a turn, and not just a refusal."""
        self.ending: Ending | None = None
        self.outcome: Outcome | None = None
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Comes true with the first frame; or with the error that came in its place."""
        self.opened.add_done_callback(_seen)
        self.settled = asyncio.Event()
        """What was written is stored, and the thread is free."""
        self._task: asyncio.Task[None] | None = None
        self._callbacks: list[Callable[[], object]] = []

    @property
    def thread_id(self) -> str | None:
        return None if self.fence is None else self.fence.thread_id

    def begin(
        self,
        frames: AsyncGenerator[bytes, None],
        said: Callable[[Book], None],
        settle: Callable[["LiveRun", Outcome], Awaitable[None]],
    ) -> None:
        """Starts the task. `said` is called with the first frame, and the first after each tick."""
        self._task = asyncio.get_running_loop().create_task(self._play(frames, said, settle))

    def end(self, why: Ending) -> None:
        """Ends the turn where it stands. The first reason counts."""
        if self.ending is None and self.outcome is None and self._task is not None:
            self.ending = why
            self._task.cancel()

    def on_settled(self, call: Callable[[], object]) -> None:
        """Has `call` called at the end."""
        self._callbacks.append(call)

    def call_back(self) -> None:
        """Calls whoever wanted to know of the end."""
        for call in self._callbacks:
            call()
        self._callbacks.clear()

    async def _play(
        self,
        frames: AsyncGenerator[bytes, None],
        said: Callable[[Book], None],
        settle: Callable[["LiveRun", Outcome], Awaitable[None]],
    ) -> None:
        failed = False
        error: BaseException | None = None
        try:
            try:
                failed = await self._say(frames, said)
            finally:
                await frames.aclose()
        except asyncio.CancelledError as cancelled:
            if self.ending is None:  # of whoever ends the event loop
                self.ending, error = "interrupted", cancelled
        except Exception as raised:  # noqa: BLE001 - raised where the request is answered
            error = raised
            if not self.opened.done():
                self.opened.set_exception(raised)
        outcome: Outcome = self._outcome(failed=failed, raised=error is not None)
        await settle(self, outcome)
        self._open()
        if isinstance(error, asyncio.CancelledError):
            raise error

    @types.coroutine
    def _say(self, frames: AsyncGenerator[bytes, None], said: Callable[[Book], None]) -> Steps[bool]:
        """Says what comes; whenever the turn begins to wait, all of it is told at once. Whether the turn failed."""
        book, recent, advance, failed = self.book, self.book.recent, frames.__anext__, False
        while True:
            step: Steps[bytes] = advance().__await__()
            try:
                waits_for = step.send(None)
                book.tell()
                try:
                    yield waits_for
                except BaseException as error:  # noqa: BLE001 - the turn's affair: it may be a hook's timeout
                    frame = yield from rest_of(step, step.throw(error))
                else:
                    frame = yield from step
            except StopIteration as stop:
                frame = stop.value
            except StopAsyncIteration:
                book.tell()
                return failed
            book.say(frame)
            if len(recent) == 1:
                said(book)
                self._open()
            elif len(recent) % _BREATH == 0:
                book.tell()
                yield from asyncio.sleep(0).__await__()
            if self.ending is not None:  # a hook that catches its cancellation and goes on is closed
                raise asyncio.CancelledError
            if frame.startswith(_ERROR):
                failed = True
            del frame  # many turns wait, and none needs to hold what it has handed on

    def _outcome(self, *, failed: bool, raised: bool) -> Outcome:
        if not self.began:
            return "refused"
        if self.ending is not None:
            return self.ending
        return "failed" if failed or raised else "completed"

    def _open(self) -> bool:
        if not self.opened.done():
            self.opened.set_result(None)
        return True


def _seen(opened: asyncio.Future[None]) -> None:
    """Whoever asked for the run may have left: its error is not to be told as one that nobody took."""
    if not opened.cancelled():
        opened.exception()
