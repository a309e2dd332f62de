"""The database's faults, as the store's callers know them."""

from collections.abc import Sequence

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from chatkit._masking import masked
from chatkit.store import StoreUnavailableError
from chatkit.stores.sql.drivers import Driver

__all__ = ["SchemaError", "driver_error", "unavailable"]


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
