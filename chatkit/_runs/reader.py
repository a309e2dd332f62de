"""Reads the log for all followers of this process: of runs that are another's, or that ended long ago."""

import asyncio
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import Context

from chatkit._runs.book import Book, LogGapError
from chatkit._runs.frames import ended_frame
from chatkit.live import Entry, LiveEngine, RunRecord, RunState
from chatkit.logger import logger
from chatkit.store import StoreUnavailableError

__all__ = ["Mirror", "Reader"]

_STATES_SECONDS = 0.5
"""How often it is asked how runs are, where nobody says that they have ended."""
_PAUSE_SECONDS = 1.0
"""Until it looks by itself, where signals come."""


class Mirror:
    """What this process knows of a run of another's."""

    def __init__(self, record: RunRecord) -> None:
        self.record = record
        self.book = Book(record.id)
        self.followers = 0
        self.dead = False
        """Its process is gone."""
        self.has_gap = False
        """The log has lost something: its process is asked to begin it anew."""
        self.is_read = False
        """Everything that there was when it was first looked at is in the book."""

    def learn(self, state: RunState | None) -> None:
        """How the run is, when all of its log up to then was read."""
        if state is None:
            self.book.lose()
        elif state.outcome is not None:
            if self.book.ending is None:
                self.book.fence = max(self.book.fence, state.fence)
                self.book.end(ended_frame(self.book, state.outcome, self.record.thread_id))
        elif self.dead != (not state.alive):
            self.dead = not state.alive
            self.book.wake()


class Reader:
    """Follows runs in the log while anybody follows them here."""

    def __init__(self, engine: LiveEngine, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._clock = clock
        self._mirrors: dict[str, Mirror] = {}
        self._task: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self._asked_at = float("-inf")
        self._states_are_due = False

    def __len__(self) -> int:
        return len(self._mirrors)

    @contextmanager
    def following(self, record: RunRecord) -> Generator[Mirror]:
        """The run's mirror, kept while anybody is inside."""
        mirror = self._mirrors.setdefault(record.id, Mirror(record))
        mirror.followers += 1
        self.look(states=True)
        try:
            yield mirror
        finally:
            mirror.followers -= 1
            if not mirror.followers and self._mirrors.get(record.id) is mirror:
                del self._mirrors[record.id]
                if not self._mirrors:
                    self._news.set()

    def hear(self, run_id: str, *, ended: bool = False) -> None:
        """The run has said something, or everything when no run is named."""
        if not run_id or run_id in self._mirrors:
            self.look(states=ended)

    def lose(self) -> None:
        """Whoever follows here has to go elsewhere."""
        for mirror in self._mirrors.values():
            mirror.book.lose()

    def look(self, *, states: bool = False) -> None:
        """Reads at the next chance."""
        self._states_are_due |= states
        self._news.set()
        if self._mirrors and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._follow(), context=Context())

    async def _follow(self) -> None:
        while self._mirrors:
            self._news.clear()
            try:
                await self._read()
            except StoreUnavailableError:  # the store has told the log; followers wait for it to come back
                self._states_are_due = True
            except Exception:  # noqa: BLE001 - told, and followers come again
                logger.exception("The log of runs cannot be read: whoever follows one has to come again")
                for mirror in self._mirrors.values():
                    mirror.book.lose()
            polls = self._engine.log.polls
            try:
                async with asyncio.timeout(_PAUSE_SECONDS if polls is None else polls):
                    await self._news.wait()
            except TimeoutError:
                continue

    async def _read(self) -> None:
        mirrors = dict(self._mirrors)
        states: Mapping[str, RunState] | None = None
        if self._states_are_due or self._clock() - self._asked_at >= _STATES_SECONDS:
            self._states_are_due = False
            states = await self._engine.leases.states(mirrors)  # before the log: what has ended is in there by then
            self._asked_at = self._clock()
        positions = {run_id: mirror.book.last for run_id, mirror in mirrors.items()}
        for run_id, entries in (await self._engine.log.read(positions)).items():
            await self._take(mirrors[run_id], entries)
        for run_id, mirror in mirrors.items():
            if states is not None:
                mirror.is_read = True
                mirror.learn(states.get(run_id))
                mirror.book.wake()

    async def _take(self, mirror: Mirror, entries: Sequence[Entry]) -> None:
        for entry in entries:
            if mirror.has_gap and not entry.base:
                continue
            try:
                mirror.book.read_entry(entry)
            except LogGapError:
                mirror.has_gap = True
            else:
                mirror.has_gap = False
                mirror.book.trim()
        if mirror.has_gap:
            await self._engine.log.signal([f"base:{mirror.record.id}"])
