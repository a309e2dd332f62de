"""Leases in the database: who answers in which thread.

Every transaction locks in one order, the thread's lease before its run, so that none waits for another in a circle.
Nothing that was read before a lock was got is trusted after it.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import and_, bindparam, case, func, literal, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chatkit.live import Fence, Leases, Outcome, RunRecord, RunState
from chatkit.stores.sql.clock import clock
from chatkit.stores.sql.database import Database
from chatkit.stores.sql.heartbeat import Heartbeat
from chatkit.stores.sql.keys import key
from chatkit.stores.sql.run_records import RunRecords, record
from chatkit.stores.sql.run_tables import RunTables
from chatkit.stores.sql.sweeper import Sweeper

__all__ = ["SQLLeases"]

_RESULTS = {"preserve_rowcount": True}


class SQLLeases(Leases):
    """The leases of one process. What it writes is no run's own doing: it is not fenced."""

    def __init__(self, database: Database, tables: RunTables, heartbeat: Heartbeat) -> None:
        self._database = database
        self._heartbeat = heartbeat
        self._records = RunRecords(database, tables)
        self._sweeper = Sweeper(database, tables, self._records)
        self._opening = _Opening(database, tables, self._records)
        self._holding = _Holding(database, tables, self._records)
        runs, claims = tables.runs.c, tables.claims.c
        self._stop = update(tables.runs).where(runs.id == bindparam("this_run")).values(stop=True)
        now = clock(database.driver)
        claim = database.driver.insert(tables.claims).values(
            thread_id=bindparam("on_thread"),
            item_id=bindparam("on_item"),
            claimant=bindparam("by"),
            until=now + bindparam("seconds", type_=claims.until.type),
        )
        new = claim.excluded
        self._claim = claim.on_conflict_do_update(
            index_elements=[claims.thread_id, claims.item_id],
            set_={"claimant": new.claimant, "until": new.until},
            where=or_(claims.claimant == new.claimant, claims.until <= now),
        )

    @property
    def process_id(self) -> str:
        return self._heartbeat.process_id

    async def start(self, lost: Callable[[], None]) -> None:
        await self._heartbeat.start(lost)

    async def close(self, lost: Callable[[], None] | None = None) -> None:
        await self._heartbeat.close(lost)

    async def open(
        self, owner: str, run_id: str, request_id: str | None = None, digest: str | None = None
    ) -> RunRecord | None:
        process_id = await self._heartbeat.registered()
        return await self._opening.open(owner, run_id, request_id, digest, process_id)

    async def acquire(self, run_id: str, thread_id: str) -> Fence | RunRecord:
        return await self._holding.acquire(run_id, thread_id)

    async def count(self, owner: str) -> int:
        return await self._records.count(owner)

    async def find(self, run_id: str) -> RunRecord | None:
        return await self._records.find(run_id)

    async def find_request(self, owner: str, request_id: str) -> RunRecord | None:
        return await self._records.find_request(owner, request_id)

    async def active(self, owner: str, thread_ids: Collection[str]) -> Mapping[str, RunRecord]:
        return await self._records.active(owner, thread_ids)

    async def states(self, run_ids: Collection[str]) -> Mapping[str, RunState]:
        return await self._records.states(run_ids)

    async def take_over(self, run_id: str) -> Fence | None:
        return await self._holding.take_over(run_id, await self._heartbeat.registered())

    async def end(self, run_id: str, fence: int, outcome: Outcome) -> bool:
        return await self._holding.end(run_id, fence, outcome)

    async def ask_to_stop(self, run_id: str) -> None:
        await self._database.write(self._stop, fenced=False, this_run=key(run_id))

    async def claim(self, thread_id: str, item_id: str, claimant: str, seconds: float) -> bool:
        named = {"on_thread": key(thread_id), "on_item": key(item_id), "by": key(claimant)}
        return bool(await self._database.write(self._claim, fenced=False, **named, seconds=seconds))

    async def sweep(self) -> None:
        await self._sweeper.sweep()


class _Opening:
    """Runs that begin, and requests that are made twice."""

    def __init__(self, database: Database, tables: RunTables, records: RunRecords) -> None:
        self._database = database
        self._records = records
        runs, leases = tables.runs.c, tables.leases.c
        self._insert = (
            database.driver.insert(tables.runs)
            .values(
                id=bindparam("this_run"),
                owner=bindparam("of_owner"),
                thread_id=null(),
                fence=0,
                process_id=bindparam("by"),
                begun=False,
                stop=False,
                request_id=bindparam("of_request"),
                digest=bindparam("with_digest"),
                opened_at=clock(database.driver),
            )
            .on_conflict_do_nothing(index_elements=[runs.owner, runs.request_id])
        )
        this = runs.id == bindparam("this_run")
        self._lock = select(leases.fence).where(leases.thread_id == bindparam("on_thread")).with_for_update()
        self._forget = update(tables.runs).where(this, records.can_be_made_again).values(request_id=null())
        held = and_(leases.thread_id == bindparam("on_thread"), leases.run_id == bindparam("this_run"))
        self._disown = update(tables.leases).where(held).values(fence=leases.fence + 1)
        number = select(leases.fence).where(held).scalar_subquery()
        self._outdate = update(tables.runs).where(this).values(fence=func.coalesce(number, runs.fence))

    async def open(
        self, owner: str, run_id: str, request_id: str | None, digest: str | None, process_id: str
    ) -> RunRecord | None:
        row = {
            "this_run": key(run_id),
            "of_owner": key(owner),
            "of_request": None if request_id is None else key(request_id),
            "with_digest": digest,
            "by": process_id,
        }
        if await self._database.write(self._insert, fenced=False, **row):
            return None
        return await self._database.transact(lambda connection: self._open_again(connection, row), fenced=False)

    async def _open_again(self, connection: AsyncConnection, row: dict[str, Any]) -> RunRecord | None:
        requested = {name: row[name] for name in ("of_owner", "of_request")}
        while not (await connection.execute(self._insert, row, execution_options=_RESULTS)).rowcount:
            known = (await connection.execute(self._records.of_request, requested)).first()
            if known is None:
                continue  # its request was given to somebody else just now, or it was refused
            if not known[-1]:
                return record(known)
            await self._take_request_from(connection, known[0], known[2])
        return None

    async def _take_request_from(self, connection: AsyncConnection, run_id: str, thread_id: str | None) -> None:
        """If the run wrote nothing until now it never will: its thread's number is nobody's from now on."""
        named = {"this_run": run_id, "on_thread": thread_id}
        if thread_id is not None:
            await connection.execute(self._lock, {"on_thread": thread_id})
        forgotten = await connection.execute(self._forget, {"this_run": run_id}, execution_options=_RESULTS)
        if forgotten.rowcount and thread_id is not None:
            await connection.execute(self._disown, named)
            await connection.execute(self._outdate, named)


class _Holding:
    """Threads that are taken, taken over and let go."""

    def __init__(self, database: Database, tables: RunTables, records: RunRecords) -> None:
        self._database = database
        self._tables = tables
        self._records = records
        runs, leases, processes = tables.runs.c, tables.leases.c, tables.processes.c
        now = clock(database.driver)
        this, thread = runs.id == bindparam("this_run"), leases.thread_id == bindparam("on_thread")
        insert = database.driver.insert(tables.leases).values(
            thread_id=bindparam("on_thread"), fence=1, run_id=bindparam("this_run")
        )
        # Whether a lease is free stands in its own row: that is looked at again once others have let go of it.
        self._take = insert.on_conflict_do_update(
            index_elements=[leases.thread_id],
            set_={"fence": leases.fence + 1, "run_id": insert.excluded.run_id},
            where=leases.run_id.is_(None),
        )
        number = select(leases.fence).where(thread).scalar_subquery()
        self._hold = (
            update(tables.runs)
            .where(this, runs.ended_at.is_(None))
            .values(thread_id=bindparam("on_thread"), fence=number)
        )
        self._held = select(runs.thread_id, runs.fence, runs.begun, runs.process_id).where(this)
        self._holder = records.holder()
        self._free = update(tables.leases).where(thread, leases.run_id == bindparam("this_run")).values(run_id=null())
        self._lock_lease = select(leases.run_id).where(thread).with_for_update()
        self._lock_run = select(runs.process_id).where(this).with_for_update()
        # A process that was late once is late for good, also if it renews its lease at this moment.
        self._bury = (
            update(tables.processes)
            .where(processes.id == bindparam("dead"), processes.expires_at <= now)
            .values(expires_at=literal(0.0))
        )
        self._take_over = (
            update(tables.runs)
            .where(this, runs.ended_at.is_(None), ~records.process_lives)
            .values(process_id=bindparam("by"), fence=number + 1)
        )
        self._count_up = update(tables.leases).where(thread).values(fence=leases.fence + 1)
        fenced = and_(leases.run_id == bindparam("this_run"), leases.fence == bindparam("number"))
        own = select(runs.thread_id).where(this).scalar_subquery()
        self._let_go = update(tables.leases).where(leases.thread_id == own, fenced).values(run_id=null())
        self._end = (
            update(tables.runs)
            .where(this, runs.fence == bindparam("number"), runs.ended_at.is_(None))
            .values(
                outcome=bindparam("how"),
                ended_at=now,
                request_id=case((bindparam("how") == "refused", null()), else_=runs.request_id),
            )
        )

    async def acquire(self, run_id: str, thread_id: str) -> Fence | RunRecord:
        run, thread = key(run_id), key(thread_id)

        async def take(connection: AsyncConnection) -> Fence | RunRecord:
            named = {"this_run": run, "on_thread": thread}
            while not (await connection.execute(self._take, named, execution_options=_RESULTS)).rowcount:
                holder = (await connection.execute(self._holder, {"on_thread": thread})).one()
                if holder[1] is not None:
                    return record(holder[1:])
                # Its run is forgotten, or it was let go just now.
                await connection.execute(self._free, {"this_run": holder[0] or "", "on_thread": thread})
            if not (await connection.execute(self._hold, named, execution_options=_RESULTS)).rowcount:
                raise LookupError(f"There is no run {run_id} that could take a thread.")
            return await self._fence(connection, run, run_id, thread_id)

        return await self._database.transact(take, fenced=False)

    async def take_over(self, run_id: str, process_id: str) -> Fence | None:
        run = key(run_id)

        async def take_over(connection: AsyncConnection) -> Fence | None:
            known = (await connection.execute(self._held, {"this_run": run})).first()
            if known is None or known.thread_id is None:
                return None
            thread = known.thread_id
            if (await connection.execute(self._lock_lease, {"on_thread": thread})).scalar() != run:
                return None
            dead = (await connection.execute(self._lock_run, {"this_run": run})).scalar()
            await connection.execute(self._bury, {"dead": dead})
            named = {"this_run": run, "on_thread": thread, "by": process_id}
            if not (await connection.execute(self._take_over, named, execution_options=_RESULTS)).rowcount:
                return None
            await connection.execute(self._count_up, {"on_thread": thread})
            return await self._fence(connection, run, run_id, thread)

        return await self._database.transact(take_over, fenced=False)

    async def end(self, run_id: str, fence: int, outcome: Outcome) -> bool:
        async def end(connection: AsyncConnection) -> bool:
            named = {"this_run": key(run_id), "number": fence}
            await connection.execute(self._let_go, named)
            ended = await connection.execute(self._end, {**named, "how": outcome}, execution_options=_RESULTS)
            if ended.rowcount:
                return True
            known = (await connection.execute(self._held, {"this_run": named["this_run"]})).first()
            return known is not None and known.fence == fence

        return await self._database.transact(end, fenced=False)

    async def _fence(self, connection: AsyncConnection, run: str, run_id: str, thread_id: str) -> Fence:
        held = (await connection.execute(self._held, {"this_run": run})).one()
        return Fence(thread_id, run_id, held.fence, held.begun, self._database)
