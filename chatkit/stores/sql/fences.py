"""What keeps a run that lost its thread from writing."""

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chatkit.live import Fence, LeaseLostError
from chatkit.stores.sql.keys import key
from chatkit.stores.sql.run_tables import RunTables

__all__ = ["FenceGuard"]


class FenceGuard:
    """Looks, ahead of what a transaction writes, whether its fence still holds."""

    def __init__(self, tables: RunTables) -> None:
        leases, runs = tables.leases.c, tables.runs.c
        # The lock has a takeover wait until the write is done. SQLite's transaction keeps others out by itself.
        self._lock = (
            select(leases.fence)
            .where(leases.thread_id == bindparam("on_thread"), leases.fence == bindparam("number"))
            .with_for_update(read=True)
        )
        self._begin = update(tables.runs).where(runs.id == bindparam("this_run")).values(begun=True)

    async def __call__(self, connection: AsyncConnection, fence: Fence) -> None:
        """Raises `LeaseLostError` if it does not. Notes that the run has begun to write, once it has."""
        named = {"on_thread": key(fence.thread_id), "number": fence.number}
        if (await connection.execute(self._lock, named)).first() is None:
            raise LeaseLostError(f"Run {fence.run_id} has lost thread {fence.thread_id}.")
        if not fence.begun:
            await connection.execute(self._begin, {"this_run": key(fence.run_id)})
