"""Where it is kept which sessions were given out: a port, and the one in memory."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

__all__ = ["KEPT_SECONDS", "MemorySessionRecords", "SessionRecord", "SessionRecords"]

KEPT_SECONDS = 24 * 3600.0
"""How long a session is remembered after it has expired."""


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """A session.

    `expires_at` is in seconds since 1970; `document`, JSON, is what else was said of it; `files`, how many came in it.
    """

    id: str
    user: str
    expires_at: float
    document: str
    cancelled: bool = False
    files: int = 0


class SessionRecords(ABC):
    """Sessions, by id. Several processes share one. What has expired long ago is forgotten."""

    @abstractmethod
    async def add(self, record: SessionRecord) -> None:
        """Keeps a new one."""

    @abstractmethod
    async def cancel(self, session_id: str) -> SessionRecord | None:
        """Cancels one, again or for the first time; None when there is none."""

    @abstractmethod
    async def cancelled(self) -> Collection[str]:
        """The ids of those that were cancelled and would not have expired yet."""

    @abstractmethod
    async def count_file(self, session_id: str, most: int) -> bool:
        """Counts a file that is uploaded in the session, if there were fewer than `most` before; whether that is so."""


class MemorySessionRecords(SessionRecords):
    """In one process."""

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._records: dict[str, SessionRecord] = {}

    async def add(self, record: SessionRecord) -> None:
        now = self._clock()
        for old in [old for old in self._records.values() if old.expires_at < now - KEPT_SECONDS]:
            del self._records[old.id]
        self._records[record.id] = record

    async def cancel(self, session_id: str) -> SessionRecord | None:
        found = self._records.get(session_id)
        if found is not None:
            self._records[session_id] = found = replace(found, cancelled=True)
        return found

    async def cancelled(self) -> Collection[str]:
        now = self._clock()
        return [record.id for record in self._records.values() if record.cancelled and record.expires_at > now]

    async def count_file(self, session_id: str, most: int) -> bool:
        found = self._records.get(session_id)
        if found is None or found.files >= most:
            return False
        self._records[session_id] = replace(found, files=found.files + 1)
        return True
