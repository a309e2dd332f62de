"""Writes what all runs of a process have said to the log, once per tick."""

import asyncio
from collections.abc import Callable, Sequence
from contextvars import Context

from chatkit._runs.book import MOST_BYTES, Book
from chatkit.live import Entry, RunLog
from chatkit.logger import logger
from chatkit.store import StoreUnavailableError

__all__ = ["TICK_SECONDS", "Writer"]

TICK_SECONDS = 0.06
"""Between two appends: 17 a second for the whole process, of three deltas each at 50 tokens a second."""

_GATHERING_SECONDS = 0.005
"""After a silence, what comes together is written together."""
_PAUSE_SECONDS = 1.0
"""Until it is tried again when the log did not take what it was given."""


class Writer:
    """Collects books at most once per tick. What could not be appended is appended with the next.

    `refused` is called with the id of a run that somebody else has taken over.
    """

    def __init__(self, log: RunLog, refused: Callable[[str], None]) -> None:
        self._log = log
        self._refused = refused
        self._books: dict[str, Book] = {}
        """Those with recent frames."""
        self._unwritten: dict[str, list[Entry]] = {}
        self._waiting: dict[str, Book] = {}
        """Those of the entries that are not written."""
        self._anew: dict[str, Book] = {}
        """Those whose log has to begin anew."""
        self._timer: asyncio.TimerHandle | None = None
        self._writing = asyncio.Lock()
        self._written_at = float("-inf")
        self._again = False
        """A tick came while something was being written."""
        self._tasks: set[asyncio.Task[None]] = set()

    def touch(self, book: Book) -> None:
        """The book has something new."""
        self._books[book.run_id] = book
        if self._timer is None:
            loop = asyncio.get_running_loop()
            due = max(self._written_at + TICK_SECONDS, loop.time() + _GATHERING_SECONDS)
            self._timer = loop.call_at(due, self._tick, context=Context())

    async def flush(self) -> bool:
        """Writes everything now. Whether the log has it."""
        async with self._writing:
            written = await self._write()
            return await self._write() if self._anew else written

    def forget(self, run_id: str) -> None:
        """Nothing more of that run is to be written."""
        self._books.pop(run_id, None)
        self._unwritten.pop(run_id, None)
        self._waiting.pop(run_id, None)
        self._anew.pop(run_id, None)

    def _tick(self) -> None:
        self._timer = None
        self._written_at = asyncio.get_running_loop().time()
        if self._writing.locked():
            self._again = True
            return
        task = asyncio.get_running_loop().create_task(self._turn(), context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _turn(self) -> None:
        written = await self.flush()
        again, self._again = self._again, False
        if self._timer is None and (again or not written):
            wait = TICK_SECONDS if written else _PAUSE_SECONDS
            self._timer = asyncio.get_running_loop().call_later(wait, self._tick, context=Context())

    async def _write(self) -> bool:
        self._collect()
        entries = [entry for kept in self._unwritten.values() for entry in kept]
        if not entries:
            return True
        try:
            fates = await self._log.append(entries)
        except StoreUnavailableError:
            self._bound()
            return False
        except Exception:  # noqa: BLE001 - runs go on for followers in this process
            logger.exception("What runs have said could not be written to their log")
            self._bound()
            return False
        books = dict(self._waiting)
        self._done(entries)
        for run_id, fate in fates.items():
            if fate == "refused":
                self._refused(run_id)
            else:
                self.begin_anew(books[run_id])
        return not self._anew

    def begin_anew(self, book: Book) -> None:
        """The log has lost something of the run: a base stands for all of it from now on."""
        self._anew[book.run_id] = book
        self.touch(book)

    def _collect(self) -> None:
        """Also drops what is too old."""
        books, self._books = self._books, {}
        anew, self._anew = self._anew, {}
        for run_id, book in books.items():
            entry = book.collect()
            if entry is not None:
                self._unwritten.setdefault(run_id, []).append(entry)
            base = book.trim()
            if base is not None:
                self._unwritten.setdefault(run_id, []).append(base)
            if run_id in anew:
                self._unwritten[run_id] = [book.whole_entry()]
            if run_id in self._unwritten:
                self._waiting[run_id] = book

    def _bound(self) -> None:
        """Of what waits for the log to come back, no more is kept than of a run itself."""
        for run_id, entries in self._unwritten.items():
            if sum(len(entry.text) for entry in entries) > MOST_BYTES:
                self._unwritten[run_id] = [self._waiting[run_id].whole_entry()]

    def _done(self, written: Sequence[Entry]) -> None:
        """While it was written nothing was collected: that takes the same lock."""
        for entry in written:
            self._unwritten.pop(entry.run_id, None)
            self._waiting.pop(entry.run_id, None)
