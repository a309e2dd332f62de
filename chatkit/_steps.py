"""Stepping what is awaited by hand, so as to see when it begins to wait."""

from collections.abc import Generator
from typing import Any, TypeVar

__all__ = ["Steps", "rest_of"]

T = TypeVar("T")
Steps = Generator[Any, Any, T]
"""What drives an awaitable: yields what the task has to wait for, returns the result."""


def rest_of(steps: Steps[T], waits_for: object) -> Generator[Any, Any, T]:
    """Goes on with what has begun to wait, as `yield from` would had it started it."""
    try:
        while True:
            try:
                yield waits_for
            except BaseException as error:  # noqa: BLE001 - handed on
                waits_for = steps.throw(error)
            else:
                return (yield from steps)
    except StopIteration as stop:
        return stop.value
