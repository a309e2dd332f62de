"""Live runs in the store's own database: the parts of the engine, put together."""

from chatkit.live import LiveEngine, RunLog
from chatkit.stores.sql.database import Database
from chatkit.stores.sql.drivers import SQLiteDriver
from chatkit.stores.sql.heartbeat import Heartbeat
from chatkit.stores.sql.leases import SQLLeases
from chatkit.stores.sql.run_log import PostgresLog, SQLiteLog
from chatkit.stores.sql.schema import Tables
from chatkit.stores.sql.signals import PostgresSignals, SQLiteSignals

__all__ = ["sql_engine"]


def sql_engine(database: Database, tables: Tables, *, shares: bool, log: RunLog | None = None) -> LiveEngine:
    """The engine of one store. `shares`: the database's engine is the application's own. `log`: kept elsewhere."""
    named = tables.live
    leases = SQLLeases(database, named, Heartbeat(database, named, shares=shares))
    name = "sqlite" if isinstance(database.driver, SQLiteDriver) else "postgresql"
    if log is not None:
        return LiveEngine(f"{name}, {type(log).__name__}", leases, log)
    if isinstance(database.driver, SQLiteDriver):
        return LiveEngine(name, leases, SQLiteLog(database, named, SQLiteSignals(database, named)))
    signals = PostgresSignals(database, tables.metadata.schema)
    return LiveEngine(name, leases, PostgresLog(database, named, signals))
