"""The id of an HTTP request, a log format that shows what a record belongs to, and what is logged only now and then."""

import re
import secrets
import time
from collections.abc import Callable

from chatkit._shown import shown
from chatkit.logger import logger
from chatkit.store import StoreUnavailableError

__all__ = ["LOG_FORMAT", "Outages", "Seldom", "new_request_id"]

LOG_FORMAT = "%(asctime)s %(levelname)-7s %(name)s [%(request_id)s %(thread_id)s %(run_id)s] %(message)s"
"""A format for `logging.Formatter`. A handler with other loggers' records too needs a `chatkit.logger.LogContext`."""

_ACCEPTED = re.compile(r"[A-Za-z0-9._:-]{1,64}", re.ASCII)


def new_request_id(given: str | None) -> str:
    """The id that a proxy gave the request in `X-Request-Id`, if it is harmless in a log; else a new one."""
    if given is not None and _ACCEPTED.fullmatch(given):
        return given
    return secrets.token_hex(8)


class Seldom:
    """Tells whether something that may happen a thousand times a second is worth a line in the log again.

    Each kind is worth one a minute (`seconds`); at most `kinds` are told apart.
    """

    def __init__(self, seconds: float = 60, *, kinds: int = 32, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._most = kinds
        self._clock = clock
        self._known: dict[str, tuple[float, int]] = {}

    def due(self, kind: str) -> int | None:
        """How often it happened since the last line, this time included; None when no line is due."""
        now = self._clock()
        since, missed = self._known.get(kind, (float("-inf"), 0))
        if now - since < self._seconds:
            self._known[kind] = since, missed + 1
            return None
        if kind not in self._known and len(self._known) >= self._most:
            self._known.clear()
        self._known[kind] = now, 0
        return missed + 1


_NUMBER = re.compile(r"[0-9]+")


class Outages:
    """Logs a store that cannot be reached: one line, and one a minute while that lasts, not one for each request."""

    def __init__(self, seldom: Seldom | None = None) -> None:
        self._seldom = seldom or Seldom()

    def log(self, error: StoreUnavailableError) -> None:
        """Errors that differ in numbers alone (a port, a time) are of one kind."""
        told, cause = shown(error), error.__cause__
        count = self._seldom.due(_NUMBER.sub("#", told))
        if count is not None:
            reason = f" ({type(cause).__name__})" if cause is not None else ""
            logger.error("The store is unavailable, %d requests got a 503: %s%s", count, told, reason)
