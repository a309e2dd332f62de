"""What a run holds a thread with: a number that grows with each holder, and that every write of a run is checked by."""

from contextvars import ContextVar
from dataclasses import dataclass, field

__all__ = ["Fence", "LeaseLostError", "current_fence"]


class LeaseLostError(Exception):
    """A run wrote after its thread was taken over by somebody else, who held it for dead. Nothing was written."""

    code = "run.lost"
    allow_retry = True


@dataclass(slots=True)
class Fence:
    """One run's hold on one thread.

    `number` is the thread's: whoever takes the thread over gets a greater one, and from then on no write under the old
    number succeeds. `begun` says that something was written under it; a store sets it with the first write, in the
    same transaction as its own mark, so that after a crash it is known whether the request had any effect. `engine` is
    what gave it, told apart by identity: a store with another engine does not know the number, and does not check it.
    """

    thread_id: str
    run_id: str
    number: int
    begun: bool = False
    engine: object | None = field(default=None, repr=False, compare=False)


current_fence: ContextVar[Fence | None] = ContextVar("chatkit_fence", default=None)
"""Under which every write of the running task is made; None for whoever needs none, as a request that renames a thread.

Stores that know of it refuse writes under a number that is no longer the thread's, with `LeaseLostError`.
"""
