"""Whether anything can be written: a disk that is full or a database that is only for reading still answers."""

import time
from typing import Final

from sqlalchemy import bindparam, delete
from sqlalchemy.ext.asyncio import AsyncConnection

from chatkit.stores.sql.database import Database
from chatkit.stores.sql.schema import Tables

__all__ = ["TRUST_SECONDS", "Probe"]

TRUST_SECONDS: Final = 10.0
"""How long a write that went well is taken for a sign that the next would."""

_FILLER: Final = "x" * 16_384
"""More than a usual message: so much room there should be."""


class Probe:
    """Tries to write, unless somebody did so lately."""

    def __init__(self, database: Database, tables: Tables) -> None:
        self._database = database
        insert = database.driver.insert(tables.probes).values(id=bindparam("id"), document=bindparam("document"))
        self._fill = insert.on_conflict_do_update(
            index_elements=[tables.probes.c.id], set_={"document": insert.excluded.document}
        )
        self._empty = delete(tables.probes)

    async def check(self) -> None:
        """Raises `StoreUnavailableError` when nothing can be written."""
        if time.monotonic() - self._database.wrote_at < TRUST_SECONDS:
            return
        # Two transactions: within one, nothing of the room would ever be asked for on the disk.
        await self._database.transact(self._write, fenced=False)
        await self._database.write(self._empty, fenced=False)

    async def _write(self, connection: AsyncConnection) -> None:
        await connection.execute(self._fill, {"id": "probe", "document": _FILLER})
