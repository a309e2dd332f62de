"""Awaiting in a context of one's own.

A turn is stepped by whoever reads it, whose context variables are not the turn's: two turns may be read alternately,
one inside the other, or by several tasks. So what belongs to a turn runs in one context that is its own, from its
first step to its last: variables that a hook sets stay set for it alone, and tokens can be reset wherever it ends.
"""

import asyncio
import types
from collections.abc import Awaitable, Callable, Coroutine, Generator, Sized
from contextvars import Context
from typing import Any, Final, NamedTuple, TypeVar

__all__ = ["HERE", "Here", "Paused", "go_on", "within"]

T = TypeVar("T")

Drive = Generator[Any, Any, T] | Coroutine[Any, Any, T]
"""What drives an awaitable: gives what the task has to wait for, ends with what is awaited."""


class Here:
    """The context that is running, in the place of one's own: for a task that runs one turn and nothing else."""

    def run(self, function: Callable[..., T], *arguments: Any, **named: Any) -> T:
        """Calls the function."""
        return function(*arguments, **named)


HERE: Final = Here()


class Paused(NamedTuple):
    """What waits has not ended: there is something else to do first."""

    waits_for: Any

    def cancelled(self, drive: Drive[Any], run: Callable[..., Any]) -> Any:
        """Cancels what is waited for, as cancelling a task does. What it waits for from then on."""
        if self.waits_for is None or not self.waits_for.cancel():
            return run(drive.throw, asyncio.CancelledError())
        return self.waits_for


@types.coroutine
def within(context: Context | Here, awaitable: Awaitable[T]) -> Generator[Any, Any, T]:
    """Awaits in the context. It must not be running already."""
    if isinstance(context, Here):
        return (yield from awaitable.__await__())
    drive: Drive[T] = context.run(awaitable.__await__)  # pyright: ignore[reportAssignmentType] - it is one
    try:
        waits_for = context.run(drive.send, None)
    except StopIteration as stop:
        return stop.value
    return (yield from _rest(context.run, drive, waits_for, ()))  # pyright: ignore[reportReturnType] - never pauses


@types.coroutine
def go_on(
    run: Callable[..., Any], drive: Drive[T], waits_for: object, pressing: Sized = ()
) -> Generator[Any, Any, T | Paused]:
    """Goes on with what has begun and waits, each step by `run`: a context's own.

    It pauses where it waits while there is something `pressing`; call it again with what it waits for.
    """
    return (yield from _rest(run, drive, waits_for, pressing))


def _rest(
    run: Callable[..., Any], drive: Drive[T], waits_for: object, pressing: Sized
) -> Generator[Any, Any, T | Paused]:
    try:
        while True:
            if pressing:
                return Paused(waits_for)
            try:
                sent = yield waits_for
            except BaseException as error:  # noqa: BLE001 - handed on
                waits_for = run(drive.throw, error)
            else:
                waits_for = run(drive.send, sent)
    except StopIteration as stop:
        return stop.value
