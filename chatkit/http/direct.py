"""Writing to a connection without a task that waits for it, where the server is known to bear that."""

import types
from collections.abc import Generator
from typing import Any, TypeVar

from starlette.types import Send

__all__ = ["Steps", "going_on", "is_uvicorns", "rest_of"]

T = TypeVar("T")
Steps = Generator[Any, Any, T]
"""What drives an awaitable: yields what the task has to wait for, returns the result."""


def is_uvicorns(send: Send) -> bool:
    """Whether it is the server's own, with no layer around it that might not bear to change tasks in its middle."""
    return isinstance(send, types.MethodType) and type(send.__self__).__module__.startswith("uvicorn.protocols.")


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


going_on = types.coroutine(rest_of)
