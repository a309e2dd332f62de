"""What live runs need of a database: leases, which say who answers in which thread, and a log of what was said.

A *run* is one turn's events, owned by the server and not by a connection. A process holds its runs' threads as long as
it renews its lease. What it shows it appends to the log, from which other processes read.

Times are the database's own: no two machines' clocks are ever compared.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from chatkit.live.fence import Fence

__all__ = [
    "ENDED_SECONDS",
    "HEARTBEAT_SECONDS",
    "LEASE_SECONDS",
    "MOST_RUNS_OF_AN_OWNER",
    "REQUEST_SECONDS",
    "Entry",
    "Fate",
    "Leases",
    "LiveEngine",
    "Outcome",
    "RunLog",
    "RunRecord",
    "RunState",
]

LEASE_SECONDS = 6.0
"""How long a process that says nothing still holds its runs."""
HEARTBEAT_SECONDS = 1.5
"""How often it says that it is there."""
REQUEST_SECONDS = 24 * 3600
"""How long a request's id is remembered, and the log of a run that never ended."""
ENDED_SECONDS = 600
"""How long the log of a run that ended is kept, for whoever comes back to it."""
MOST_RUNS_OF_AN_OWNER = 8
"""Runs that one owner can have at a time."""

Outcome = Literal["completed", "stopped", "interrupted", "failed", "refused"]
"""How a run ended: by itself; by the user; because the server could not go on; with an error; before it stored
anything, in which case its request counts as never made."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What the database knows of a run.

    `thread_id` and `fence` are None and 0 until it holds a thread. `alive`: its process still renews its lease, or the
    run has ended. `begun`: something was written in it. `digest` is the request's, if it had an id.
    """

    id: str
    owner: str
    thread_id: str | None
    fence: int
    begun: bool
    alive: bool
    outcome: Outcome | None = None
    digest: str | None = None


class RunState(NamedTuple):
    """What a follower of a run needs to know of it now and then."""

    alive: bool
    outcome: Outcome | None
    stop: bool
    """Whether somebody has asked its process to stop it."""
    fence: int


class Leases(ABC):
    """Who answers in which thread. Of any number of processes that want one, one gets it.

    A lease is held by this process (`process_id`) until `end`, or until the process has been silent for
    `LEASE_SECONDS`: then anybody may `take_over`. A process renews all it holds at once, from a thread of its own, so
    that a hook that blocks the event loop is not taken for dead. Methods raise `StoreUnavailableError` when the
    database does not answer.
    """

    process_id: str
    """Changes when this process was silent for too long: what it held under the old one is lost."""

    @abstractmethod
    async def start(self, lost: Callable[[], None]) -> None:
        """Begins to renew, unless that was begun. `lost` is called, in the event loop, when renewing came too late, or
        could not be done for `LEASE_SECONDS` by this process's own monotonic clock."""

    @abstractmethod
    async def close(self, lost: Callable[[], None] | None = None) -> None:
        """Ends renewing, once everybody who started it has closed it with what they gave as `lost`; without `lost`, at
        once. What is still held then is for others to take, and the process has another id when it starts again.
        """

    @abstractmethod
    async def open(
        self, owner: str, run_id: str, request_id: str | None = None, digest: str | None = None
    ) -> RunRecord | None:
        """Records a run of this process that is about to begin. None: it is new.

        When the owner made a request of that id within `REQUEST_SECONDS`, nothing is recorded and that request's run is
        returned, whatever its digest; unless it was refused, or died without having written anything: then the id is
        this run's, and that one can write nothing any more.
        """

    @abstractmethod
    async def acquire(self, run_id: str, thread_id: str) -> Fence | RunRecord:
        """Takes a thread for an open run of this process. If another run has it, that one, which may be dead.

        Raises `LookupError` for a run that nobody opened, or that has ended.
        """

    @abstractmethod
    async def count(self, owner: str) -> int:
        """How many runs of the owner hold a thread and are alive."""

    @abstractmethod
    async def find(self, run_id: str) -> RunRecord | None:
        """What is known of a run."""

    @abstractmethod
    async def find_request(self, owner: str, request_id: str) -> RunRecord | None:
        """The run of a request that was made, where `open` would return one."""

    @abstractmethod
    async def active(self, owner: str, thread_ids: Collection[str]) -> Mapping[str, RunRecord]:
        """By thread, the runs of this owner that have not ended, alive or dead."""

    @abstractmethod
    async def states(self, run_ids: Collection[str]) -> Mapping[str, RunState]:
        """How those runs are. Unknown ones are missing."""

    @abstractmethod
    async def take_over(self, run_id: str) -> Fence | None:
        """Takes a dead run's thread for this process, under the next number. None: it lives, or has ended, or somebody
        else was quicker."""

    @abstractmethod
    async def end(self, run_id: str, fence: int, outcome: Outcome) -> bool:
        """The run is over, and its thread free. False when it was taken over under a greater number: nothing is done.

        With `refused` its request is forgotten. A run without a thread has the fence 0. Ending twice is ending once.
        """

    @abstractmethod
    async def ask_to_stop(self, run_id: str) -> None:
        """Has `states` say so."""

    @abstractmethod
    async def claim(self, thread_id: str, item_id: str, claimant: str, seconds: float) -> bool:
        """Claims an item for `seconds`, for the first or the next time. False: it is another's, whose time is not up
        yet."""

    @abstractmethod
    async def sweep(self) -> None:
        """Forgets what is older than the limits above."""


class Entry(NamedTuple):
    """What is appended to a run's log at once: the events numbered `first` to `last`, in `text`.

    `text` is this package's own (`chatkit._runs.book`). With `base` the entry stands for everything up to `last`, and
    what came before is dropped.
    """

    run_id: str
    fence: int
    first: int
    last: int
    text: str
    base: bool = False


Fate = Literal["refused", "missing"]


class RunLog(ABC):
    """What runs have said, for other processes, and a lossy way to wake them up.

    Entries of a run are numbered without gaps, from 1. The log is the only source; a signal says no more than that
    there is something to read.
    """

    polls: float | None = None
    """Seconds after which to look for news by oneself. None: signals come at once, if they come."""

    async def hold(self, fence: Fence) -> None:  # noqa: B027 - most logs need do nothing
        """A run begins under this number, or is taken over: nothing is appended under a smaller one from now on.

        Called before anything is appended, and before what is there is read by whoever takes over. Does nothing where
        the leases' own database keeps the log, which needs not be told.
        """

    @abstractmethod
    async def append(self, entries: Sequence[Entry]) -> Mapping[str, Fate]:
        """Appends entries of any runs, all in one trip; of one run in order. By run, what kept them from it.

        Refused are runs that were taken over under a greater number. Missing are those whose log is gone, as it may be
        in a store that forgets: their next entry has to be a `base`, which makes it anew. What is there already is not
        appended again, so that an append whose answer got lost can be repeated. Whoever listens hears `run:<id>` of
        each run that was appended to, unless the log `polls`.
        """

    @abstractmethod
    async def read(self, positions: Mapping[str, int]) -> Mapping[str, Sequence[Entry]]:
        """By run, the entries with events behind that number, in order. Runs without any are missing."""

    @abstractmethod
    async def signal(self, texts: Sequence[str]) -> None:
        """Sends texts, each at most 500 bytes of UTF-8, to whoever listens, in all processes, this one included."""

    @abstractmethod
    async def listen(self, hear: Callable[[str], None]) -> Callable[[], None]:
        """Has `hear` called in the event loop with each text from now on, perhaps twice, perhaps not at all, until what
        is returned is called."""

    @abstractmethod
    async def close(self) -> None:
        """Nobody hears anything from now on."""


@dataclass(frozen=True, slots=True)
class LiveEngine:
    """Leases and a log that go together. `name` says which engine, for people."""

    name: str
    leases: Leases
    log: RunLog
