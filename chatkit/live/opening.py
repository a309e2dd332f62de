"""How an operation tells the run that it belongs to which thread it is about, before it stores anything."""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar

__all__ = ["current_opening", "is_run", "opening_thread"]

current_opening: ContextVar[Callable[[str], Awaitable[None]] | None] = ContextVar("chatkit_opening", default=None)
"""Takes the id of the thread that the running operation is about to make. None: no run began the operation."""


def is_run() -> bool:
    """Whether a run began the operation: then there may be other tabs that show what it does."""
    return current_opening.get() is not None


async def opening_thread(thread_id: str) -> None:
    """A new thread is about to be stored. Its run, if there is one, gets hold of it first."""
    take = current_opening.get()
    if take is not None:
        await take(thread_id)
