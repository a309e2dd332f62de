"""The database's clock, the only one by which leases expire."""

from sqlalchemy import Double, literal_column
from sqlalchemy.sql.elements import ColumnElement

from chatkit.stores.sql.drivers import Driver, SQLiteDriver

__all__ = ["clock", "since_when"]


def clock(driver: Driver) -> ColumnElement[float]:
    """Seconds since 1970, at the moment when a row is looked at: also after a lock was waited for."""
    if isinstance(driver, SQLiteDriver):
        return literal_column("((julianday('now') - 2440587.5) * 86400.0)", Double)
    return literal_column("CAST(extract(epoch FROM clock_timestamp()) AS double precision)", Double)


def since_when(driver: Driver) -> ColumnElement[float]:
    """The same, of when the transaction began: one value for all rows, so that an index can be asked."""
    if isinstance(driver, SQLiteDriver):
        return clock(driver)
    return literal_column("CAST(extract(epoch FROM now()) AS double precision)", Double)
