"""The end of what an app was given: whatever can be closed is, once each."""

import inspect
from collections.abc import Callable

from chatkit.logger import logger

__all__ = ["close_all"]


async def close_all(*things: object) -> None:
    """Calls the `close()` of each, in order; it may be a coroutine function, or missing.

    One that wants arguments is some other method. An error is logged, and does not keep the others from being closed.
    """
    for thing in {id(thing): thing for thing in things}.values():
        close = getattr(thing, "close", None)
        if callable(close) and _needs_nothing(close):
            await _call(close, type(thing).__name__)


def _needs_nothing(function: Callable[..., object]) -> bool:
    try:
        inspect.signature(function).bind()
    except (TypeError, ValueError):  # ValueError: it does not tell, as some written in C
        return False
    return True


async def _call(close: Callable[[], object], name: str) -> None:
    try:
        outcome = close()
        if inspect.isawaitable(outcome):
            await outcome
    except Exception:  # noqa: BLE001 - the others are to be closed all the same
        logger.exception("%s was not closed in good order.", name)
