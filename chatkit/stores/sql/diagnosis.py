"""What is to be known of a database beside whether it answers, for `chatkit doctor`."""

import time
from dataclasses import dataclass

from sqlalchemy import select

from chatkit.stores.sql.clock import clock
from chatkit.stores.sql.database import Database, Query
from chatkit.stores.sql.drivers import SQLiteDriver
from chatkit.stores.sql.signals import PostgresSignals

__all__ = ["Diagnosis", "diagnose"]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`hears`: whether PostgreSQL's notifications come through its address. `clock_ahead`: seconds by which its clock
    is before this machine's, or if negative behind. None where there is neither, in SQLite."""

    hears: bool | None = None
    clock_ahead: float | None = None


async def diagnose(database: Database, schema: str | None) -> Diagnosis:
    """Looks. Raises `StoreUnavailableError`."""
    if isinstance(database.driver, SQLiteDriver):
        return Diagnosis()
    before = time.time()
    [(now,)] = await database.fetch(Query(select(clock(database.driver)), database.engine))
    between = (before + time.time()) / 2
    return Diagnosis(await PostgresSignals(database, schema).arrive(), float(now) - between)
