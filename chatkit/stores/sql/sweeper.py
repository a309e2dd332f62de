"""Forgets what nobody will ask for any more."""

from sqlalchemy import delete, or_, select

from chatkit.live.base import ENDED_SECONDS, REQUEST_SECONDS
from chatkit.stores.sql.clock import since_when
from chatkit.stores.sql.database import Database
from chatkit.stores.sql.run_records import RunRecords
from chatkit.stores.sql.run_tables import RunTables

__all__ = ["SIGNAL_SECONDS", "Sweeper"]

SIGNAL_SECONDS = 60.0
"""How long a signal lies in its table."""

_AT_ONCE = 1000


class Sweeper:
    """Several processes may sweep at once: each passes over what another has locked."""

    def __init__(self, database: Database, tables: RunTables, records: RunRecords) -> None:
        self._database = database
        runs, now = tables.runs.c, since_when(database.driver)
        ended_long_ago = runs.ended_at < now - ENDED_SECONDS
        began_long_ago = runs.opened_at < now - REQUEST_SECONDS
        unheard = runs.ended_at.is_(None) & began_long_ago
        done_with = select(runs.id).where(or_(ended_long_ago, unheard))
        over = began_long_ago & or_(ended_long_ago, runs.ended_at.is_(None) & ~records.process_lives)
        forgotten = select(runs.id).where(over).limit(_AT_ONCE).with_for_update(skip_locked=True)
        processes = tables.processes.c
        expired = select(processes.id).where(processes.expires_at < now - REQUEST_SECONDS)
        self._deletes = (
            delete(tables.events).where(tables.events.c.run_id.in_(done_with)),
            # A lease that names such a run is free: see `_Holding.acquire`.
            delete(tables.runs).where(runs.id.in_(forgotten)),
            delete(tables.processes).where(processes.id.in_(expired.with_for_update(skip_locked=True))),
            delete(tables.claims).where(tables.claims.c.until <= now),
            delete(tables.signals).where(tables.signals.c.created_at < now - SIGNAL_SECONDS),
        )

    async def sweep(self) -> None:
        """Each kind by itself, so that nothing is held up for long."""
        for statement in self._deletes:
            await self._database.write(statement, fenced=False)
