"""What the database knows of runs: the queries, and what comes of them."""

import json
from collections.abc import Collection, Mapping
from typing import Any, cast

from sqlalchemy import ColumnElement, Executable, String, and_, bindparam, exists, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, TEXT

from chatkit.live import Outcome, RunRecord, RunState
from chatkit.live.base import REQUEST_SECONDS
from chatkit.stores.sql.clock import clock, since_when
from chatkit.stores.sql.database import Database, Query
from chatkit.stores.sql.drivers import SQLiteDriver
from chatkit.stores.sql.keys import key
from chatkit.stores.sql.run_tables import RunTables

__all__ = ["RunRecords", "any_of", "texts_of"]


class RunRecords:
    """The runs of one database, to be read."""

    def __init__(self, database: Database, tables: RunTables) -> None:
        self._database = database
        self._tables = tables
        driver, engine = database.driver, database.engine
        runs, leases = tables.runs.c, tables.leases.c
        self.process_lives: ColumnElement[bool] = exists(
            select(tables.processes.c.id)
            .where(tables.processes.c.id == runs.process_id, tables.processes.c.expires_at > clock(driver))
            .correlate(tables.runs)
        )
        """Whether a run's process is alive."""
        self.can_be_made_again = or_(
            runs.opened_at < since_when(driver) - REQUEST_SECONDS,
            and_(runs.ended_at.is_(None), ~runs.begun, ~self.process_lives),
        )
        """Whether a run's request counts as never made."""
        alive = or_(runs.ended_at.is_not(None), self.process_lives)
        self.columns = (runs.id, runs.owner, runs.thread_id, runs.fence, runs.begun, alive, runs.outcome, runs.digest)
        """What `record` makes a record of."""
        requested = and_(runs.owner == bindparam("of_owner"), runs.request_id == bindparam("of_request"))
        self.of_request = select(*self.columns, self.can_be_made_again).where(requested)
        """The run of a request, and whether that can be made again."""
        self._find = Query(select(*self.columns).where(runs.id == bindparam("this_run")), engine)
        self._find_request = Query(select(*self.columns).where(requested, ~self.can_be_made_again), engine)
        going = and_(runs.owner == bindparam("of_owner"), runs.ended_at.is_(None))
        self._count = Query(select(func.count()).where(going, runs.thread_id.is_not(None), self.process_lives), engine)
        held = select(*self.columns, leases.thread_id).join(tables.leases, leases.run_id == runs.id)
        self._active = Query(held.where(going, any_of(database, leases.thread_id, "thread_ids")), engine)
        known = select(runs.id, alive, runs.outcome, runs.stop, runs.fence)
        self._states = Query(known.where(any_of(database, runs.id, "run_ids")), engine)

    async def find(self, run_id: str) -> RunRecord | None:
        return _first(await self._database.fetch(self._find, this_run=key(run_id)))

    async def find_request(self, owner: str, request_id: str) -> RunRecord | None:
        named = {"of_owner": key(owner), "of_request": key(request_id)}
        return _first(await self._database.fetch(self._find_request, **named))

    async def count(self, owner: str) -> int:
        rows = await self._database.fetch(self._count, of_owner=key(owner))
        return rows[0][0]

    async def active(self, owner: str, thread_ids: Collection[str]) -> Mapping[str, RunRecord]:
        asked = {key(thread_id): thread_id for thread_id in thread_ids}
        if not asked:
            return {}
        values = texts_of(self._database, asked)
        rows = await self._database.fetch(self._active, of_owner=key(owner), thread_ids=values)
        return {asked[row[-1]]: record(row) for row in rows}

    async def states(self, run_ids: Collection[str]) -> Mapping[str, RunState]:
        asked = {key(run_id): run_id for run_id in run_ids}
        if not asked:
            return {}
        rows = await self._database.fetch(self._states, run_ids=texts_of(self._database, asked))
        return {
            asked[run_id]: RunState(bool(alive), outcome, bool(stop), fence)
            for run_id, alive, outcome, stop, fence in rows
        }

    def holder(self, thread: str = "on_thread") -> Executable:
        """The run that has a thread, behind its id in the lease: nulls when the run is not there any more."""
        leases = self._tables.leases
        joined = leases.outerjoin(self._tables.runs, leases.c.run_id == self._tables.runs.c.id)
        return select(leases.c.run_id, *self.columns).select_from(joined).where(leases.c.thread_id == bindparam(thread))


def record(row: Any) -> RunRecord:
    """A record of what `columns` select."""
    run_id, owner, thread_id, fence, begun, alive, outcome, digest = row[:8]
    return RunRecord(run_id, owner, thread_id, fence, bool(begun), bool(alive), cast(Outcome | None, outcome), digest)


def _first(rows: Any) -> RunRecord | None:
    return record(rows[0]) if rows else None


def any_of(database: Database, column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether the column is one of the texts `:name`, given as `texts_of` says: one statement for any number."""
    if isinstance(database.driver, SQLiteDriver):
        return column.in_(select(func.json_each(bindparam(name, type_=String)).table_valued("value").c.value))
    return column == func.any(bindparam(name, type_=ARRAY(TEXT)))


def texts_of(database: Database, texts: Collection[str]) -> object:
    """Texts as the parameter of `any_of`."""
    return json.dumps(list(texts)) if isinstance(database.driver, SQLiteDriver) else list(texts)
