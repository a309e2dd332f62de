"""Live runs in memory: they survive reloads, second tabs and lost connections, but not their process."""

import secrets
import time
from bisect import bisect_right
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter

from chatkit.live.base import (
    ENDED_SECONDS,
    REQUEST_SECONDS,
    Entry,
    Fate,
    Leases,
    LiveEngine,
    Outcome,
    RunLog,
    RunRecord,
    RunState,
)
from chatkit.live.fence import Fence, LeaseLostError, current_fence
from chatkit.logger import logger

__all__ = ["MemoryLeases", "MemoryLog", "MemoryRuns", "memory_engine"]


@dataclass(slots=True)
class _Run:
    record: RunRecord
    process: str
    opened_at: float
    ended_at: float | None = None
    stop: bool = False
    request_id: str | None = None


@dataclass(slots=True)
class _Claim:
    claimant: str
    until: float


@dataclass(slots=True)
class MemoryRuns:
    """What several `MemoryLeases` and `MemoryLog`s share, each as if it were a process of its own: for tests."""

    clock: Callable[[], float] = time.monotonic
    processes: set[str] = field(default_factory=set[str])
    runs: dict[str, _Run] = field(default_factory=dict[str, _Run])
    requests: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    fences: dict[str, int] = field(default_factory=dict[str, int])
    """By thread, the greatest number given out."""
    holders: dict[str, str] = field(default_factory=dict[str, str])
    """By thread, the run that has that number."""
    going: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    """By owner, the runs that hold a thread and have not ended."""
    claims: dict[tuple[str, str], _Claim] = field(default_factory=dict[tuple[str, str], _Claim])
    logs: dict[str, list[Entry]] = field(default_factory=dict[str, list[Entry]])
    listeners: list[Callable[[str], None]] = field(default_factory=list[Callable[[str], None]])

    def check(self) -> None:
        """Refuses a write of a run that has lost its thread, and marks that one was made."""
        fence = current_fence.get()
        if fence is None or fence.engine is not self:
            return
        if self.fences.get(fence.thread_id) != fence.number:
            raise LeaseLostError(f"Run {fence.run_id} has lost thread {fence.thread_id}.")
        if not fence.begun and fence.run_id in self.runs:
            run = self.runs[fence.run_id]
            run.record = replace(run.record, begun=True)
        fence.begun = True

    def forget_going(self, record: RunRecord) -> None:
        """The run is over."""
        going = self.going.get(record.owner, set())
        going.discard(record.id)
        if not going:
            self.going.pop(record.owner, None)

    def current(self, run: _Run) -> RunRecord:
        """The record, with what is known of its process."""
        return replace(run.record, alive=run.ended_at is not None or run.process in self.processes)


class MemoryLeases(Leases):
    """Leases of one process, or of what plays one."""

    def __init__(self, runs: MemoryRuns) -> None:
        self._runs = runs
        self.process_id = _new_process_id()
        self._started: list[Callable[[], None]] = []

    async def start(self, lost: Callable[[], None]) -> None:
        if lost not in self._started:
            self._started.append(lost)
        self._runs.processes.add(self.process_id)

    async def close(self, lost: Callable[[], None] | None = None) -> None:
        self._started = [other for other in self._started if lost is not None and other != lost]
        if self._started:
            return
        self._runs.processes.discard(self.process_id)
        self.process_id = _new_process_id()  # who starts again does not bring back what died

    async def open(
        self, owner: str, run_id: str, request_id: str | None = None, digest: str | None = None
    ) -> RunRecord | None:
        if request_id is not None:
            known = await self.find_request(owner, request_id)
            if known is not None:
                return known
            self._disown(self._runs.requests.get((owner, request_id)))
            self._runs.requests[owner, request_id] = run_id
        record = RunRecord(run_id, owner, thread_id=None, fence=0, begun=False, alive=True, digest=digest)
        self._runs.runs[run_id] = _Run(record, self.process_id, self._runs.clock(), request_id=request_id)
        return None

    def _disown(self, run_id: str | None) -> None:
        """A dead run whose request is made again must not begin to write after all: nobody has its number now."""
        run = self._runs.runs.get(run_id or "")
        if run is not None and run.record.thread_id is not None and self._holder(run.record.thread_id) is run:
            number = self._runs.fences[run.record.thread_id] = self._runs.fences[run.record.thread_id] + 1
            run.record = replace(run.record, fence=number)

    async def acquire(self, run_id: str, thread_id: str) -> Fence | RunRecord:
        run = self._runs.runs[run_id]
        if run.ended_at is not None:
            raise LookupError(f"Run {run_id} has ended.")
        holder = self._holder(thread_id)
        if holder is not None:
            return self._runs.current(holder)
        return self._give(run, thread_id)

    def _holder(self, thread_id: str) -> _Run | None:
        run = self._runs.runs.get(self._runs.holders.get(thread_id, ""))
        return run if run is not None and run.ended_at is None else None

    def _give(self, run: _Run, thread_id: str) -> Fence:
        number = self._runs.fences[thread_id] = self._runs.fences.get(thread_id, 0) + 1
        run.record = replace(run.record, thread_id=thread_id, fence=number)
        self._runs.holders[thread_id] = run.record.id
        self._runs.going.setdefault(run.record.owner, set()).add(run.record.id)
        return Fence(thread_id, run.record.id, number, run.record.begun, self._runs)

    async def count(self, owner: str) -> int:
        going = self._runs.going.get(owner, ())
        return sum(self._runs.runs[run_id].process in self._runs.processes for run_id in going)

    async def find(self, run_id: str) -> RunRecord | None:
        run = self._runs.runs.get(run_id)
        return None if run is None else self._runs.current(run)

    async def find_request(self, owner: str, request_id: str) -> RunRecord | None:
        run = self._runs.runs.get(self._runs.requests.get((owner, request_id), ""))
        if run is None or run.opened_at + REQUEST_SECONDS < self._runs.clock():
            return None
        record = self._runs.current(run)
        return None if record.outcome == "refused" or not (record.alive or record.begun) else record

    async def active(self, owner: str, thread_ids: Collection[str]) -> Mapping[str, RunRecord]:
        holders = {thread_id: self._holder(thread_id) for thread_id in thread_ids}
        return {
            thread_id: self._runs.current(run)
            for thread_id, run in holders.items()
            if run is not None and run.record.owner == owner
        }

    async def states(self, run_ids: Collection[str]) -> Mapping[str, RunState]:
        known = {run_id: self._runs.runs[run_id] for run_id in run_ids if run_id in self._runs.runs}
        return {
            run_id: RunState(self._runs.current(run).alive, run.record.outcome, run.stop, run.record.fence)
            for run_id, run in known.items()
        }

    async def take_over(self, run_id: str) -> Fence | None:
        run = self._runs.runs.get(run_id)
        if run is None or run.record.thread_id is None or self._runs.current(run).alive:
            return None
        run.process = self.process_id
        return self._give(run, run.record.thread_id)

    async def end(self, run_id: str, fence: int, outcome: Outcome) -> bool:
        run = self._runs.runs.get(run_id)
        if run is None or run.record.fence != fence:
            return False
        if run.ended_at is None:
            run.record = replace(run.record, outcome=outcome)
            run.ended_at = self._runs.clock()
            self._runs.forget_going(run.record)
            if outcome == "refused" and run.request_id is not None:
                self._runs.requests.pop((run.record.owner, run.request_id), None)
        return True

    async def ask_to_stop(self, run_id: str) -> None:
        if run_id in self._runs.runs:
            self._runs.runs[run_id].stop = True

    async def claim(self, thread_id: str, item_id: str, claimant: str, seconds: float) -> bool:
        now = self._runs.clock()
        held = self._runs.claims.get((thread_id, item_id))
        if held is not None and held.claimant != claimant and held.until > now:
            return False
        self._runs.claims[thread_id, item_id] = _Claim(claimant, now + seconds)
        return True

    async def sweep(self) -> None:
        now = self._runs.clock()
        for key in [key for key, claim in self._runs.claims.items() if claim.until <= now]:
            del self._runs.claims[key]
        for run_id, run in list(self._runs.runs.items()):
            since = run.opened_at if run.ended_at is None else run.ended_at
            if now - since > (REQUEST_SECONDS if run.ended_at is None else ENDED_SECONDS):
                self._runs.logs.pop(run_id, None)
            if now - run.opened_at > REQUEST_SECONDS and (
                run.ended_at is not None or not self._runs.current(run).alive
            ):
                self._runs.requests.pop((run.record.owner, run.request_id or ""), None)
                self._runs.forget_going(run.record)
                del self._runs.runs[run_id]


class MemoryLog(RunLog):
    """The log of one process, or of what plays one."""

    def __init__(self, runs: MemoryRuns) -> None:
        self._runs = runs
        self._hearing: list[Callable[[str], None]] = []

    async def append(self, entries: Sequence[Entry]) -> Mapping[str, Fate]:
        refused: set[str] = set()
        for entry in entries:
            run = self._runs.runs.get(entry.run_id)
            if run is None or run.record.fence > entry.fence:
                refused.add(entry.run_id)
                continue
            log = self._runs.logs.setdefault(entry.run_id, [])
            if log and log[-1].last >= entry.last and not entry.base:
                continue  # it is a repetition
            if entry.base:
                log[:] = [entry, *_behind(log, entry.last)]
            else:
                log.append(entry)
        await self.signal([f"run:{run_id}" for run_id in {entry.run_id for entry in entries} - refused])
        return dict.fromkeys(refused, "refused")

    async def read(self, positions: Mapping[str, int]) -> Mapping[str, Sequence[Entry]]:
        news = {run_id: _behind(self._runs.logs.get(run_id, []), last) for run_id, last in positions.items()}
        return {run_id: entries for run_id, entries in news.items() if entries}

    async def signal(self, texts: Sequence[str]) -> None:
        for hear in list(self._runs.listeners):
            for text in texts:
                try:
                    hear(text)
                except Exception:  # noqa: BLE001 - the others are to hear it all the same
                    logger.exception("What a signal called has failed")

    async def listen(self, hear: Callable[[str], None]) -> Callable[[], None]:
        self._runs.listeners.append(hear)
        self._hearing.append(hear)

        def stop() -> None:
            for listeners in (self._runs.listeners, self._hearing):
                if hear in listeners:
                    listeners.remove(hear)

        return stop

    async def close(self) -> None:
        for hear in self._hearing:
            self._runs.listeners.remove(hear)
        self._hearing.clear()


def _behind(log: list[Entry], last: int) -> list[Entry]:
    """What comes behind a number; a log is in order."""
    return log[bisect_right(log, last, key=attrgetter("last")) :]


def _new_process_id() -> str:
    return f"process_{secrets.token_hex(8)}"


def memory_engine(shared: MemoryRuns | None = None) -> LiveEngine:
    """An engine in memory; several made with the same `shared` are as several processes with one database."""
    runs = shared or MemoryRuns()
    return LiveEngine("memory", MemoryLeases(runs), MemoryLog(runs))
