"""The database's faults, as the store's callers know them."""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from chatkit._masking import masked
from chatkit.logger import logger
from chatkit.store import StoreUnavailableError
from chatkit.stores.sql.drivers import Driver

__all__ = ["FaultLog", "SchemaError", "driver_error", "unavailable"]

LOG_PAUSE = 60.0
"""Seconds until a fault that goes on is in the log again."""

_MOST_KINDS = 50
_NUMBERS = re.compile(r"\d+")


class SchemaError(StoreUnavailableError):
    """The database's schema is not the one that this version needs; the message says how to mend it."""

    allow_retry = False


def driver_error(error: BaseException) -> BaseException:
    """The driver's own error, under SQLAlchemy's."""
    return error.orig if isinstance(error, DBAPIError) and error.orig is not None else error


def unavailable(
    error: BaseException, driver: Driver, where: str, secrets: Sequence[str] = ()
) -> StoreUnavailableError | None:
    """What to raise for an error when the database is at fault, or None when the fault is elsewhere.

    `where` names the database without its secrets, which are taken out of the driver's own words too. Raise it from
    `driver_error(error)`.
    """
    cause = driver_error(error)
    if isinstance(error, PoolTimeoutError):
        return StoreUnavailableError(f"All connections to {where} are in use: try again later, or enlarge the pool.")
    if driver.lacks_tables(cause):
        return SchemaError(f"{where} does not have the tables: run `chatkit migrate`.")
    if driver.is_fault(cause):
        reason = masked(str(cause).strip().partition("\n")[0], secrets) or type(cause).__name__
        return StoreUnavailableError(f"{where} does not answer: {reason}")
    return None


@dataclass(slots=True)
class _Told:
    at: float
    since: int = 0
    """How often it happened again without being told."""


class FaultLog:
    """Tells the log that a database fails: each kind of fault at once, then at most once in `LOG_PAUSE` seconds.

    The messages name the database and say what its driver says: no secret, and nothing that people wrote.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._told: dict[str, _Told] = {}

    def note(self, fault: StoreUnavailableError) -> None:
        """A fault that is about to be raised."""
        fault.is_logged = True
        now = self._clock()
        kind = _NUMBERS.sub("#", str(fault))  # ports and processes differ, the fault does not
        told = self._told.get(kind)
        if told is not None and now - told.at < LOG_PAUSE:
            told.since += 1
            return
        again = f" ({told.since + 1} times since this was last told)" if told is not None and told.since else ""
        logger.warning("The store is unavailable%s: %s", again, fault)
        if told is None and len(self._told) >= _MOST_KINDS:
            self._told.clear()
        self._told[kind] = _Told(now)
